import ipaddress
import logging
from pathlib import Path
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config

from .. import const, gateway
from ..core import urljoin

_logger = logging.getLogger(__name__)


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[(const.PROVIDER_CODE, "Sberbank")],
        ondelete={const.PROVIDER_CODE: 'set default'},
    )
    sberbank_gateway = fields.Selection(
        string="Gateway",
        help="Which of the bank's gateways the contract is for. Test Mode uses its test address,"
        " Enabled its production address.",
        selection=[
            ('rbs', "Sberbank: securepayments (GET or form callbacks)"),
            ('ecom', "Sberbank: epay (JSON callbacks)"),
            ('ecom_earlier', "Sberbank: ecommerce (earlier address of epay)"),
            ('yookassa', "YooKassa (merchants moved from Sberbank)"),
            ('custom', "Other address"),
        ],
        default='rbs',
        required=True,
        copy=False,
    )
    sberbank_custom_url = fields.Char(
        string="Gateway Address",
        help="The address that the names of the gateway's methods are appended to, for example"
        " https://bank.example/payment/rest/",
        copy=False,
    )
    sberbank_custom_dialect = fields.Selection(
        string="Gateway Protocol",
        selection=[
            ('rbs', "Form fields (securepayments and its relatives)"),
            ('ecom', "JSON (epay)"),
        ],
        default='rbs',
        required=True,
        copy=False,
    )
    sberbank_username = fields.Char(
        string="User Name",
        help="The API login that the bank sent, usually with -api at its end.",
        copy=False,
        groups='base.group_system',
    )
    sberbank_password = fields.Char(
        string="Password",
        help="The API password: the one that replaced the temporary password in the bank's"
        " cabinet.",
        copy=False,
        groups='base.group_system',
    )
    sberbank_token = fields.Char(
        string="Token",
        help="Instead of the user name and the password, if the bank gave one.",
        copy=False,
        groups='base.group_system',
    )
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
    sberbank_ca_certificates = fields.Text(
        string="Additional Root Certificates",
        help="Certificates (PEM) of authorities to trust beside the usual ones. Sberbank's hosts"
        " use the Russian Trusted Root CA.",
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

    sberbank_speaks_json = fields.Boolean(compute='_compute_sberbank_speaks_json')

    # === COMPUTE METHODS === #

    @api.depends('code', 'sberbank_gateway', 'sberbank_custom_dialect')
    def _compute_sberbank_speaks_json(self):
        for provider in self:
            provider.sberbank_speaks_json = (
                provider.code == const.PROVIDER_CODE
                and provider._sberbank_get_dialect() is gateway.ECOM
            )

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

    def _compute_feature_support_fields(self):
        """Override of `payment` to enable additional features."""
        result = super()._compute_feature_support_fields()
        self._sberbank_filter().update({
            'support_manual_capture': 'full_only',
            'support_refund': 'partial',
        })
        return result

    def _get_supported_currencies(self):
        """Override of `payment` to return the supported currencies."""
        supported_currencies = super()._get_supported_currencies()
        if self.code == const.PROVIDER_CODE:
            supported_currencies = supported_currencies.filtered(
                lambda c: c.name == const.CURRENCY_NAME
            )
        return supported_currencies

    # === CONSTRAINT METHODS === #

    @api.constrains(
        'state',
        'code',
        'sberbank_username',
        'sberbank_password',
        'sberbank_token',
        'sberbank_gateway',
        'sberbank_custom_url',
        'sberbank_custom_dialect',
    )
    def _check_sberbank_credentials(self):
        for provider in self._sberbank_filter().sudo():
            dialect = provider._sberbank_get_dialect()
            if provider.sberbank_token and dialect is gateway.ECOM:
                raise ValidationError(
                    self.env._(
                        "This gateway takes no token. Enter the user name and the password instead."
                    )
                )
            if provider.state != 'disabled' and not (
                provider.sberbank_token
                or (provider.sberbank_username and provider.sberbank_password)
            ):
                raise ValidationError(
                    self.env._(
                        "Enter the user name and the password of the bank's API before the provider"
                        " is switched on."
                    )
                )
            if not (provider.sberbank_username and provider.sberbank_password):
                continue
            try:
                dialect.check_credentials(provider._sberbank_get_credentials())
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "This gateway's user names are 1 to 30 Latin letters, digits, dashes and"
                        " underscores, its passwords 1 to 36 Latin letters, digits and signs. Check"
                        " that neither was typed with a Russian keyboard layout."
                    )
                ) from error

    @api.constrains(
        'sberbank_gateway', 'sberbank_custom_url', 'sberbank_custom_dialect', 'state', 'code'
    )
    def _check_sberbank_custom_url(self):
        for provider in self._sberbank_filter():
            if provider.sberbank_gateway != 'custom':
                continue
            if not provider.sberbank_custom_url:
                if provider.state != 'disabled':
                    raise ValidationError(self.env._("Enter the address of the gateway."))
                continue
            try:
                provider._sberbank_get_gateway_url(is_live=True)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The address of the gateway must begin with https:// and hold no user name,"
                        " no question mark and no spaces. Plain http is only for this very machine."
                    )
                ) from error

    @api.constrains('sberbank_callback_certificate', 'sberbank_ca_certificates')
    def _check_sberbank_certificates(self):
        for provider in self.sudo():
            if provider.sberbank_callback_certificate:
                try:
                    gateway.load_public_key(provider.sberbank_callback_certificate)
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "The callback certificate can't be read. Paste the whole text of the"
                            " certificate or the public RSA key, from the line with BEGIN to the"
                            " line with END."
                        )
                    ) from error
            if provider.sberbank_ca_certificates:
                try:
                    gateway.build_ca_bundle(provider.sberbank_ca_certificates)
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "The additional root certificates can't be read. Paste them one after"
                            " another, each from its line with BEGIN to its line with END."
                        )
                    ) from error

    def _check_required_if_provider(self):
        """Override of `payment` to refuse a provider that could take money but not book it."""
        result = super()._check_required_if_provider()
        for provider in self._sberbank_filter():
            if provider.state != 'disabled' and (reason := provider._sberbank_no_booking_reason()):
                raise ValidationError(reason)
        return result

    def _sberbank_no_booking_reason(self):
        """Say why a payment of this provider could not be booked.

        :return: The reason and the way out, in the reader's language, or None.
        :rtype: str|None
        """
        self.ensure_one()
        if not self.journal_id:
            return self.env._(
                "%(provider)s has no cash desk. Choose the bank or cash journal that the payments"
                " go to.",
                provider=self.name,
            )
        if not self._sberbank_get_payment_method_line().payment_account_id:
            return self.env._(
                "The payment method of %(provider)s in the journal %(journal)s has no outstanding"
                " account, so its payments would make no journal entry. Set one in the journal, on"
                " the tab of incoming payments.",
                provider=self.name,
                journal=self.journal_id.display_name,
            )
        return None

    def _sberbank_get_payment_method_line(self):
        return self.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self
        )[:1]

    # === CRUD METHODS === #

    def _get_default_payment_method_codes(self):
        """Override of `payment` to return the default payment method codes."""
        self.ensure_one()
        if self.code != const.PROVIDER_CODE:
            return super()._get_default_payment_method_codes()
        return const.DEFAULT_PAYMENT_METHOD_CODES

    def _get_reset_values(self):
        """Override of `payment` to supply the provider-specific credential values to reset."""
        if self.code != const.PROVIDER_CODE:
            return super()._get_reset_values()
        return dict.fromkeys((
            'sberbank_username',
            'sberbank_password',
            'sberbank_token',
            'sberbank_callback_key',
            'sberbank_callback_certificate',
        ))

    # === BUSINESS METHODS === #

    def _sberbank_filter(self):
        return self.filtered(lambda provider: provider.code == const.PROVIDER_CODE)

    def _sberbank_get_dialect(self):
        """Return the protocol that the chosen gateway speaks.

        :rtype: gateway.Dialect
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return gateway.DIALECTS[self.sberbank_custom_dialect]
        return self._sberbank_get_preset().dialect

    def _sberbank_get_preset(self):
        return gateway.GATEWAYS[self.sberbank_gateway]

    def _sberbank_get_gateway_url(self, is_live):
        """Return the address of the bank's production or test gateway.

        :param bool is_live: Which of them. An order stays where it was registered, also when the
                             provider is switched off or over meanwhile.
        :rtype: str
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return gateway.base_url_of(self.sberbank_custom_url, self._sberbank_get_dialect())
        return self._sberbank_get_preset().url(live=is_live)

    def _sberbank_get_page_hosts(self, is_live):
        """Return the hosts that the bank's payment page may be on.

        :param bool is_live: Whether it is the production or the test gateway's page.
        :rtype: frozenset[str]
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return frozenset({urlsplit(self.sberbank_custom_url).hostname})
        return self._sberbank_get_preset().page_hosts(live=is_live)

    def _sberbank_get_client(self, *, is_live, session=None, on_exchange=None):
        """Return a client of the bank's gateway with the credentials of the provider.

        :param bool is_live: Whether to talk to the production or the test gateway.
        :param requests.Session session: The session to keep connections in, if any.
        :param callable on_exchange: Called with each `gateway.Exchange`, already masked.
        :rtype: gateway.GatewayClient
        :raise gateway.WrongSettings: If the settings can't be used, for example without a password.
        """
        provider_sudo = self.sudo()  # The credentials are for administrators only.
        try:
            return gateway.GatewayClient(
                provider_sudo._sberbank_get_dialect(),
                provider_sudo._sberbank_get_gateway_url(is_live),
                provider_sudo._sberbank_get_credentials(),
                ca_bundle=provider_sudo._sberbank_get_ca_bundle(),
                session=session,
                on_exchange=on_exchange,
            )
        except (ValueError, OSError) as error:  # OSError: the bundle of authorities can't be kept.
            raise gateway.WrongSettings(gateway.reason_of(error)) from error

    def _sberbank_get_credentials(self):
        """Return what the bank knows the merchant by. Only for sudoed providers.

        :rtype: gateway.Credentials
        """
        self.ensure_one()
        return gateway.Credentials(
            username=self.sberbank_username or '',
            password=self.sberbank_password or '',
            token=self.sberbank_token or None,
        )

    def _sberbank_is_authentic(self, notification):
        """Tell whether a notification may be acted on.

        Without a key and a certificate every notification is: it is only a hint to ask the bank.

        :param gateway.Notification notification: The notification that came.
        :rtype: bool
        """
        self.ensure_one()
        provider_sudo = self.sudo()  # The keys are for administrators only.
        key = provider_sudo.sberbank_callback_key or None
        certificate = provider_sudo.sberbank_callback_certificate or None
        if not (key or certificate):
            return True
        try:
            gateway.verify_checksum(notification, key=key, public_key_pem=certificate)
        except gateway.ChecksumMismatch as error:
            _logger.warning("The checksum of a notification is not right: %s", error)
            return False
        return True

    def _sberbank_get_ca_bundle(self):
        """Return the path of the authorities to trust, when some were added to the usual ones.

        :rtype: str|None
        """
        self.ensure_one()
        if not self.sberbank_ca_certificates:
            return None
        folder = Path(config['data_dir']) / 'payment_sberbank'
        folder.mkdir(parents=True, exist_ok=True)
        return gateway.ca_bundle_file(self.sberbank_ca_certificates, str(folder))


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
