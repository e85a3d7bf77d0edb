from odoo.tools import consteq


def is_same_token(expected, given):
    """Compare an access token with what came, in constant time.

    As bytes: of texts, only ASCII ones can be compared so, and anything may come.

    :param str expected: The token that was given out.
    :param str given: What came.
    :rtype: bool
    """
    return consteq(expected.encode(), given.encode())
