import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from .. import const, gateway
from ..gateway.wording import _lt
from ..log import get_logger

_logger = get_logger(__name__)


class PaymentTransaction(models.Model):
    """Cards are saved, and payers pay with a saved one on the bank's page."""

    _inherit = 'payment.transaction'

    # === WHO MAY PAY WITH WHAT === #

    @api.constrains('token_id', 'provider_id', 'partner_id', 'operation')
    def _check_sberbank_token(self):
        """Let nobody pay with a card that is another customer's, or at another gateway."""
        for tx in self:
            token = tx.token_id
            if not tx._sberbank_is_by_token() or not token:
                continue
            customer = tx.partner_id.commercial_partner_id
            if (
                token.sudo().provider_id != tx.provider_id
                or token.sudo().partner_id.commercial_partner_id != customer
                or not token._sberbank_belongs_to(self.env.user)
            ):
                raise AccessError(self.env._("You do not have access to this payment token."))
            if not token._sberbank_is_usable():
                raise ValidationError(
                    self.env._(
                        "This card was saved at another gateway of the bank. Please pay by card"
                        " and save it again."
                    )
                )

    def _sberbank_is_by_token(self):
        """Tell whether it was begun with a saved card.

        :rtype: bool
        """
        return self.provider_code == const.PROVIDER_CODE and self.operation in (
            'online_token',
            'offline',
        )

    # === PAYING WITH A SAVED CARD === #

    def _get_specific_processing_values(self, processing_values):
        """Override of `payment` to send the payer with a saved card to the bank's page.

        The bank asks there for the card's code, or its issuer for another, as they think fit.
        """
        values = super()._get_specific_processing_values(processing_values)
        is_ours = self.provider_code == const.PROVIDER_CODE and self.operation == 'online_token'
        if not is_ours or self._sberbank_is_charged_here():
            return values
        return {**values, 'sberbank_pay_url': self._sberbank_get_pay_url()}

    def _sberbank_get_card(self):
        """Override of the ground floor: the saved card that pays, or that a card may be saved."""
        if self._sberbank_is_by_token():
            token_sudo = self.sudo().token_id
            is_card = token_sudo and not self._sberbank_is_by_account()
            if not (is_card and token_sudo._sberbank_is_usable()):
                return None
            return gateway.CardOnFile(
                token_sudo.sberbank_client_id,
                token_sudo.provider_ref,
                without_payer=self.operation == 'offline',
            )
        if not self.tokenize or self.provider_id.sberbank_are_cards_refused:
            return None
        if self._sberbank_get_sbp():
            return None  # Whoever saves their account has not agreed to have a card saved.
        is_verified = self.operation == 'validation'
        if is_verified and self.provider_id.sberbank_is_verification_refused:
            return None
        client_id = self.provider_id._sberbank_get_client_id(self.partner_id)
        return gateway.CardOnFile(client_id, only_verified=is_verified) if client_id else None

    def _sberbank_look_for_card(self, client):
        """Override of the ground floor to find out first that the bank has the saved card no more.

        An order would be refused then, by a code that may say something else.
        """
        card = self._sberbank_get_card()
        if card and card.binding_id and not self._sberbank_is_on_file(client, card):
            token_sudo = self.sudo().token_id
            token_sudo._sberbank_end(self.env._("The bank has the card on file no more."))
            self.env.cr.commit()  # pylint: disable=invalid-commit
        self._sberbank_need_card()

    def _sberbank_need_card(self):
        """Make sure that there is a card, if there is no payer to use another one, or nothing else.

        :return: None
        :raise gateway.Refused: If there is none.
        """
        is_validation = self.operation == 'validation'
        if not (is_validation or self._sberbank_is_charged_here()):
            return
        if self._sberbank_is_by_account():
            if not self._sberbank_get_account():
                raise gateway.Refused(_lt("The SBP account is saved no more."), code='', message='')
        elif not self._sberbank_get_card():
            reason = _lt("The saved card is on file at the bank no more.")
            if is_validation:
                reason = _lt("The gateway saves no cards without a payment.")
            raise gateway.Refused(reason, code='', message='')

    def _sberbank_is_on_file(self, client, card):
        try:
            on_file = client.get_bindings(card.client_id)
        except gateway.Refused as refusal:
            _logger.warning("No cards on file are listed for %s: %s", self.reference, refusal)
            return True  # The order is told of it, and the bank decides.
        return any(each.is_active and each.binding_id == card.binding_id for each in on_file)

    # === SAVING A CARD === #

    def _tokenize(self, payment_data):
        """Override of `payment` to save a card once, and never at the expense of the payment."""
        if self.provider_code != const.PROVIDER_CODE:
            super()._tokenize(payment_data)
            return
        if known := self._sberbank_find_saved(payment_data):
            self.write({'token_id': known.id, 'tokenize': False})
            return
        try:
            with self.env.cr.savepoint():
                super()._tokenize(payment_data)
        except (psycopg2.IntegrityError, ValidationError) as error:
            # Another worker has just saved it: it is found at the bank's next word.
            _logger.warning("The card of %s is not saved yet: %s", self.reference, error)

    def _sberbank_find_saved(self, payment_data):
        """Return the token of the card or account that an order was paid by, if there is one.

        :param dict payment_data: The order as the bank knows it.
        :rtype: payment.token
        """
        tokens = self.env['payment.token'].sudo()
        values = self._extract_token_values(payment_data)
        if not values:
            return tokens
        return tokens.search(
            [
                ('provider_id', '=', self.provider_id.id),
                ('provider_ref', '=', values['provider_ref']),
                ('partner_id', '=', values['partner_id']),
            ],
            limit=1,
        )

    def _extract_token_values(self, payment_data):
        """Override of `payment` to return the values of a token for the card that was paid by."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._extract_token_values(payment_data)
        order = payment_data['order']
        if self._sberbank_may_save_account(order):
            return self._sberbank_get_account_values(order)
        if not self._sberbank_may_save_card(order):
            return {}
        return {
            'partner_id': self.partner_id.commercial_partner_id.id,
            'provider_ref': order.binding_id,
            'payment_details': (order.masked_pan or '')[-4:],
            'sberbank_place': self.provider_id._sberbank_get_gateway_url(self.is_live),
            'sberbank_is_live': self.is_live,
            'sberbank_client_id': self.provider_id._sberbank_get_client_id(self.partner_id),
            'sberbank_expiration': order.expiration,
        }

    def _sberbank_may_save_card(self, order):
        """Tell whether the bank has put a card of this customer on file, by this very order.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: bool
        """
        client_id = self.provider_id._sberbank_get_client_id(self.partner_id)
        return bool(
            order.binding_id
            and client_id
            and order.client_id in (None, client_id)
            and not self._sberbank_describe_mismatch(order)
        )

    # === REFUNDS === #

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment` to let money go back that was paid by a card removed since."""
        if self.provider_code == const.PROVIDER_CODE and not self.token_id.active:
            custom_create_values = {'token_id': False, **custom_create_values}
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )
