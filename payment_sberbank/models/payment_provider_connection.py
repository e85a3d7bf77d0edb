from odoo import models
from odoo.exceptions import UserError

from .. import const, gateway
from ..toasts import toast
from ..wording import translate


class PaymentProvider(models.Model):
    """Whether the bank lets us in, tried by a button."""

    _inherit = 'payment.provider'

    # === ACTION METHODS === #

    def action_sberbank_test_connection(self):
        """Ask the bank something harmless, and say what is right, what is wrong and what to do.

        :return: The action that shows it.
        :rtype: dict
        :raise UserError: If it can't be asked yet.
        """
        self.check_access('write')
        if len(self) != 1 or self.code != const.PROVIDER_CODE:
            raise UserError(self.env._("Choose the payment provider whose connection is tried."))
        is_live = self.state == 'enabled'
        try:
            client = self._sberbank_get_client(
                is_live=is_live,
                before_call=self.env['payment.transaction']._sberbank_let_go,
                time_limit=const.BANK_PATIENCE_SECS,
            )
            gateway.try_login(client, self._sberbank_get_base_url())
        except gateway.GatewayError as error:
            return toast(
                self._sberbank_explain_no_connection(error, is_live),
                title=self.env._("The connection does not work yet"),
                type='danger',
                sticky=True,
            )
        return toast(
            self.env._("%(host)s lets this login in.", host=gateway.host_of(client.base_url)),
            title=self.env._("The connection works"),
            type='success',
        )

    # === BUSINESS METHODS === #

    def _sberbank_explain_no_connection(self, error, is_live):
        """Return what to do about a login that is not let in, for an administrator.

        :param gateway.GatewayError error: What happened.
        :param bool is_live: Whether it was tried at the production or at the test gateway.
        :rtype: str
        """
        home = self._sberbank_find_home(is_live) if _may_belong_elsewhere(error) else None
        if home:
            return self._sberbank_describe_home(home, is_live)
        return translate(gateway.advise(error), self.env.lang)

    def _sberbank_find_home(self, is_live):
        """Return the place that lets the login in instead.

        :param bool is_live: Whether it was tried at the production or at the test gateway.
        :rtype: gateway.Place|None
        """
        provider_sudo = self.sudo()  # The credentials are for administrators only.
        code = self.sberbank_gateway
        places = gateway.other_places(
            None if code == 'custom' else code,
            provider_sudo._sberbank_get_gateway_url(is_live),
            provider_sudo._sberbank_get_dialect(),
        )
        credentials = provider_sudo._sberbank_get_credentials()
        ca_bundle = provider_sudo._sberbank_get_ca_bundle()
        shop_url = self._sberbank_get_base_url()
        self.env['payment.transaction']._sberbank_let_go()
        return gateway.find_home(
            places,
            credentials,
            shop_url,
            ca_bundle=ca_bundle,
            time_limit=const.BANK_PATIENCE_SECS,
        )

    def _sberbank_describe_home(self, home, is_live):
        if home.code is None:
            return self.env._(
                "The address is right, but this login speaks the other protocol: choose"
                " \"%(protocol)s\".",
                protocol=home.dialect.name,
            )
        choices = dict(self._fields['sberbank_gateway']._description_selection(self.env))
        if home.is_live == is_live:
            return self.env._(
                "This login belongs to another gateway of the bank: choose \"%(gateway)s\".",
                gateway=choices[home.code],
            )
        if home.is_live:
            return self.env._(
                "This is a login of the production gateway (\"%(gateway)s\"), which the test"
                " gateway does not let in. Ask the bank for a test login, or set the provider to"
                " Enabled to take real money.",
                gateway=choices[home.code],
            )
        return self.env._(
            "This is a login of the test gateway (\"%(gateway)s\"), which the production gateway"
            " does not let in. Set the provider to Test Mode, or enter the login for production.",
            gateway=choices[home.code],
        )


def _may_belong_elsewhere(error):
    """Tell whether somebody answered who does not know the login, or not what was said to him."""
    if isinstance(error, gateway.Refused):
        return error.code == '5'
    return isinstance(error, gateway.UnexpectedAnswer) or (
        isinstance(error, gateway.WrongSettings) and error.may_have_reached
    )
