"""Sentences for staff, in English, that can be translated where they are shown.

They are marked by the name `_lt`, by which Odoo's tools find what is to be translated.
"""

__all__ = ['Sentence', 'reason_of']


class Sentence(str):
    """A sentence that still knows what it was put together from.

    :ivar template: The sentence in English, with places such as `%(host)s` for the values.
    :ivar values: What was put into the places; sentences among them can be translated, too.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> 'Sentence':
        self = super().__new__(cls, template % values if values else template)
        self.template = template
        self.values = values
        return self


_lt = Sentence


def reason_of(error: Exception) -> str:
    """Return why an error was raised: as a sentence that can be translated, if it has one."""
    sentences = (argument for argument in error.args if isinstance(argument, Sentence))
    return next(sentences, str(error))
