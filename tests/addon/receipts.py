"""A shop that sends receipts: what its accountant has entered, its taxes and its invoices."""

from itertools import count

from odoo import fields
from odoo.fields import Command

from dev.odoo.provider import RECEIPTS

from .common import SberbankCommon

NUMBERS = count(1)
#: The page "Receipts" of a provider, filled in.
SETTINGS = RECEIPTS
INN = RECEIPTS['sberbank_inn']
SELLER_EMAIL = RECEIPTS['sberbank_receipt_email']
ADDRESS = RECEIPTS['sberbank_payment_address']


class ReceiptsMixin:
    """Documents with VAT, in the company of `cls.company`."""

    @classmethod
    def open_register(cls, **values):
        """Switch receipts on, and make the taxes."""
        cls.russia = cls.env.ref('base.ru')
        cls.company.account_fiscal_country_id = cls.russia
        cls.provider.write({**SETTINGS, **values})
        cls.vat22 = cls.create_tax(22)
        cls.vat10 = cls.create_tax(10)

    @classmethod
    def create_tax(cls, amount, *, included=True, **values):
        return cls.env['account.tax'].create({
            'name': f'НДС {amount} % №{next(NUMBERS)}',
            'amount': amount,
            'amount_type': 'percent',
            'type_tax_use': 'sale',
            'price_include_override': 'tax_included' if included else 'tax_excluded',
            'country_id': cls.russia.id,
            'tax_group_id': cls
            .env['account.tax.group']
            .create({'name': 'НДС', 'country_id': cls.russia.id})
            .id,
            **values,
        })

    @classmethod
    def line(cls, name, quantity, price, taxes=None, **values):
        """Return a line of an invoice."""
        return {
            'name': name,
            'quantity': quantity,
            'price_unit': price,
            'tax_ids': [Command.set(taxes.ids if taxes else [])],
            **values,
        }

    @classmethod
    def issue(cls, *lines, **values):
        """Issue an invoice of these lines to Anna."""
        return cls.create_invoice(
            0, invoice_line_ids=[Command.create(line) for line in lines], **values
        )

    @classmethod
    def issue_example(cls, **values):
        """Issue the invoice A of the accountant's examples: 2159.99."""
        return cls.issue(
            cls.line('Кружка', 3, 333.33, cls.vat22, discount=10),
            cls.line('Доставка', 1, 350, cls.vat22),
            cls.line('Книга', 2, 455, cls.vat10),
            **values,
        )

    def begin(self, invoices=None, amount=None, **values):
        """Begin a payment that the bank has not heard of."""
        return self.create_tx(
            amount,
            invoices=invoices,
            provider_reference=False,
            sberbank_order_number=False,
            sberbank_form_url=False,
            sberbank_registered_at=False,
            **values,
        )

    def table(self, receipt):
        """Return the items: name, price, quantity, sum, method, subject and rate."""
        return [
            (
                item.name,
                item.price,
                str(item.quantity.normalize()),
                item.amount,
                item.method.value,
                item.subject.value,
                item.vat.value,
            )
            for item in receipt.items
        ]


class ReceiptsCommon(ReceiptsMixin, SberbankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_register()
        cls.today = fields.Date.context_today(cls.env.user)
