from odoo import fields, models
from odoo.tools import format_datetime


class PaymentTransaction(models.Model):
    """A rouble that an administrator pays to see whether all of the way is open: how far it got.

    It goes the way of every payment. It is only marked, so that it is found again.
    """

    _inherit = 'payment.transaction'

    sberbank_is_trial = fields.Boolean(
        string="Test Payment",
        help="It was made by the button \"Make a Test Payment\" of the provider.",
        readonly=True,
        copy=False,
    )

    _sberbank_trial_idx = models.Index('(provider_id, id) WHERE sberbank_is_trial IS TRUE')

    def _sberbank_list_trial_steps(self):
        """Return each step of the way: whether it is done, and how, or what to do about it.

        :rtype: list[tuple[bool, str]]
        """
        self.ensure_one()
        notification = self._sberbank_find_notification()
        return [
            self._sberbank_tell_page(),
            self._sberbank_tell_paid(),
            self._sberbank_tell_notified(notification),
            self._sberbank_tell_checksum(notification),
            self._sberbank_tell_booked(),
        ]

    def _sberbank_find_notification(self):
        """Return the latest notification, one that anybody may have sent only if there is no other.

        :rtype: sberbank.exchange
        """
        notified = [('transaction_id', '=', self.id), ('direction', '=', 'notified')]
        exchanges = self.env['sberbank.exchange']
        return exchanges.search(
            [*notified, ('outcome', '!=', 'forged')], limit=1
        ) or exchanges.search(notified, limit=1)

    def _sberbank_tell_page(self):
        if self.sberbank_form_url:
            return True, self.env._("The bank's page was opened.")
        return False, self.env._(
            "The bank's page was not opened: press \"Test Connection\" to learn what is in the way,"
            " then make another test payment."
        )

    def _sberbank_tell_paid(self):
        if self._sberbank_is_trial_paid():
            return True, self.env._("It is paid, says the bank.")
        if self.state == 'cancel':
            return False, self.env._(
                "It is not paid: the order was declined, or its time has run out. Make another"
                " test payment."
            )
        if self.state == 'error':
            return False, self.env._(
                "The bank says something else than was ordered: see what needs attention."
            )
        if self.is_live:
            return False, self.env._(
                "It is not paid yet: pay on the bank's page, by a real card. If you have, press"
                " \"Check Again\"."
            )
        return False, self.env._(
            "It is not paid yet: pay on the bank's page, by a test card of the bank. If you have,"
            " press \"Check Again\"."
        )

    def _sberbank_tell_notified(self, notification):
        if moment := notification.time or self.sberbank_notified_at:
            return True, self.env._(
                "The notification came: %(time)s.", time=format_datetime(self.env, moment)
            )
        provider = self.provider_id
        if provider.sberbank_callback_obstacle:
            return False, self.env._(
                "No notification can come: the bank can't call the callback address, for the"
                " reason that is told above."
            )
        if provider.sberbank_is_callback_refused:
            return False, self.env._(
                "No notification can come before the address is set at the bank: send the text"
                " above to the bank's support."
            )
        if not self._sberbank_is_trial_paid():
            return False, self.env._("The notification comes within minutes of the payment.")
        if provider.sberbank_speaks_json:
            return False, self.env._(
                "No notification has come. If none comes within minutes: can the callback address"
                " be reached from outside, by https and past the firewall?"
            )
        return False, self.env._(
            "No notification has come. If none comes within minutes: is the callback address"
            " entered in the bank's cabinet, and can it be reached from outside, by https and past"
            " the firewall?"
        )

    def _sberbank_tell_checksum(self, notification):
        match notification.signature:
            case 'symmetric':
                return True, self.env._("The checksum is right: signed with the callback key.")
            case 'asymmetric':
                return True, self.env._(
                    "The checksum is right: signed with the key of the callback certificate."
                )
            case 'wrong':
                return False, self.env._(
                    "The checksum is wrong: compare the callback key with the one in the bank's"
                    " cabinet."
                )
            case 'unchecked' if self.provider_id.sberbank_speaks_json:
                return True, self.env._(
                    "There is no checksum: this gateway signs nothing, and the bank is asked each"
                    " time."
                )
            case 'unchecked':
                return False, self.env._(
                    "The checksum was not checked: there was no key. Enter the callback key from"
                    " the bank's cabinet, then make another test payment."
                )
        if self.sberbank_notified_at:
            return False, self.env._(
                "How the checksum was checked is no longer known: make another test payment."
            )
        return False, self.env._("The checksum is checked when the notification comes.")

    def _sberbank_tell_booked(self):
        if self.payment_id:
            return True, self.env._("It is booked: %(payment)s.", payment=self.payment_id.name)
        if self.state == 'authorized':
            return False, self.env._(
                "It is not booked, for the money is only held: take it or release it on the"
                " transaction."
            )
        if self.state == 'done':
            return False, self.env._(
                "It is not booked yet: that is done within a minute or two. If it is not, see what"
                " needs attention."
            )
        return False, self.env._("It is booked once it is paid.")

    def _sberbank_is_trial_paid(self):
        return self.state in ('authorized', 'done')
