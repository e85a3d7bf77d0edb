from odoo import fields, models

from .. import const, gateway


class PaymentTransaction(models.Model):
    """Accounts are bound by paying by SBP, and charged: each amount by one order, asked for once.

    Which account was bound is read from the order's own status at the bank, of an order that was
    compared with ours. What a notification says of it is not read, however it is signed.

    SBP takes its time, and nothing is documented about a second charge of the same order. So the
    bank is asked to charge it once. That it is about to be asked is written down before; if its
    answer is lost, the order is asked about, until it is paid, declined, or dead after 20 minutes.
    """

    _inherit = 'payment.transaction'

    sberbank_charge_sent_at = fields.Datetime(
        string="Charge Was Sent at",
        help="When the bank was asked to charge the saved SBP account. It is asked only once.",
        readonly=True,
        copy=False,
    )

    # === WHICH === #

    def _sberbank_is_by_account(self):
        """Tell whether it is paid from a bound account.

        :rtype: bool
        """
        self.ensure_one()
        is_by_token = self.operation in ('online_token', 'offline')
        return is_by_token and bool(self.sudo().token_id.sberbank_member_id)

    def _sberbank_is_charged_here(self):
        """Tell whether it is charged by us, so that nobody pays it on the bank's page.

        An account is, also while its owner is there: they have agreed to it in their bank's app.

        :rtype: bool
        """
        self.ensure_one()
        return self.operation == 'offline' or self._sberbank_is_by_account()

    def _sberbank_get_account(self):
        """Return the account that the order is paid from, if it may be charged.

        :rtype: gateway.Account|None
        """
        token_sudo = self.sudo().token_id
        if not self._sberbank_is_by_account() or not token_sudo._sberbank_is_usable():
            return None
        return gateway.Account(token_sudo.provider_ref, token_sudo.sberbank_member_id)

    def _sberbank_get_sbp(self):
        """Return what the order does by SBP, if the bank has to know: bind an account or charge it.

        :rtype: gateway.BySbp|None
        """
        if self._sberbank_is_by_account():
            return gateway.BySbp()
        provider = self.provider_id
        # Without a payment, cards are saved and nothing else.
        is_payment = self.operation != 'validation'
        is_wanted = is_payment and self.tokenize and self.payment_method_id.code == const.SBP
        if not (is_wanted and provider._sberbank_offers_accounts()):
            return None
        if not provider._sberbank_get_client_id(self.partner_id):
            return None
        for_payer = provider.with_context(lang=self.partner_lang)
        return gateway.BySbp(for_payer._sberbank_get_account_purpose())

    # === SAVING === #

    def _sberbank_may_save_account(self, order):
        """Tell whether an account of this customer was bound, by this very order.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: bool
        """
        return bool(
            order.account
            and order.is_money_taken
            and self.provider_id._sberbank_get_client_id(self.partner_id)
            and not self._sberbank_describe_mismatch(order)
        )

    def _sberbank_get_account_values(self, order):
        """Return the values of a token for the account that an order has bound.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: dict
        """
        user = self.create_uid
        return {
            'partner_id': self.partner_id.commercial_partner_id.id,
            'provider_ref': order.account.subscription_id,
            'sberbank_member_id': order.account.member_id,
            'sberbank_bound_by_id': not user._is_public() and user.partner_id.id,
            'sberbank_place': self.provider_id._sberbank_get_gateway_url(self.is_live),
            'sberbank_is_live': self.is_live,
        }

    # === CHARGING === #

    def _sberbank_charge_account(self, client, order_id, account):
        """Ask the bank to charge an account, which it was not asked to before.

        :param gateway.GatewayClient client: Whom to ask through.
        :param str order_id: The bank's id of the order.
        :param gateway.Account account: The account.
        :return: None
        :raise gateway.GatewayError: If the bank did not take it in, or that is not known.
        """
        self._sberbank_expect_change(sberbank_charge_sent_at=fields.Datetime.now())
        try:
            client.charge_account(order_id, account)
        except gateway.GatewayError as error:
            if not error.may_have_reached:
                self._sberbank_expect_change(sberbank_charge_sent_at=False)
            raise

    def _sberbank_end_lost_account(self, action_code):
        """Take the account out of use if it is bound no more.

        :param int|None action_code: Why the charge was declined.
        :return: Whether it is.
        :rtype: bool
        """
        if not gateway.is_account_gone(action_code):
            return False
        self.sudo().token_id._sberbank_end(
            self.env._("The SBP account is bound no more (%(code)s).", code=action_code)
        )
        return True
