from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway, receipts
from ..wording import describe_reason, translate
from .receipt_choices import RATES, SUBJECTS

MAX_ADDRESS_LENGTH = 256


class PaymentProvider(models.Model):
    """Receipts (54-FZ): whether they are sent with the orders, and what an accountant decides."""

    _inherit = 'payment.provider'

    sberbank_receipts = fields.Selection(
        string="Receipts",
        help="Who issues the receipts that the law asks for (54-FZ).",
        selection=[
            ('off', "Not by this system"),
            ('register', "By the cash register behind the bank's gateway"),
        ],
        default='off',
        required_if_provider=const.PROVIDER_CODE,
        copy=False,
    )
    sberbank_ffd_version = fields.Selection(
        string="Version of the Format",
        help="As the cash register was set up at the bank. Marked goods need 1.2.",
        selection=[(version.value, version.value) for version in gateway.FfdVersion],
        copy=False,
    )
    sberbank_tax_system = fields.Selection(
        string="Tax System",
        help="As the cash register was registered with (tag 1055).",
        selection=[
            ('osn', "General (OSN)"),
            ('usn_income', "Simplified, income (USN)"),
            ('usn_income_outcome', "Simplified, income less expenses (USN)"),
            ('esn', "Agricultural (ESN)"),
            ('patent', "Patent"),
        ],
        copy=False,
    )
    sberbank_inn = fields.Char(
        string="Taxpayer Number (INN)",
        help="Of the company that issues the receipts (tag 1018).",
        copy=False,
    )
    sberbank_receipt_email = fields.Char(
        string="E-mail in Receipts",
        help="The company's own, which stands in its receipts (tag 1117).",
        copy=False,
    )
    sberbank_payment_address = fields.Char(
        string="Address of Payment",
        help="For payments on the internet the address of the site (tag 1187).",
        copy=False,
    )
    sberbank_vat_table = fields.Selection(
        string="The Bank's Table of VAT",
        help="Which of the bank's tables your account follows. The bank's support knows it. A rate"
        " that the table lacks is refused before the customer pays.",
        selection=[(code, table.name) for code, table in gateway.VAT_TABLES.items()],
        copy=False,
    )
    sberbank_receipt_subject = fields.Selection(
        string="Usual Subject",
        help="What lines without a product are (tag 1212). Products have a subject of their own,"
        " or that of their category.",
        selection=SUBJECTS,
        default='service',
    )
    sberbank_topup_name = fields.Char(
        string="Name of a Top-Up",
        help="How a payment that is for no document is called in its receipt.",
        default="Аванс: пополнение счёта",
    )
    sberbank_advance_vat = fields.Selection(
        string="VAT of a Top-Up",
        help="The rate of what advances are used up for later. The receipt of the advance has the"
        " calculated rate, such as 22/122. Ask your accountant.",
        selection=RATES,
        copy=False,
    )
    sberbank_prepayment_subject = fields.Selection(
        string="Prepayments Are",
        help="What the lines are in the receipt of a prepayment. The bank's documentation says"
        " \"payment\"; other registers keep goods and services. Both are accepted. Ask your"
        " accountant.",
        selection=[('payment', "A payment"), ('own', "What is sold")],
        default='payment',
    )
    sberbank_receipt_count = fields.Selection(
        string="Second Receipts",
        help="When goods are handed over that were paid for in advance, the law asks for a second"
        " receipt. By letters of the tax service (15.11.2021, 19.10.2023) one may be enough where"
        " the payment itself is the revenue. Ask your accountant.",
        selection=[
            ('two', "A second receipt at the transfer"),
            ('one', "One receipt: paid in full"),
            ('elsewhere', "Second receipts are issued elsewhere"),
        ],
        default='two',
    )
    sberbank_invoice_delivery = fields.Selection(
        string="Invoices Are Paid",
        help="Where neither a sales order nor a delivery date tells when it was handed over.",
        selection=[
            ('before', "Before the transfer"),
            ('at', "At the transfer, or it is used at once"),
            ('after', "After the transfer"),
        ],
        default='before',
    )
    sberbank_late_method = fields.Selection(
        string="What Was Handed Over Unpaid",
        help="Strictly, a receipt on credit is issued at the transfer, and the payment is that of"
        " the credit. Many shops send a full payment instead. Ask your accountant.",
        selection=[
            ('full_payment', "Is paid in full by its receipt"),
            ('credit_payment', "Is the payment of a credit"),
        ],
        default='full_payment',
    )
    sberbank_credit_vat = fields.Selection(
        string="VAT of a Paid Credit",
        help="Opinions differ. Ask your accountant.",
        selection=[('none', "Without VAT"), ('plain', "The rate of what was sold")],
        default='none',
    )

    # === ONCHANGE METHODS === #

    @api.onchange('sberbank_receipts')
    def _onchange_sberbank_receipts(self):
        """Propose what is known already."""
        if self.sberbank_receipts != 'register':
            return
        company = self.company_id.sudo()
        self.sberbank_payment_address = self.sberbank_payment_address or self._propose_address()
        if not self.sberbank_inn and gateway.is_inn(company.vat or ''):
            self.sberbank_inn = company.vat
        if not self.sberbank_receipt_email and gateway.is_email(company.email or ''):
            self.sberbank_receipt_email = company.email
        if not self.sberbank_vat_table:
            tables = gateway.vat_tables_of(self._sberbank_get_dialect().code)
            self.sberbank_vat_table = tables[0].code

    def _propose_address(self):
        try:
            return gateway.ascii_url(self._sberbank_get_base_url()).rstrip('/')
        except ValueError:
            return False

    # === CONSTRAINT METHODS === #

    @api.constrains(
        'code',
        'sberbank_receipts',
        'sberbank_ffd_version',
        'sberbank_tax_system',
        'sberbank_inn',
        'sberbank_receipt_email',
        'sberbank_payment_address',
        'sberbank_vat_table',
        'sberbank_receipt_subject',
        'sberbank_topup_name',
        'sberbank_advance_vat',
        'sberbank_prepayment_subject',
        'sberbank_receipt_count',
        'sberbank_invoice_delivery',
        'sberbank_late_method',
        'sberbank_credit_vat',
        'sberbank_gateway',
        'sberbank_custom_dialect',
    )
    def _check_sberbank_receipts(self):
        for provider in self._sberbank_filter():
            if (
                provider.sberbank_receipts == 'register'
                and provider._sberbank_is_gateway_chosen()  # Without one, it is refused anyway.
            ):
                provider._check_sberbank_receipt_choices()
                provider._check_sberbank_seller()
                provider._check_sberbank_vat_table()

    def _check_sberbank_receipt_choices(self):
        needed = (
            'sberbank_ffd_version',
            'sberbank_tax_system',
            'sberbank_vat_table',
            'sberbank_receipt_subject',
            'sberbank_advance_vat',
            'sberbank_prepayment_subject',
            'sberbank_receipt_count',
            'sberbank_invoice_delivery',
            'sberbank_late_method',
            'sberbank_credit_vat',
        )
        labels = self.fields_get(needed, ['string'])
        if missing := [labels[name]['string'] for name in needed if not self[name]]:
            raise ValidationError(
                self.env._(
                    "For receipts, fill in on the page \"Receipts\": %(fields)s.",
                    fields=', '.join(missing),
                )
            )
        if not gateway.clean_name(self.sberbank_topup_name):
            raise ValidationError(
                self.env._(
                    "Enter how a top-up is called in its receipt, in Russian or Latin letters."
                )
            )

    def _check_sberbank_seller(self):
        if not gateway.is_inn(self.sberbank_inn or ''):
            raise ValidationError(
                self.env._(
                    "\"%(inn)s\" is not a taxpayer number: its check digits are wrong, or it does"
                    " not have 10 or 12 digits. Copy the INN from the certificate of registration.",
                    inn=self.sberbank_inn or '',
                )
            )
        if not gateway.is_email(self.sberbank_receipt_email or ''):
            raise ValidationError(
                self.env._(
                    "\"%(email)s\" can't be the e-mail in receipts. Enter one address of the"
                    " company, at most 64 Latin letters, digits and signs.",
                    email=self.sberbank_receipt_email or '',
                )
            )
        address = self.sberbank_payment_address or ''
        if not (0 < len(address) <= MAX_ADDRESS_LENGTH and address.isascii()):
            raise ValidationError(
                self.env._(
                    "The address of payment is that of the site, for example https://shop.example:"
                    " Latin letters only (a Russian domain in its xn-- form), at most 256."
                )
            )
        try:
            self._sberbank_get_seller()
        except gateway.ReceiptError as error:
            raise ValidationError(describe_reason(self.env, error)) from error

    def _check_sberbank_vat_table(self):
        table = gateway.VAT_TABLES[self.sberbank_vat_table]
        tables = gateway.vat_tables_of(self._sberbank_get_dialect().code)
        if table not in tables:
            raise ValidationError(
                self.env._(
                    "The table of VAT \"%(table)s\" belongs to another gateway. Choose one of:"
                    " %(tables)s.",
                    table=translate(table.name, self.env.lang),
                    tables=', '.join(translate(other.name, self.env.lang) for other in tables),
                )
            )
        vat = gateway.Vat(self.sberbank_advance_vat)
        if vat not in table.codes:
            raise ValidationError(
                self.env._(
                    "The bank's table of VAT has no %(vat)s %%, the rate of a top-up. Choose"
                    " another table, if your account has one: ask the bank's support.",
                    vat=vat.value,
                )
            )

    # === BUSINESS METHODS === #

    def _sberbank_get_seller(self):
        """Return who issues the receipts.

        :rtype: gateway.Seller
        :raise gateway.ReceiptError: If it can't be right, which is refused when it is saved.
        """
        self.ensure_one()
        return gateway.Seller(
            inn=self.sberbank_inn,
            email=self.sberbank_receipt_email,
            tax_system=gateway.TaxSystem(self.sberbank_tax_system),
            payment_address=self.sberbank_payment_address,
        )

    def _sberbank_get_receipt_policy(self):
        """Return what the accountant has decided.

        :rtype: receipts.Policy
        """
        self.ensure_one()
        return receipts.Policy(
            own_subject=self.sberbank_prepayment_subject == 'own',
            is_one_receipt=self.sberbank_receipt_count == 'one',
            late_method=gateway.Method(self.sberbank_late_method),
            has_credit_vat=self.sberbank_credit_vat == 'plain',
            name_length=gateway.VAT_TABLES[self.sberbank_vat_table].max_name_length,
        )
