from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .. import const
from ..wording import display_amount

# How long before a hold ends by itself staff are told.
NOTICE = timedelta(days=1)

# No bank ends a hold so early by itself: then, somebody released it in the cabinet.
FIRST_DAY = timedelta(days=1)


class PaymentTransaction(models.Model):
    """How long money is held, and who is told when that time is nearly over, or is."""

    _inherit = 'payment.transaction'

    sberbank_held_until = fields.Date(
        string="Held until",
        help="When the bank may release the money by itself: the day is by the number of days on"
        " the provider, since the bank does not tell it.",
        compute='_compute_sberbank_held_until',
    )

    @api.depends('state', 'create_date', 'provider_id.sberbank_hold_days')
    def _compute_sberbank_held_until(self):
        for tx in self:
            is_held = tx.provider_code == const.PROVIDER_CODE and tx.state == 'authorized'
            tx.sberbank_held_until = is_held and tx._sberbank_get_end_of_hold().date()

    def _sberbank_get_end_of_hold(self):
        """Return when the bank may release the money by itself.

        :rtype: datetime
        """
        days = self.provider_id.sudo().sberbank_hold_days
        return self._sberbank_get_begin() + timedelta(days=days)

    def _sberbank_watch_hold(self):  # pylint: disable=missing-return
        """Override of the ground floor: a new hold is finished soon, the end of an old one told."""
        super()._sberbank_watch_hold()
        self._sberbank_finish_hold_soon()
        if self.state != 'authorized':
            self._sberbank_attention_solved('hold_waiting')
        elif self._sberbank_get_end_of_hold() - fields.Datetime.now() < NOTICE:
            self._sberbank_need_attention(
                'hold_waiting',
                self.env._(
                    "%(amount)s is held until about %(date)s.",
                    amount=display_amount(self.env, self._sberbank_get_held()),
                    date=format_date(self.env, self._sberbank_get_end_of_hold().date()),
                ),
            )

    def _sberbank_note_lost_hold(self):  # pylint: disable=missing-return
        """Override of the ground floor to tell staff, unless they have released it themselves."""
        super()._sberbank_note_lost_hold()
        is_meant = self.env.context.get('sberbank_released_here')
        if is_meant or fields.Datetime.now() < self._sberbank_get_begin() + FIRST_DAY:
            return
        self._sberbank_need_attention(
            'hold_lost',
            self.env._(
                "The bank has released the %(amount)s that it held. Nothing was taken.",
                amount=display_amount(self.env, self._sberbank_get_amount()),
            ),
        )
