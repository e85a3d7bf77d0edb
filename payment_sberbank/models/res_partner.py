from odoo import models

from .. import gateway


class ResPartner(models.Model):
    """A customer's account: what they owe to a company, what they have there, what is due first."""

    _inherit = 'res.partner'

    def _sberbank_get_balance(self, company):
        """Return what the customer owes and has: the open items on receivable accounts.

        All contacts of a company share its account.

        :param res.company company: The company whose books are looked into.
        :return: The debts and the credits, both zero or more, in the company's currency.
        :rtype: tuple[float, float]
        """
        self.ensure_one()
        domain = [
            ('company_id', '=', company.id),
            ('partner_id.commercial_partner_id', '=', self.commercial_partner_id.id),
            ('account_id.account_type', '=', 'asset_receivable'),
            ('parent_state', '=', 'posted'),
            ('reconciled', '=', False),
        ]
        lines = self.env['account.move.line'].sudo()
        [[owed]] = lines._read_group(
            [*domain, ('amount_residual', '>', 0)], aggregates=['amount_residual:sum']
        )
        [[credit]] = lines._read_group(
            [*domain, ('amount_residual', '<', 0)], aggregates=['amount_residual:sum']
        )
        currency = company.currency_id
        return currency.round(owed or 0), currency.round(-(credit or 0))

    def _sberbank_find_debts(self, company, currency):
        """Return the open debts that a payment onto the account settles, the oldest first.

        They may be on several receivable accounts: a customer's may have been changed since.

        :param res.company company: The company that is owed to.
        :param res.currency currency: The currency of the payment; other debts are left alone.
        :return: The open items of posted invoices and sales receipts.
        :rtype: account.move.line
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        return (
            self
            .env['account.move.line']
            .search([
                ('account_id.account_type', '=', 'asset_receivable'),
                ('company_id', '=', company.id),
                ('currency_id', '=', currency.id),
                ('partner_id.commercial_partner_id', '=', customer.id),
                ('parent_state', '=', 'posted'),
                ('move_id.move_type', 'in', ('out_invoice', 'out_receipt')),
                ('reconciled', '=', False),
                ('amount_residual_currency', '>', 0),
            ])
            .sorted(lambda line: (line.date_maturity or line.date, line.move_id.name, line.id))
        )

    # === RECEIPTS === #

    def _sberbank_get_company_data(self):
        """Return what a receipt tells of a customer that is a company: its name and its number.

        :return: Both, as `gateway.Buyer` takes them, or neither.
        :rtype: dict[str, str]
        """
        self.ensure_one()
        inn, name = self._sberbank_get_inn(), gateway.clean_name(self.name)
        return {'name': name, 'inn': inn} if name and gateway.is_inn(inn) else {}

    def _sberbank_has_wrong_inn(self):
        """Tell whether the customer is a company whose number can't stand in a receipt.

        :rtype: bool
        """
        self.ensure_one()
        inn = self._sberbank_get_inn()
        return bool(inn) and not gateway.is_inn(inn)

    def _sberbank_get_inn(self):
        """Return the taxpayer number of a company, which is often written before its KPP."""
        number = (self.vat or '').partition('/')[0]
        return number.strip().upper().removeprefix('RU') if self.is_company else ''
