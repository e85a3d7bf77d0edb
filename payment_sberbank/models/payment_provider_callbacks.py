import ipaddress
import logging
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway
from ..core import urljoin
from ..wording import describe_reason

_logger = logging.getLogger(__name__)

# How far back payments without a notification are counted, in days.
OBSERVED_DAYS = 30


class PaymentProvider(models.Model):
    """The bank's notifications: where they go, how they are signed, and whether they arrive."""

    _inherit = 'payment.provider'

    sberbank_callback_key = fields.Char(
        string="Callback Key",
        help="The symmetric key from the tab of callback notifications in the bank's cabinet.",
        copy=False,
        groups='base.group_system',
    )
    sberbank_callback_certificate = fields.Text(
        string="Callback Certificate",
        help="The certificate or public key (PEM) that the bank gave for asymmetric signatures.",
        copy=False,
        groups='base.group_system',
    )
    sberbank_callback_url = fields.Char(
        string="Callback Address", compute='_compute_sberbank_callback'
    )
    sberbank_callback_url_is_public = fields.Boolean(compute='_compute_sberbank_callback')
    sberbank_callback_request = fields.Text(
        string="Text for the Bank's Support", compute='_compute_sberbank_callback'
    )
    sberbank_paid_count = fields.Integer(
        string="Payments", compute='_compute_sberbank_unnotified_count'
    )
    sberbank_unnotified_count = fields.Integer(
        string="Payments without a Notification",
        help="Payments of the last 30 days that the bank did not notify us of.",
        compute='_compute_sberbank_unnotified_count',
    )

    # === COMPUTE METHODS === #

    @api.depends('sberbank_speaks_json')
    @api.depends_context('lang')
    def _compute_sberbank_callback(self):
        for provider in self:
            url = urljoin(provider.get_base_url(), const.CALLBACK_ROUTE)
            provider.sberbank_callback_url = url
            provider.sberbank_callback_url_is_public = _is_public_https(url)
            provider.sberbank_callback_request = provider._sberbank_write_callback_request()

    def _sberbank_write_callback_request(self):
        self.ensure_one()
        if self.sberbank_speaks_json:
            return self.env._(
                "Please set the callback for payment notifications of our API login to the address"
                " %(url)s, for the operation \"successful debit\" (deposited).",
                url=self.sberbank_callback_url,
            )
        return self.env._(
            "Please set the callback for payment notifications of our API login to the address"
            " %(url)s: method GET, static, with a symmetric signature, for the operation"
            " \"successful debit\" (deposited), with the parameters mdOrder, orderNumber, operation"
            " and status. Please tell us the key of the signature.",
            url=self.sberbank_callback_url,
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

    # === CONSTRAINT METHODS === #

    @api.constrains('sberbank_callback_certificate')
    def _check_sberbank_callback_certificate(self):
        for provider in self.sudo().filtered('sberbank_callback_certificate'):
            try:
                gateway.load_public_key(provider.sberbank_callback_certificate)
            except ValueError as error:
                raise ValidationError(describe_reason(self.env, error)) from error

    # === BUSINESS METHODS === #

    def _sberbank_is_authentic(self, notification):
        """Tell whether a notification may be acted on.

        Without a key and a certificate every notification is: it is only a hint to ask the bank.

        :param gateway.Notification notification: The notification that came.
        :rtype: bool
        """
        self.ensure_one()
        if not self._sberbank_checks_signatures():
            return True
        provider_sudo = self.sudo()  # The keys are for administrators only.
        try:
            gateway.verify_checksum(
                notification,
                key=provider_sudo.sberbank_callback_key or None,
                public_key_pem=provider_sudo.sberbank_callback_certificate or None,
            )
        except gateway.ChecksumMismatch as error:
            _logger.warning("The checksum of a notification is not right: %s", error)
            return False
        return True

    def _sberbank_checks_signatures(self):
        """Tell whether there is something to check the bank's signature by.

        :rtype: bool
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The keys are for administrators only.
        return bool(
            provider_sudo.sberbank_callback_key or provider_sudo.sberbank_callback_certificate
        )


def _is_public_https(url):
    """Tell whether the bank can call the address: https, the usual port, a host on the internet.

    :param str url: The address.
    :rtype: bool
    """
    parts = urlsplit(url)
    host = parts.hostname or ''
    if parts.scheme != 'https' or parts.port not in (None, 443):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return '.' in host and not host.endswith(('.local', '.localhost', '.internal', '.lan'))
