from odoo import models
from odoo.exceptions import UserError

from .. import const
from ..log import get_logger

_logger = get_logger(__name__)


class AccountMoveLine(models.Model):
    """How open items are settled with one another, also across receivable accounts."""

    _inherit = 'account.move.line'

    def _reconcile_post_hook(self, data):  # pylint: disable=missing-return
        """Override of `account` to look whether an invoice has used up an advance."""
        super()._reconcile_post_hook(data)
        self.move_id._sberbank_consider_closing()

    # === SETTLING === #

    def _sberbank_settle(self, items):
        """Settle open items with the money of this one, the first ones first, as far as it goes.

        Money that is needed on another receivable account than its own is moved there.

        :param account.move.line items: Items in the money's currency, in the order to settle them.
        :return: None
        :raise UserError: If money has to be moved and the company has no journal for it.
        """
        self.ensure_one()
        shares = self._sberbank_share_out(items)
        shares.pop(self.account_id, None)  # What the others leave of the money, in the end.
        for account, share in shares.items():
            self._sberbank_transfer(account, share)._sberbank_settle_on_account(items)
        self._sberbank_settle_on_account(items)

    def _sberbank_share_out(self, items):
        """Return how much of this item's money each account's items get.

        :return: The shares by account, more than zero, in the item's currency.
        :rtype: dict[account.account, float]
        """
        shares = {}
        rest = abs(self.amount_residual_currency)
        for item in items.filtered(self._sberbank_can_settle):
            share = min(rest, abs(item.amount_residual_currency))
            if self.currency_id.is_zero(share):
                break
            shares[item.account_id] = shares.get(item.account_id, 0) + share
            rest -= share
        return shares

    def _sberbank_can_settle(self, item):
        return (
            (item.account_id == self.account_id or item.account_type == 'asset_receivable')
            and not item.reconciled
            and item.amount_residual_currency * self.amount_residual_currency < 0
        )

    def _sberbank_settle_on_account(self, items):
        open_items = items.filtered(
            lambda item: item.account_id == self.account_id and self._sberbank_can_settle(item)
        )
        # All that are covered at once: one by one, the time would grow with their square.
        covered, rest = self.browse(), abs(self.amount_residual_currency)
        for item in open_items:
            rest -= abs(item.amount_residual_currency)
            if self.currency_id.compare_amounts(rest, 0) < 0:
                break
            covered += item
        if covered:
            (self + covered).reconcile()
        for item in (open_items - covered)[:1]:
            if not self.reconciled:
                (self + item).reconcile()

    def _sberbank_transfer(self, account, amount):
        """Move a part of this open item to another receivable account, by an entry.

        :param account.account account: Where it is needed.
        :param float amount: More than zero, in the item's currency.
        :return: The open item there.
        :rtype: account.move.line
        :raise UserError: If the company has no journal for such entries.
        """
        signed = amount if self.amount_residual_currency > 0 else -amount
        label = self.env._("Transfer of %(document)s", document=self.move_id.name)
        entry = self.move_id._sberbank_post_entry(
            label,
            [
                self._sberbank_prepare_item(label, self.account_id, -signed),
                self._sberbank_prepare_item(label, account, signed),
            ],
        )
        given = entry.line_ids.filtered(lambda item: item.account_id == account)
        (self + (entry.line_ids - given)).reconcile()
        return given

    def _sberbank_prepare_item(self, label, account, amount):
        return {
            'name': label,
            'account_id': account.id,
            'partner_id': self.partner_id.id,
            'currency_id': self.currency_id.id,
            'amount_currency': amount,
        }

    # === WHAT CUSTOMERS PAID IN ADVANCE === #

    def _sberbank_find_topup_credits(self):
        """Return what is left of payments onto the customers' accounts, the oldest first.

        A payment for an invoice is none of them: when it was paid twice or withdrawn meanwhile,
        staff decide about the money.

        :return: The open items that may settle some of these debts.
        :rtype: account.move.line
        """
        if not self:
            return self
        topups = [
            ('sberbank_is_topup', '=', True),
            (
                'provider_id',
                'any',
                [
                    ('code', '=', const.PROVIDER_CODE),
                    ('sberbank_settle_debts', '=', True),
                ],
            ),
        ]
        return self.search(
            [
                ('payment_id.payment_transaction_id', 'any', topups),
                ('account_type', '=', 'asset_receivable'),
                ('company_id', 'in', self.company_id.ids),
                ('currency_id', 'in', self.currency_id.ids),
                (
                    'partner_id.commercial_partner_id',
                    'in',
                    self.partner_id.commercial_partner_id.ids,
                ),
                ('parent_state', '=', 'posted'),
                ('reconciled', '=', False),
                ('amount_residual_currency', '<', 0),
            ],
            order='date, id',
        ).filtered(
            lambda line: (
                not line.payment_id.payment_transaction_id.invoice_ids
                and not line.payment_id.payment_transaction_id._sberbank_is_kept_apart()
            )
        )

    def _sberbank_find_own_credits(self):
        """Return what was paid for this very debt before its invoice was posted: an order's money.

        :return: The items of the payments; some may be used up.
        :rtype: account.move.line
        """
        payments = self.move_id.transaction_ids._sberbank_get_usable_payments()
        return self.browse().union(*(payment._sberbank_get_money() for payment in payments))

    def _sberbank_can_be_settled_from(self, credit):
        return (
            not credit.reconciled
            and credit.company_id == self.company_id
            and credit.currency_id == self.currency_id
            and credit.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        )

    def _sberbank_try_reconcile(self, credit):
        """Settle the debt from the credit, or leave both open: the invoice is posted all the same.

        :param account.move.line credit: The open credit.
        :return: None
        """
        try:
            with self.env.cr.savepoint():
                credit._sberbank_settle(self)
        except UserError:
            _logger.warning(
                "%s could not be settled from %s.",
                self.move_id.name,
                credit.move_id.name,
                exc_info=True,
            )
