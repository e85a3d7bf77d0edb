from odoo.http import request
from odoo.tools.misc import get_lang


def render(template, values):
    """Render a page for a payer, and tell in which language it is.

    Without that, screen readers don't know how to read it.

    :param str template: The XML id of the page's template.
    :param dict values: What the template shows.
    :rtype: odoo.http.Response
    """
    language = get_lang(request.env).code.replace('_', '-')
    return request.render(template, {'html_data': {'lang': language}, **values})
