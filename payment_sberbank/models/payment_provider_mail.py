import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import email_normalize

from .. import gateway
from ..core import MailDeliveryException
from ..log import get_logger
from ..toasts import toast

_logger = get_logger(__name__)

# What an e-mail says in its headers.
HEADERS = ('subject', 'email_from', 'email_to', 'email_cc', 'reply_to')


class PaymentProvider(models.Model):
    """The e-mails to the staff of a provider. A copy of the database writes none of live payments.

    What it would have written counts as untold, and is written once payments are taken there.
    """

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
        mail = self._sberbank_write_mail('payment_sberbank.mail_template_test', self)
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

    def _sberbank_queue_mail(self, template_xmlid, record, earlier_mail, *, is_live=True):
        """Put an e-mail to the staff into the queue.

        It is written in the caller's database transaction. The mail queue's job sends it.

        :param str template_xmlid: The XML id of the template.
        :param models.Model record: What the e-mail is about.
        :param mail.mail earlier_mail: The one of before, if any: one that failed is replaced.
        :param bool is_live: Whether it tells of live payments, or of the provider as a whole.
        :return: Whether it need not be written again: it is in the queue, or nobody wants it; and
                 the e-mail, if it was written.
        :rtype: tuple[bool, mail.mail]
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        self.ensure_one()
        mail = earlier_mail = earlier_mail.sudo()
        if not self.sberbank_staff_email:
            return True, mail
        if self._sberbank_is_in_copy(is_live):
            return False, mail
        try:
            with self.env.cr.savepoint():
                if earlier_mail.state == 'exception':
                    earlier_mail.unlink()
                mail = self._sberbank_write_mail(template_xmlid, record)
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("The e-mail about %s could not be written.", record.display_name)
            return False, earlier_mail
        self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()
        return True, mail

    def _sberbank_queue_mails(self, template_xmlid, records, *, is_live):
        """Put an e-mail about each of several records into the queue: all of them or none.

        :param str template_xmlid: The XML id of the template.
        :param models.Model records: What the e-mails are about.
        :param bool is_live: Whether they tell of live payments.
        :return: The e-mails, in the records' order; none if one can't be written, or nobody wants
            them.
        :rtype: mail.mail
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        self.ensure_one()
        if not (records and self.sberbank_staff_email) or self._sberbank_is_in_copy(is_live):
            return self.env['mail.mail']
        try:
            with self.env.cr.savepoint():
                mails = self._sberbank_write_mail(template_xmlid, records)
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.warning("%s e-mails can't be written together.", len(records), exc_info=True)
            return self.env['mail.mail']
        self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()
        return mails

    def _sberbank_write_mail(self, template_xmlid, records):
        """Write an e-mail about each record. Its headers are one line each, whoever named it.

        A line break in a name would begin another header, so that the e-mail is never sent.

        :param str template_xmlid: The XML id of the template.
        :param models.Model records: What the e-mails are about.
        :return: The e-mails, in the records' order.
        :rtype: mail.mail
        """
        template = self.env.ref(template_xmlid).sudo().with_context(sberbank_mail=True)
        mails = template.send_mail_batch(records.ids)
        languages = template._render_lang(records.ids)
        for record, mail in zip(records, mails, strict=False):
            mail.write({name: _to_header(mail[name]) for name in HEADERS if mail[name]})
            if not template.email_layout_xmlid:
                mail.body_html = self._sberbank_to_document(mail, languages[record.id])
        return mails

    def _sberbank_to_document(self, mail, language):
        """Return the text of an e-mail as a whole document, which tells its language and title.

        Without that, screen readers don't know how to read it.

        :param mail.mail mail: The e-mail, with its text alone.
        :param str|bool language: In which Odoo language it was written, if that is known.
        :rtype: markupsafe.Markup
        """
        values = {
            'language': (language or self.env.lang or 'en').replace('_', '-'),
            'subject': mail.subject,
            'body': Markup(mail.body_html or ''),  # noqa: S704  # As Odoo has rendered it.
        }
        return self.env['ir.qweb']._render('payment_sberbank.mail_document', values)


def _to_header(text):
    # What Odoo puts between a minus and its number is not to be seen.
    text = text.replace('\N{ZERO WIDTH NO-BREAK SPACE}', '')
    return gateway.printable(text, max_length=len(text)).strip()
