from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, date_utils

from .. import const

# When the bank took or returned the money, or when the order came to its end: the day there.
# The same expression as the index's, so that days are found by it.
BANK_DAY = (
    f"(timezone('{const.TIMEZONE}', timezone('UTC',"
    " COALESCE(sberbank_paid_at, last_state_change))))::date"
)

# What the figures are read from, to be written to the database before.
READ = {
    'account.payment': ['journal_id'],
    'payment.method': ['primary_payment_method_id'],
    'payment.provider': ['code', 'capture_manually'],
    'payment.transaction': [
        'amount',
        'company_id',
        'currency_id',
        'is_live',
        'last_state_change',
        'operation',
        'partner_id',
        'payment_id',
        'payment_method_id',
        'provider_id',
        'sberbank_has_captures',
        'sberbank_paid_at',
        'sberbank_registered_at',
        'source_transaction_id',
        'state',
    ],
}

PERIODS = [('today', "Today"), ('yesterday', "Yesterday"), ('month', "This Month")]


class PaymentTransaction(models.Model):
    """Figures of some days are told without a look at the transactions of all others."""

    _inherit = 'payment.transaction'

    _sberbank_bank_day_idx = models.Index(f'(company_id, ({BANK_DAY}))')


class SberbankReport(models.Model):
    """What was taken and returned, and what became of the orders, by the bank's days.

    A line is a transaction that is at an end: an order, a part of a hold, or a refund. A hold that
    was taken in parts is an order without money of its own. Test money is left out. A
    top-up that nobody paid is deleted after three months, so that of longer ago too few orders are
    known to say how many of them were paid.
    """

    _name = 'sberbank.report'
    _description = 'Figures of Online Payments'
    _auto = False
    _order = 'day desc, id desc'
    _rec_name = 'transaction_id'
    _depends = READ

    transaction_id = fields.Many2one(comodel_name='payment.transaction', readonly=True)
    day = fields.Date(string="Day at the Bank", readonly=True)
    period = fields.Selection(selection=PERIODS, store=False, search='_search_period')
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(comodel_name='res.currency', readonly=True)
    partner_id = fields.Many2one(string="Customer", comodel_name='res.partner', readonly=True)
    payment_method_id = fields.Many2one(
        help="Cards of all brands are one method.",
        comodel_name='payment.method',
        readonly=True,
    )
    journal_id = fields.Many2one(
        string="Cash Desk",
        help="Where the money is booked. It has none before it is booked.",
        comodel_name='account.journal',
        readonly=True,
    )
    taken = fields.Monetary(readonly=True)
    returned = fields.Monetary(
        help="What was refunded, on the day on which the bank returned it.", readonly=True
    )
    remaining = fields.Monetary(string="Taken Less Returned", readonly=True)
    payments = fields.Integer(readonly=True)
    success_rate = fields.Float(
        string="Orders Paid",
        help="Of all orders that were opened at the bank and are at an end.",
        readonly=True,
        aggregator='avg',
    )
    minutes_to_pay = fields.Float(
        string="Time to Pay",
        help="Minutes and seconds from the order's opening at the bank until the bank took the"
        " money. It is not known of holds, and of saved cards that were charged without the payer.",
        readonly=True,
        aggregator='avg',
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT tx.id,
                   tx.id AS transaction_id,
                   %s AS day,
                   tx.company_id,
                   tx.currency_id,
                   tx.partner_id,
                   COALESCE(method.primary_payment_method_id, method.id) AS payment_method_id,
                   payment.journal_id,
                   CASE WHEN tx.state = 'done' AND tx.operation != 'refund'
                         AND tx.sberbank_has_captures IS NOT TRUE
                        THEN tx.amount ELSE 0 END AS taken,
                   CASE WHEN tx.operation = 'refund' THEN -tx.amount ELSE 0 END AS returned,
                   CASE WHEN tx.state = 'done' AND tx.sberbank_has_captures IS NOT TRUE
                        THEN tx.amount ELSE 0 END AS remaining,
                   (tx.state = 'done' AND tx.operation != 'refund'
                        AND tx.sberbank_has_captures IS NOT TRUE)::int AS payments,
                   CASE WHEN tx.sberbank_registered_at IS NOT NULL AND tx.operation != 'refund'
                        THEN (tx.state = 'done')::int END AS success_rate,
                   CASE WHEN tx.state = 'done'
                         AND tx.operation NOT IN ('refund', 'offline')
                         AND provider.capture_manually IS NOT TRUE
                         AND tx.source_transaction_id IS NULL
                        THEN GREATEST(
                            EXTRACT(EPOCH FROM tx.sberbank_paid_at - tx.sberbank_registered_at), 0
                        ) / 60 END AS minutes_to_pay
              FROM payment_transaction tx
              JOIN payment_provider provider ON provider.id = tx.provider_id
              JOIN payment_method method ON method.id = tx.payment_method_id
         LEFT JOIN account_payment payment ON payment.id = tx.payment_id
             WHERE provider.code = %s
               AND tx.operation != 'validation'
               AND (
                       tx.state = 'done'
                    OR tx.state IN ('cancel', 'error')
                       AND tx.operation != 'refund'
                       AND tx.sberbank_registered_at IS NOT NULL
                   )
               AND COALESCE(
                       (SELECT is_live FROM payment_transaction source
                         WHERE source.id = tx.source_transaction_id),
                       tx.is_live
                   )
            """,
            SQL(BANK_DAY),
            const.PROVIDER_CODE,
        )

    def _search_period(self, operator, value):
        if operator != 'in':
            return NotImplemented
        days = self._get_periods()
        domains = [
            [('day', '>=', days[period][0]), ('day', '<=', days[period][1])]
            for period in value
            if period in days
        ]
        return Domain.OR(domains)

    @api.model
    def _get_periods(self):
        """Return the first and the last day of each period, as the bank's calendar has them now.

        :rtype: dict[str, tuple[date, date]]
        """
        today = self.env['payment.provider']._sberbank_get_today()
        yesterday = fields.Date.subtract(today, days=1)
        return {
            'today': (today, today),
            'yesterday': (yesterday, yesterday),
            'month': (date_utils.start_of(today, 'month'), today),
        }

    def action_open_transaction(self):
        """Open the transaction."""
        self.check_access('read')  # What is related is read with all rights.
        return self.transaction_id._get_records_action()
