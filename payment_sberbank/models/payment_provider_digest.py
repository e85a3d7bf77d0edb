from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from .. import const
from .payment_provider_health import UNBOOKED_PATIENCE, is_older

# The hour of the bank's day from which on the e-mail is written: when people come to work.
FIRST_HOUR = 9


class PaymentProvider(models.Model):
    """The e-mail of each morning about what is left undone. There is none when all is well.

    It is on by default: each reason has had an e-mail of its own, which somebody may have missed,
    and whoever wants no e-mails gives no address.
    """

    _inherit = 'payment.provider'

    sberbank_digest = fields.Boolean(
        string="Daily Reminder",
        help="An e-mail to the staff each morning about what still needs a person. None is sent"
        " when all is well.",
        default=True,
    )
    sberbank_digest_day = fields.Date(
        string="Latest Reminder",
        help="The day for which it was last looked whether there is something to remind of.",
        readonly=True,
        copy=False,
    )

    @api.model
    def _cron_sberbank_send_digests(self):
        """Remind the staff of each provider, once a day: hourly, for it may have been in vain."""
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        now = fields.Datetime.context_timestamp(
            self.with_context(tz=const.TIMEZONE), fields.Datetime.now()
        )
        if now.hour < FIRST_HOUR:
            return
        due = self.search([
            ('code', '=', const.PROVIDER_CODE),
            ('sberbank_digest', '=', True),
            ('sberbank_staff_email', '!=', False),
            '|',
            ('sberbank_digest_day', '=', False),
            ('sberbank_digest_day', '<', now.date()),
        ])
        for provider in due.try_lock_for_update(allow_referencing=True):
            if provider._sberbank_send_digest():
                provider.sberbank_digest_day = now.date()

    def _sberbank_send_digest(self):
        """Put the reminder into the queue, if there is something to remind of.

        :return: Whether that is done with for today.
        :rtype: bool
        """
        self.ensure_one()
        if not self._sberbank_needs_digest():
            return True
        is_written, _mail = self._sberbank_queue_mail(
            'payment_sberbank.mail_template_digest', self, self.env['mail.mail']
        )
        return is_written

    def _sberbank_needs_digest(self):
        """Tell whether something is on the list, or is not booked though there was time for it.

        :rtype: bool
        """
        is_unbooked = is_older(self._sberbank_count_unbooked(), UNBOOKED_PATIENCE)
        return is_unbooked or bool(self._sberbank_count_attention())

    def _sberbank_get_digest(self):
        """Return what there is to remind of, in the reader's language, for the e-mail.

        :return: `reasons`, a list of what is on the list, each with its `label`; and `unbooked` and
            `unfinished`, which are empty if there is nothing. Each has its `count` and `since`.
        :rtype: dict
        """
        self.ensure_one()
        attentions = self.env['sberbank.attention']
        label = dict(attentions._fields['reason']._description_selection(self.env))
        groups = attentions._read_group(
            [('transaction_id.provider_id', '=', self.id), ('is_solved', '=', False)],
            ['reason'],
            ['__count', 'create_date:min'],
            order='__count desc, reason',
        )
        return {
            'reasons': [
                {'label': label[reason], 'count': count, 'since': self._sberbank_in_moscow(since)}
                for reason, count, since in groups
            ],
            'unbooked': self._sberbank_tell_figure(self._sberbank_count_unbooked()),
            'unfinished': self._sberbank_tell_figure(self._sberbank_count_unfinished()),
        }

    def _sberbank_tell_figure(self, figure):
        if not figure['count']:
            return {}
        since = fields.Datetime.now() - timedelta(seconds=figure['oldest_age'])
        return {'count': figure['count'], 'since': self._sberbank_in_moscow(since)}

    def _sberbank_in_moscow(self, moment):
        return format_datetime(self.env, moment, tz=const.TIMEZONE, dt_format='short')
