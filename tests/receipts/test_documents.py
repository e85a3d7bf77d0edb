"""How documents are said to be paid, by what is true at the moment of payment."""

from dataclasses import replace

import pytest

from odoo.addons.payment_sberbank.gateway import Method, Subject, Vat
from odoo.addons.payment_sberbank.receipts import (
    Document,
    Line,
    Policy,
    SeveralRates,
    Transfer,
    compose,
)

MUG = Line('Кружка', 60000, Vat.TWENTY_TWO, Subject.COMMODITY)
BOOK = Line('Книга', 40000, Vat.TEN, Subject.COMMODITY)
INVOICE = Document('INV/42', (MUG, BOOK), 100000, 100000)
PART = replace(INVOICE, paid=50000)
TWO = Policy(own_subject=True)
ONE = replace(TWO, is_one_receipt=True)
CREDIT = replace(TWO, late_method=Method.CREDIT_PAYMENT)


@pytest.mark.parametrize(
    ('document', 'transfer', 'policy', 'method'),
    [
        (INVOICE, Transfer.AFTER_PAYMENT, TWO, Method.FULL_PREPAYMENT),
        (PART, Transfer.AFTER_PAYMENT, TWO, Method.PREPAYMENT),
        (INVOICE, Transfer.AT_PAYMENT, TWO, Method.FULL_PAYMENT),
        (PART, Transfer.AT_PAYMENT, TWO, Method.PREPAYMENT),
        (INVOICE, Transfer.BEFORE_PAYMENT, TWO, Method.FULL_PAYMENT),
        (PART, Transfer.BEFORE_PAYMENT, TWO, Method.FULL_PAYMENT),
        (INVOICE, Transfer.BEFORE_PAYMENT, CREDIT, Method.CREDIT_PAYMENT),
        (PART, Transfer.BEFORE_PAYMENT, CREDIT, Method.CREDIT_PAYMENT),
        (INVOICE, Transfer.AFTER_PAYMENT, ONE, Method.FULL_PAYMENT),
        (PART, Transfer.AFTER_PAYMENT, ONE, Method.PREPAYMENT),
    ],
)
def test_the_method_follows_the_moment(document, transfer, policy, method):
    positions = compose([replace(document, transfer=transfer)], policy)

    assert {position.method for position in positions} == {method}
    assert sum(position.amount for position in positions) == document.paid


@pytest.mark.parametrize('transfer', list(Transfer))
def test_an_advance_that_is_asked_for_is_a_prepayment_whenever_it_is_paid(transfer):
    asked = replace(INVOICE, is_advance=True, transfer=transfer)

    positions = compose([asked], ONE)

    assert {position.method for position in positions} == {Method.PREPAYMENT}
    assert [position.name for position in positions] == ['Кружка', 'Книга']


def test_several_documents_are_one_receipt():
    later = replace(PART, name='INV/43')

    positions = compose([INVOICE, later], TWO)

    assert [(position.name, position.amount) for position in positions] == [
        ('Кружка', 60000),
        ('Книга', 40000),
        ('Предоплата: Кружка', 30000),
        ('Предоплата: Книга', 20000),
    ]


def test_the_rest_of_what_was_handed_over_is_named_so():
    positions = compose([replace(PART, transfer=Transfer.BEFORE_PAYMENT)], TWO)

    assert [(position.name, position.vat.value) for position in positions] == [
        ('Оплата части: Кружка', '22'),
        ('Оплата части: Книга', '10'),
    ]


def test_credits_that_are_paid_back_are_one_position_without_a_rate():
    first = replace(INVOICE, transfer=Transfer.BEFORE_PAYMENT)

    [position] = compose([first, replace(first, name='INV/43', paid=50000)], CREDIT)

    assert position.name == 'Оплата кредита по счёту INV/42, INV/43'
    assert (position.amount, position.vat, position.subject) == (150000, Vat.NONE, Subject.PAYMENT)


def test_a_credit_with_the_rate_of_what_was_sold():
    policy = replace(CREDIT, has_credit_vat=True)
    mugs = Document('INV/44', (MUG,), 60000, 60000, Transfer.BEFORE_PAYMENT)

    [position] = compose([mugs], policy)

    assert position.vat is Vat.TWENTY_TWO
    with pytest.raises(SeveralRates):
        compose([mugs, replace(INVOICE, transfer=Transfer.BEFORE_PAYMENT)], policy)
