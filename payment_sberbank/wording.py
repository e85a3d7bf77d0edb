"""What a person reads of the gateway: its sentences, its failures and its kopecks, in Odoo's words.

The gateway is plain Python and knows English only.
"""

from odoo.tools.misc import formatLang

from . import gateway
from .core import get_translation


def translate(text, lang):
    """Return a sentence of the gateway in a language; what the bank itself says stays as it is.

    :param str text: The text.
    :param str lang: An Odoo language code, or nothing for English.
    :rtype: str
    """
    if not isinstance(text, gateway.Sentence):
        return text
    values = {name: translate(value, lang) for name, value in text.values.items()}
    return get_translation('payment_sberbank', lang or 'en_US', text.template, values)


def describe_reason(env, error):
    """Return why the gateway refuses a value, for whoever entered it.

    :param odoo.api.Environment env: The reader's.
    :param ValueError error: The gateway's refusal.
    :rtype: str
    """
    return translate(gateway.reason_of(error), env.lang)


def describe_failure(env, error):
    """Return what staff should know of a failed call to the bank, and what to do.

    :param odoo.api.Environment env: The reader's.
    :param gateway.GatewayError error: The failure.
    :rtype: str
    """
    detail = translate(error.detail, env.lang)
    if isinstance(error, gateway.Unavailable):
        return env._(
            "The bank gave no usable answer, so it is not known yet whether it acted. Ask the"
            " bank about the transaction in a few minutes.\n%(detail)s",
            detail=detail,
        )
    if isinstance(error, gateway.WrongSettings):
        return env._(
            "The bank can't be asked with the settings of the payment provider.\n%(detail)s",
            detail=detail,
        )
    return env._("The bank refused.\n%(detail)s", detail=detail)


def display_amount(env, kopecks):
    """Write an amount as a person reads it, to the kopeck, however Odoo rounds the rouble.

    :param odoo.api.Environment env: The reader's.
    :param int kopecks: The amount.
    :rtype: str
    """
    roubles = env.ref('base.RUB')
    number = formatLang(env, gateway.to_roubles(kopecks), digits=2)
    parts = [number, roubles.symbol] if roubles.position == 'after' else [roubles.symbol, number]
    return '\N{NO-BREAK SPACE}'.join(parts)
