"""Sentences of the gateway, which is plain Python, in the languages of Odoo."""

from .core import get_translation
from .gateway import Sentence


def translate(text, lang):
    """Return a sentence of the gateway in a language; what the bank itself says stays as it is.

    :param str text: The text.
    :param str lang: An Odoo language code, or nothing for English.
    :rtype: str
    """
    if not isinstance(text, Sentence):
        return text
    values = {name: translate(value, lang) for name, value in text.values.items()}
    return get_translation('payment_sberbank', lang or 'en_US', text.template, values)
