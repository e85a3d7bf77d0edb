from contextlib import suppress
from datetime import timedelta, timezone

from odoo import api, fields, models

from .. import const, gateway

# How long before a certificate expires it is pointed out.
EXPIRY_NOTICE = timedelta(days=30)


class PaymentProvider(models.Model):
    """The certificates that are trusted beside the usual ones: which they are, and that they end.

    Staff get an e-mail about each, once before it expires and once when it has.
    """

    _inherit = 'payment.provider'

    sberbank_ca_summary = fields.Text(
        string="These Are", compute='_compute_sberbank_ca_summary', groups='base.group_system'
    )
    sberbank_told_certificates = fields.Text(
        string="Staff Notified of Certificates",
        help="The certificates about whose end an e-mail is in the queue or was sent.",
        readonly=True,
        copy=False,
        groups='base.group_system',
    )
    sberbank_certificates_mail_id = fields.Many2one(
        string="E-mail about Certificates",
        comodel_name='mail.mail',
        help="While it is in the queue, or after it failed.",
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_system',
    )

    # === COMPUTE METHODS === #

    @api.depends('sberbank_ca_certificates')
    @api.depends_context('lang')
    def _compute_sberbank_ca_summary(self):
        for provider in self:
            provider.sberbank_ca_summary = '\n'.join(
                self.env._(
                    "%(subject)s, valid until %(date)s, SHA-256 %(fingerprint)s",
                    subject=certificate.subject,
                    date=certificate.expires.date(),
                    fingerprint=certificate.fingerprint,
                )
                for certificate in provider._sberbank_read_ca_certificates()
            )

    # === CRON METHODS === #

    @api.model
    def _cron_sberbank_warn_of_certificates(self):
        """Write to the staff of each provider about certificates that end."""
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        for provider in self.search([
            ('code', '=', const.PROVIDER_CODE),
            ('state', '!=', 'disabled'),
            ('sberbank_ca_certificates', '!=', False),
        ]):
            provider._sberbank_warn_of_certificates()

    # === BUSINESS METHODS === #

    def _sberbank_warn_of_certificates(self):
        """Put an e-mail into the queue about what staff were not told of yet, if anything.

        :return: None
        """
        self.ensure_one()
        if not self.sberbank_staff_email:
            return  # Who enters an address later is told, too.
        if self.sberbank_certificates_mail_id.state == 'exception':
            self.sberbank_told_certificates = False
        if self._sberbank_find_untold_certificates():
            is_told, mail = self._sberbank_queue_mail(
                'payment_sberbank.mail_template_certificates',
                self,
                self.sberbank_certificates_mail_id,
            )
            if not is_told:
                return
            self.sberbank_certificates_mail_id = mail
        self.sberbank_told_certificates = '\n'.join(
            map(_name_notice, self._sberbank_find_expiring_certificates())
        )

    def _sberbank_describe_untold_certificates(self):
        """Return a sentence about each certificate that the next e-mail tells of.

        :rtype: list[str]
        """
        return [
            self._sberbank_describe_expiry(certificate)
            for certificate in self._sberbank_find_untold_certificates()
        ]

    def _sberbank_find_untold_certificates(self):
        told = (self.sudo().sberbank_told_certificates or '').splitlines()
        return [
            certificate
            for certificate in self._sberbank_find_expiring_certificates()
            if _name_notice(certificate) not in told
        ]

    def _sberbank_find_expiring_certificates(self):
        """Return the additional certificates that expire soon, or have.

        :rtype: list[gateway.Certificate]
        """
        return [
            certificate
            for certificate in self._sberbank_read_ca_certificates()
            if _time_left(certificate) <= EXPIRY_NOTICE
        ]

    def _sberbank_describe_expiry(self, certificate):
        values = {'subject': certificate.subject, 'date': certificate.expires.date()}
        if _has_expired(certificate):
            return self.env._(
                "The additional root certificate %(subject)s expired on %(date)s: add the one that"
                " follows it.",
                **values,
            )
        return self.env._(
            "The additional root certificate %(subject)s is valid until %(date)s: add the"
            " one that follows it in time.",
            **values,
        )

    def _sberbank_get_certificate_time(self):
        """Return how long all additional certificates are valid.

        :return: Whole seconds, negative if one has expired; None if there are no certificates.
        :rtype: int|None
        """
        times = map(_time_left, self._sberbank_read_ca_certificates())
        first = min(times, default=None)
        return None if first is None else int(first.total_seconds())

    def _sberbank_read_ca_certificates(self):
        """Return the certificates that are trusted beside the usual ones.

        :rtype: list[gateway.Certificate]
        """
        self.ensure_one()
        with suppress(ValueError):  # The form asks while they are being typed, too.
            return gateway.read_certificates(self.sudo().sberbank_ca_certificates or '')
        return []


def _name_notice(certificate):
    """Name what is told of a certificate, so that it is told once."""
    stage = 'expired' if _has_expired(certificate) else 'expires'
    return f'{certificate.fingerprint} {stage}'


def _has_expired(certificate):
    return _time_left(certificate) < timedelta()


def _time_left(certificate):
    return certificate.expires - fields.Datetime.now().replace(tzinfo=timezone.utc)
