from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway
from ..core import urljoin
from ..log import get_logger
from ..wording import describe_reason, translate

_logger = get_logger(__name__)

# How far back payments without a notification are counted, in days, and how many at most.
OBSERVED_DAYS = 30
MAX_OBSERVED = 1000


class PaymentProvider(models.Model):
    """The bank's notifications: where they go, how they are signed, and whether they arrive."""

    _inherit = 'payment.provider'

    sberbank_callback_key = fields.Char(
        string="Callback Key",
        help="The symmetric key from the tab of callback notifications in the bank's cabinet.",
        copy=False,
        groups='base.group_system',
        exportable=False,
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
    sberbank_callback_obstacle = fields.Char(
        string="Why the Bank Can't Call", compute='_compute_sberbank_callback'
    )
    sberbank_callback_refused_by = fields.Char(
        string="Refuses the Callback Address",
        help="The gateway that takes no order with a callback address in it.",
        readonly=True,
        copy=False,
    )
    sberbank_is_callback_refused = fields.Boolean(
        string="Callback Address Is Refused", compute='_compute_sberbank_callback'
    )
    sberbank_callback_request = fields.Text(
        string="Text for the Bank's Support", compute='_compute_sberbank_callback'
    )
    sberbank_paid_count = fields.Integer(
        string="Payments", compute='_compute_sberbank_unnotified_count'
    )
    sberbank_unnotified_count = fields.Integer(
        string="Payments without a Notification",
        help="Among the latest payments, of 30 days and 1,000 at most, those that the bank did not"
        " notify us of.",
        compute='_compute_sberbank_unnotified_count',
    )

    # === COMPUTE METHODS === #

    @api.depends(
        'sberbank_speaks_json',
        'sberbank_gateway',
        'sberbank_custom_url',
        'sberbank_callback_refused_by',
        'state',
    )
    @api.depends_context('lang')
    def _compute_sberbank_callback(self):
        for provider in self:
            url = urljoin(provider._sberbank_get_base_url(), const.CALLBACK_ROUTE)
            with suppress(ValueError):  # What is no address is shown as it is, and why it is none.
                url = gateway.ascii_url(url)
            provider.sberbank_callback_url = url
            provider.sberbank_callback_obstacle = provider._sberbank_explain_callback_obstacle()
            provider.sberbank_is_callback_refused = provider._sberbank_has_refused(
                'sberbank_callback_refused_by', provider.state == 'enabled'
            )
            provider.sberbank_callback_request = provider._sberbank_write_callback_request()

    def _sberbank_explain_callback_obstacle(self):
        """Return why the bank can't call us, so that it is not told the address; or nothing."""
        if self.code != const.PROVIDER_CODE or not self._sberbank_is_gateway_chosen():
            return False
        # The bank's own gateways are on no machine of ours.
        gateway_url = self.sberbank_custom_url if self.sberbank_gateway == 'custom' else ''
        obstacle = self._sberbank_get_dialect().callback_obstacle(
            self.sberbank_callback_url, gateway_url or ''
        )
        return translate(obstacle, self.env.lang)

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
        self.sberbank_paid_count = self.sberbank_unnotified_count = 0
        for provider in self._sberbank_filter():
            latest = txs.search_fetch(
                [
                    ('provider_id', 'in', provider.ids),
                    ('state', '=', 'done'),
                    ('operation', 'not in', ('refund', 'validation')),
                    ('source_transaction_id', '=', False),
                    ('last_state_change', '>=', since),
                ],
                ['sberbank_notified_at'],
                order='last_state_change desc',
                limit=MAX_OBSERVED,
            )
            provider.sberbank_paid_count = len(latest)
            provider.sberbank_unnotified_count = len(
                latest.filtered(lambda tx: not tx.sberbank_notified_at)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('sberbank_callback_certificate')
    def _check_sberbank_callback_certificate(self):
        for provider in self.sudo().filtered('sberbank_callback_certificate'):
            try:
                gateway.load_public_key(provider.sberbank_callback_certificate)
            except ValueError as error:
                raise ValidationError(describe_reason(self.env, error)) from error

    # === BUSINESS METHODS === #

    def _sberbank_get_order_callback_url(self, is_live):
        """Return the address to tell the bank with an order, or nothing if it would be in the way.

        :param bool is_live: Whether the order is for the production or the test gateway.
        :rtype: str|None
        """
        self.ensure_one()
        is_refused = self._sberbank_has_refused('sberbank_callback_refused_by', is_live)
        if self.sberbank_callback_obstacle or is_refused:
            return None
        return self.sberbank_callback_url

    def _sberbank_is_authentic(self, notification):
        """Tell whether a notification may be acted on.

        Without a key and a certificate every notification is: it is only a hint to ask the bank.

        :param gateway.Notification notification: The notification that came.
        :rtype: bool
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The keys are for administrators only.
        if not self._sberbank_checks_signatures():
            return True
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
