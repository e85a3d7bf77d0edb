from odoo import fields, models

# How far back payments without a notification are counted, in days.
OBSERVED_DAYS = 30


class PaymentProvider(models.Model):
    """Whether the bank's notifications arrive."""

    _inherit = 'payment.provider'

    sberbank_paid_count = fields.Integer(
        string="Payments", compute='_compute_sberbank_unnotified_count'
    )
    sberbank_unnotified_count = fields.Integer(
        string="Payments without a Notification",
        help="Payments of the last 30 days that the bank did not notify us of.",
        compute='_compute_sberbank_unnotified_count',
    )

    def _compute_sberbank_unnotified_count(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=OBSERVED_DAYS)
        txs = self.env['payment.transaction'].sudo()  # They are only counted.
        paid = [
            ('provider_id', 'in', self._sberbank_filter().ids),
            ('state', '=', 'done'),
            ('operation', '!=', 'refund'),
            ('last_state_change', '>=', since),
        ]
        counts = {
            provider.id: (paid_count, notified_count)
            for provider, paid_count, notified_count in txs._read_group(
                paid, ['provider_id'], ['__count', 'sberbank_notified_at:count']
            )
        }
        for provider in self:
            paid_count, notified_count = counts.get(provider.id, (0, 0))
            provider.sberbank_paid_count = paid_count
            provider.sberbank_unnotified_count = paid_count - notified_count
