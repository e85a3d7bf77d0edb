import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import email_normalize

from ..core import MailDeliveryException
from ..toasts import toast

_logger = logging.getLogger(__name__)


class PaymentProvider(models.Model):
    """The e-mails to the staff of a provider."""

    _inherit = 'payment.provider'

    sberbank_staff_email = fields.Char(
        string="Staff E-mail",
        help="Addresses, separated by commas, that get an e-mail at each online payment and when a"
        " payment needs a person.",
        copy=False,
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('sberbank_staff_email')
    def _check_sberbank_staff_email(self):
        for provider in self.filtered('sberbank_staff_email'):
            for part in provider.sberbank_staff_email.split(','):
                if part.strip() and not email_normalize(part):
                    raise ValidationError(
                        self.env._(
                            "\"%(address)s\" is not an e-mail address. Separate several addresses"
                            " by commas.",
                            address=part.strip(),
                        )
                    )

    # === ACTION METHODS === #

    def action_sberbank_send_test_email(self):
        """Send an e-mail to the staff at once, so that an administrator sees whether it arrives.

        :return: The action that says to whom it was sent.
        :rtype: dict
        :raise UserError: If there is no address, or the e-mail could not be sent.
        """
        self.check_access('write')
        if len(self) != 1:
            raise UserError(self.env._("Choose the payment provider whose staff get the e-mail."))
        if not self.sberbank_staff_email:
            raise UserError(self.env._("Enter the e-mail address of the staff first."))
        template = self.env.ref('payment_sberbank.mail_template_test')
        mail = template.sudo().send_mail_batch(self.ids)
        mail.auto_delete = False  # Its state is looked at after it was sent.
        try:
            mail.send(raise_exception=True)
        except MailDeliveryException as error:
            raise UserError(self._sberbank_describe_mail_failure(error)) from error
        if mail.state == 'exception':
            raise UserError(self._sberbank_describe_mail_failure(mail.failure_reason))
        return toast(
            self.env._(
                "A test e-mail was sent to %(address)s.",
                address=self.sberbank_staff_email,
            ),
            type='success',
        )

    def _sberbank_describe_mail_failure(self, reason):
        return self.env._(
            "The e-mail could not be sent. Check the outgoing mail server.\n%(reason)s",
            reason=reason,
        )

    # === BUSINESS METHODS === #

    def _sberbank_queue_mail(self, template_xmlid, record):
        """Put an e-mail to the staff into the queue.

        It is written in the same database transaction as what it tells about, so that both are
        there or neither. The mail queue's job sends it.

        :param str template_xmlid: The XML id of the template.
        :param models.Model record: What the e-mail is about.
        :return: Whether it need not be written again: it is in the queue, or nobody wants it.
        :rtype: bool
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        self.ensure_one()
        if not self.sberbank_staff_email:
            return True
        try:
            with self.env.cr.savepoint():
                self.env.ref(template_xmlid).sudo().send_mail(record.id)
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("The e-mail about %s could not be written.", record.display_name)
            return False
        self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()
        return True
