"""What stands in a receipt, in the words of its reader."""

from .. import gateway


def get_methods(env):
    """Return the signs of how it is paid (tag 1214), in words.

    :rtype: dict[gateway.Method, str]
    """
    return {
        gateway.Method.FULL_PREPAYMENT: env._("full prepayment"),
        gateway.Method.PREPAYMENT: env._("prepayment"),
        gateway.Method.ADVANCE: env._("advance"),
        gateway.Method.FULL_PAYMENT: env._("full payment"),
        gateway.Method.PARTIAL_PAYMENT: env._("partial payment and credit"),
        gateway.Method.CREDIT: env._("handed over on credit"),
        gateway.Method.CREDIT_PAYMENT: env._("payment of a credit"),
    }


def get_subjects(env):
    """Return what may be sold (tag 1212), in words.

    :rtype: dict[gateway.Subject, str]
    """
    subject = env['product.template']._fields['sberbank_subject']
    return {
        gateway.Subject.PAYMENT: env._("payment"),
        **{gateway.Subject(code): label for code, label in subject._description_selection(env)},
    }


def get_rates(env):
    """Return the rates of VAT, in words.

    :rtype: dict[gateway.Vat, str]
    """
    return {
        vat: env._("without VAT") if vat is gateway.Vat.NONE else f'{vat.value} %'
        for vat in gateway.Vat
    }
