import re
from pathlib import Path
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import config

from .. import const, gateway
from ..gateway.wording import _lt
from ..wording import describe_reason

# A name on the internet, as it stands in an address.
HOST_NAME = r'([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*'


class PaymentProvider(models.Model):
    """How the bank is reached: the gateway, the login there, and whose certificates are trusted."""

    _inherit = 'payment.provider'

    sberbank_gateway = fields.Selection(
        string="Gateway",
        help="Which of the bank's gateways the contract is for. Test Mode uses its test address,"
        " Enabled its production address.",
        selection=[
            *((code, preset.name) for code, preset in gateway.GATEWAYS.items()),
            ('custom', "Other address"),
        ],
        default='rbs',
        required_if_provider=const.PROVIDER_CODE,
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
        selection=[(code, dialect.name) for code, dialect in gateway.DIALECTS.items()],
        default='rbs',
        required_if_provider=const.PROVIDER_CODE,
        copy=False,
    )
    sberbank_page_hosts = fields.Char(
        string="Further Payment Page Hosts",
        help="Hosts, separated by commas, on which the bank's payment page may be, too. Customers"
        " are sent to no other host than the gateway's own and these.",
        copy=False,
    )
    sberbank_username = fields.Char(
        string="User Name",
        help="The API login that the bank sent, usually with -api at its end.",
        copy=False,
        groups='base.group_system',
        exportable=False,
    )
    sberbank_password = fields.Char(
        string="Password",
        help="The API password: the one that replaced the temporary password in the bank's"
        " cabinet.",
        copy=False,
        groups='base.group_system',
        exportable=False,
    )
    sberbank_token = fields.Char(
        string="Token",
        help="Instead of the user name and the password, if the bank gave one.",
        copy=False,
        groups='base.group_system',
        exportable=False,
    )
    sberbank_ca_certificates = fields.Text(
        string="Additional Root Certificates",
        help="Certificates (PEM) of authorities to trust beside the usual ones. Sberbank's hosts"
        " use the Russian Trusted Root CA.",
        copy=False,
        groups='base.group_system',
    )
    sberbank_speaks_json = fields.Boolean(compute='_compute_sberbank_speaks_json')

    # === COMPUTE METHODS === #

    @api.depends('code', 'sberbank_gateway', 'sberbank_custom_dialect')
    def _compute_sberbank_speaks_json(self):
        for provider in self:
            provider.sberbank_speaks_json = (
                provider.code == const.PROVIDER_CODE
                and provider._sberbank_is_gateway_chosen()
                and provider._sberbank_get_dialect() is gateway.ECOM
            )

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
    def _check_sberbank_access(self):
        for provider in self._sberbank_filter().sudo():
            if not provider._sberbank_is_gateway_chosen():
                raise ValidationError(self.env._("Choose the gateway that the contract is for."))
            provider._check_sberbank_custom_url()
            provider._check_sberbank_credentials()

    @api.constrains('sberbank_page_hosts')
    def _check_sberbank_page_hosts(self):
        for provider in self:
            for host in provider._sberbank_get_further_page_hosts():
                if not re.fullmatch(HOST_NAME, host):
                    raise ValidationError(
                        self.env._(
                            "\"%(host)s\" is not the name of a host. Enter names such as"
                            " pay.bank.example, separated by commas, without https:// and without"
                            " a path.",
                            host=host,
                        )
                    )

    def _check_sberbank_custom_url(self):
        if self.sberbank_gateway != 'custom':
            return
        if not self.sberbank_custom_url:
            if self.state != 'disabled':
                raise ValidationError(self.env._("Enter the address of the gateway."))
            return
        try:
            self._sberbank_get_gateway_url(is_live=True)
        except ValueError as error:
            raise ValidationError(describe_reason(self.env, error)) from error

    def _check_sberbank_credentials(self):
        dialect = self._sberbank_get_dialect()
        if not self._sberbank_has_credentials():
            if self.state == 'disabled':
                return
            raise ValidationError(
                self.env._(
                    "Enter the user name and the password of the bank's API before the provider is"
                    " switched on."
                )
            )
        try:
            dialect.check_credentials(self._sberbank_get_credentials())
        except ValueError as error:
            raise ValidationError(describe_reason(self.env, error)) from error

    @api.constrains('sberbank_ca_certificates')
    def _check_sberbank_ca_certificates(self):
        for provider in self.sudo().filtered('sberbank_ca_certificates'):
            try:
                gateway.build_ca_bundle(provider.sberbank_ca_certificates)
            except ValueError as error:
                raise ValidationError(describe_reason(self.env, error)) from error

    # === BUSINESS METHODS === #

    def _sberbank_is_gateway_chosen(self):
        """Tell whether it is said where the bank is, and which protocol is spoken there.

        :rtype: bool
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return self.sberbank_custom_dialect in gateway.DIALECTS
        return self.sberbank_gateway in gateway.GATEWAYS

    def _sberbank_get_dialect(self):
        """Return the protocol that the chosen gateway speaks.

        :rtype: gateway.Dialect
        :raise ValueError: If none is chosen that is known.
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return _look_up(gateway.DIALECTS, self.sberbank_custom_dialect)
        return self._sberbank_get_preset().dialect

    def _sberbank_get_preset(self):
        return _look_up(gateway.GATEWAYS, self.sberbank_gateway)

    def _sberbank_get_gateway_url(self, is_live):
        """Return the address of the bank's production or test gateway.

        :param bool is_live: Which of them. An order stays where it was registered, also when the
                             provider is switched off or over meanwhile.
        :rtype: str
        :raise ValueError: If it can't be told, or used.
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return gateway.base_url_of(self.sberbank_custom_url or '', self._sberbank_get_dialect())
        return self._sberbank_get_preset().url(live=is_live)

    def _sberbank_get_page_hosts(self, is_live):
        """Return the hosts that the bank's payment page may be on.

        :param bool is_live: Whether it is the production or the test gateway's page.
        :rtype: frozenset[str]
        :raise ValueError: If they can't be told.
        """
        self.ensure_one()
        if self.sberbank_gateway == 'custom':
            return frozenset({urlsplit(self.sberbank_custom_url).hostname})
        return self._sberbank_get_preset().page_hosts(live=is_live)

    def _sberbank_get_further_page_hosts(self):
        """Return the hosts of the payment page that an administrator vouches for.

        :rtype: list[str]
        """
        hosts = (self.sberbank_page_hosts or '').split(',')
        return [host.strip().casefold() for host in hosts if host.strip()]

    def _sberbank_get_client(self, *, is_live, **options):
        """Return a client of the bank's gateway with the credentials of the provider.

        :param bool is_live: Whether to talk to the production or the test gateway.
        :param options: More of `gateway.GatewayClient`.
        :rtype: gateway.GatewayClient
        :raise gateway.WrongSettings: If the settings can't be used, for example without a password,
                                      or this is a copy of the database.
        """
        self._sberbank_check_database(is_live)
        provider_sudo = self.sudo()  # The credentials are for administrators only.
        try:
            return gateway.GatewayClient(
                provider_sudo._sberbank_get_dialect(),
                provider_sudo._sberbank_get_gateway_url(is_live),
                provider_sudo._sberbank_get_credentials(),
                ca_bundle=provider_sudo._sberbank_get_ca_bundle(),
                vat_table=gateway.VAT_TABLES.get(provider_sudo.sberbank_vat_table),
                **options,
            )
        except (ValueError, OSError) as error:  # OSError: the bundle of authorities can't be kept.
            raise gateway.WrongSettings(gateway.reason_of(error)) from error

    def _sberbank_has_credentials(self):
        """Tell whether the bank can know the merchant. Only for sudoed providers.

        :rtype: bool
        """
        self.ensure_one()
        has_login = self.sberbank_username and self.sberbank_password
        return bool(self.sberbank_token or has_login)

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


def _look_up(known, code):
    """Return what was chosen by its code; an upgrade may have left one that is known no more.

    :param dict known: What can be chosen, by code.
    :param str|bool code: What was.
    :raise ValueError: If it is not known.
    """
    try:
        return known[code]
    except KeyError as error:
        raise ValueError(_lt("Choose the gateway that the contract is for.")) from error
