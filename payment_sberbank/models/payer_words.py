"""What a payer is told of a payment that was not made: calmly, and what to do next."""

from .. import gateway


def get_sentences(env):
    """Return all that a payer may be told, by what it is about, in the reader's language.

    The bank's code and words are for staff.

    :rtype: dict[gateway.Decline|str, str]
    """
    return {
        gateway.Decline.MONEY: env._(
            "There is not enough money on the card or account. Nothing was charged. Please "
            "pay by another card, or try again later."
        ),
        gateway.Decline.LIMIT: env._(
            "The payment is above a limit of the card. Nothing was charged. Please pay by "
            "another card, or have your bank raise the limit."
        ),
        gateway.Decline.CARD: env._(
            "This card can't be used for the payment. Nothing was charged. Please pay by "
            "another one, or in another way."
        ),
        gateway.Decline.DETAILS: env._(
            "The number, the date or a code of the card was not right. Nothing was charged."
            " Please try again."
        ),
        gateway.Decline.CONFIRMATION: env._(
            "The payment was not confirmed with your bank. Nothing was charged. Please try "
            "again, or pay in another way."
        ),
        gateway.Decline.ISSUER: env._(
            "The bank that issued the card did not allow the payment. Nothing was charged. "
            "Please ask your bank, or pay by another card."
        ),
        gateway.Decline.LATER: env._(
            "Your bank can't be reached at the moment. Nothing was charged. Please try "
            "again in a few minutes."
        ),
        gateway.Decline.ATTEMPTS: env._(
            "The payment was tried too often. Nothing was charged. Please begin it anew."
        ),
        gateway.Decline.MERCHANT: env._(
            "This way to pay does not work for us at the moment. Nothing was charged. Please "
            "pay in another way, or tell us about it."
        ),
        gateway.Decline.OTHER: env._("The bank declined the payment. Nothing was charged."),
        'not_begun': env._("The payment was not begun. Nothing was charged."),
        'expired': env._("The time for the payment has run out. Nothing was charged."),
        'called_off': env._("The payment was called off. Nothing was charged."),
        'released': env._("The payment was cancelled, and the money was released."),
        'mismatch': env._("The payment does not match the order at the bank."),
        'card_due': env._("The saved card is about to be charged."),
        'card_failed': env._("The saved card could not be charged."),
        'card_less_owed': env._("The saved card was not charged: less was left to pay."),
        'card_gone': env._("The saved card can't be used any more. Please pay by another one."),
        'card_later': env._(
            "The bank declined the saved card for now. It can be charged again later."
        ),
        'card_declined': env._(
            "The bank declined the saved card. The customer has to pay in person."
        ),
        'account_due': env._("The saved SBP account is about to be charged."),
        'account_failed': env._("The saved SBP account could not be charged."),
        'account_less_owed': env._("The saved SBP account was not charged: less was left to pay."),
        'account_gone': env._(
            "The saved SBP account can't be charged any more. Please pay in another way."
        ),
        'account_later': env._(
            "The bank declined the saved SBP account for now. It can be charged again later."
        ),
        'account_declined': env._(
            "The bank declined the saved SBP account. The customer has to pay in person."
        ),
        'not_kept': env._(
            "The bank has checked the card, but does not keep it. Nothing was charged."
        ),
        'not_saved_in_time': env._("The time to save the card has run out. Nothing was charged."),
        'not_saved': env._(
            "The bank did not accept the card. Nothing was charged. Please try again, or save"
            " another card."
        ),
    }


def tell_payer(tx, what):
    """Return a sentence in the language of a transaction's payer.

    :param payment.transaction tx: The transaction.
    :param gateway.Decline|str what: What the sentence is about.
    :rtype: str
    """
    return get_sentences(tx._sberbank_translate_for_payer().env)[what]


def find_out(env, told):
    """Return what a payer was told about, in whichever language.

    :param odoo.api.Environment env: Of the database.
    :param str told: What was told.
    :return: What the sentence is about, or None if it is none of ours.
    :rtype: gateway.Decline|str|None
    """
    for language, _name in env['res.lang'].get_installed():
        sentences = get_sentences(env(context={**env.context, 'lang': language}))
        for what, sentence in sentences.items():
            if sentence == told:
                return what
    return None
