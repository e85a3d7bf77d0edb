import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway
from ..models import receipt_words
from ..wording import display_amount

# Which provider is meant first, where a company has several.
STATES = ('enabled', 'test', 'disabled')


class SberbankReceiptPreview(models.TransientModel):
    """The receipt of an invoice, before anybody pays it: in words, and as it will be sent."""

    _name = 'sberbank.receipt.preview'
    _description = 'Preview of a Receipt'

    invoice_id = fields.Many2one(
        comodel_name='account.move',
        domain=[
            ('move_type', 'in', ('out_invoice', 'out_receipt')),
            ('state', '!=', 'cancel'),
            ('amount_residual', '>', 0),
        ],
        ondelete='cascade',
    )
    # A selection, since accountants may not read payment providers.
    shop = fields.Selection(
        string="Payment Provider",
        selection='_get_shops',
        default=lambda self: next((shop for shop, _name in self._get_shops()), False),
    )
    warning_message = fields.Text(compute='_compute_receipt')
    receipt = fields.Html(compute='_compute_receipt', sanitize=False)
    content = fields.Text(string="As It Is Sent", compute='_compute_receipt')

    # === COMPUTE METHODS === #

    @api.depends_context('lang')
    @api.depends('invoice_id', 'shop')
    def _compute_receipt(self):
        for preview in self:
            preview.update({'warning_message': False, 'receipt': False, 'content': False})
            if not preview.invoice_id:
                continue
            provider_sudo = preview._find_provider()
            try:
                receipt = preview._make_receipt(provider_sudo)
            except ValidationError as error:
                preview.warning_message = error.args[0]
                continue
            preview.warning_message = preview._describe_customer()
            preview.receipt = preview._render(receipt)
            preview.content = json.dumps(
                provider_sudo._sberbank_get_receipt_fields(receipt), ensure_ascii=False, indent=2
            )

    # === TOOLS === #

    @api.model
    def _get_shops(self):
        """Return the providers of the company that send receipts, as a selection."""
        if not self.has_access('create'):
            return []  # Anybody may ask what a field offers.
        providers_sudo = (
            self
            .env['payment.provider']
            .sudo()
            .search([
                ('code', '=', const.PROVIDER_CODE),
                ('company_id', '=', self.env.company.id),
                ('sberbank_receipts', '=', 'register'),
            ])
            .sorted(lambda provider: STATES.index(provider.state))
        )
        return [(str(provider.id), provider.name) for provider in providers_sudo]

    def _find_provider(self):
        shops = {shop for shop, _name in self._get_shops()} & {self.shop}
        return self.env['payment.provider'].sudo().browse(map(int, shops))

    def _make_receipt(self, provider_sudo):
        """Make the receipt of the invoice as it would be if it were paid now.

        :param payment.provider provider_sudo: Whose receipts they are, or none.
        :rtype: gateway.Receipt
        :raise ValidationError: If there would be none.
        """
        invoice = self.invoice_id._origin
        invoice.check_access('read')
        if not provider_sudo or provider_sudo.company_id.root_id != invoice.company_id.root_id:
            raise ValidationError(
                self.env._(
                    "No payment provider of this company sends receipts. An administrator switches"
                    " them on, on the page \"Receipts\" of the provider."
                )
            )
        tx_sudo = (
            self
            .env['payment.transaction']
            .sudo()
            .new({
                'provider_id': provider_sudo.id,
                'partner_id': invoice.partner_id.id,
                'partner_email': invoice.partner_id.email,
                'partner_phone': invoice.partner_id.phone,
                'currency_id': invoice.currency_id.id,
            })
        )
        if not any(tx_sudo._sberbank_get_contact().values()):
            raise ValidationError(
                self.env._(
                    "The customer has neither an e-mail nor a Russian telephone number that a"
                    " receipt can be sent to. Whoever pays will be asked for one."
                )
            )
        paid = gateway.to_kopecks(round(invoice.amount_residual, 2))
        document = invoice.sudo()._sberbank_read_for_receipt(provider_sudo, paid)
        return provider_sudo._sberbank_make_receipt([document], paid, tx_sudo._sberbank_get_buyer())

    def _describe_customer(self):
        customer = self.invoice_id.commercial_partner_id
        if not customer.sudo()._sberbank_has_wrong_inn():
            return False
        return self.env._(
            "The taxpayer number of %(customer)s is wrong: its check digits don't fit. Until it is"
            " put right, the receipt does not name the company.",
            customer=customer.display_name,
        )

    def _render(self, receipt):
        """Return the receipt as a person reads it.

        :param gateway.Receipt receipt: The receipt.
        :rtype: markupsafe.Markup
        """
        return self.env['ir.qweb']._render(
            'payment_sberbank.receipt_preview',
            {
                'receipt': receipt,
                'methods': receipt_words.get_methods(self.env),
                'subjects': receipt_words.get_subjects(self.env),
                'rates': receipt_words.get_rates(self.env),
                'display': lambda kopecks: display_amount(self.env, kopecks),
            },
        )
