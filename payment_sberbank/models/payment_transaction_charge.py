import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import const, gateway
from ..claims import claim_due
from ..log import get_logger
from ..wording import translate
from . import payer_words
from .payment_transaction_charge_debt import NothingOwed
from .payment_transaction_schedule import CLAIM

_logger = get_logger(__name__)

# Seconds that all questions about one charge may take. Nobody waits for them.
CHARGE_PATIENCE_SECS = 60

# A charge that never got to the bank is given up then: the customer does not expect it any more.
CHARGE_LIMIT = timedelta(days=1)


class PaymentTransaction(models.Model):
    """Saved cards and accounts are charged without the payer: by the job, each amount once.

    What wants the money may still be undone when it asks for it. So its transaction is only marked,
    and is charged after it was committed. The order is registered first, under a number that is
    written down; one order is paid once, however often the bank is asked to charge it.
    """

    _inherit = 'payment.transaction'

    sberbank_charge_at = fields.Datetime(
        string="Card Is Charged at",
        help="When the saved card is charged, or the bank is asked again to.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )

    # === ASKING FOR IT === #

    def _send_payment_request(self):
        """Override of `payment` to have the saved card charged once this is committed.

        A payer who is there is sent to the bank's page instead, unless they pay from an account.
        """
        if self.provider_code != const.PROVIDER_CODE:
            super()._send_payment_request()
            return
        if not self._sberbank_is_charged_here() or self.state != 'draft':
            return
        is_without_payer = self.operation == 'offline'
        if is_without_payer and not self.provider_id.sberbank_charges_without_payer:
            raise ValidationError(
                self.env._(
                    "Saved cards are not charged without the customer here. Send the customer a"
                    " link to pay, or change it on the payment provider if the contract with the"
                    " bank allows it."
                )
            )
        if reason := self.provider_id._sberbank_explain_copy(self.is_live):
            raise UserError(translate(reason, self.env.lang))  # Customers may read other errors.
        tx_sudo = self.sudo()
        tx_sudo._sberbank_check_debt()
        tx_sudo._sberbank_let_go_of_payment()
        tx_sudo._set_pending(state_message=self._sberbank_tell_payer_of_charge('due'))
        # Other apps would tell the customer that the money is on its way.
        tx_sudo.write({'is_post_processed': True, 'sberbank_charge_at': fields.Datetime.now()})
        self.env['ir.cron']._sberbank_get_job('charge_cards')._trigger()

    def _sberbank_let_go_of_payment(self):
        """Leave the payment that an accountant registered: the core cancels it as not paid yet.

        The bank's word books the money, as of all other online payments.
        """
        if payment := self.payment_id:
            self.payment_id = False
            payment.message_post(
                body=self.env._(
                    "The saved card is charged within minutes. When the bank confirms it, the money"
                    " is booked as a payment of its own, and the invoices are settled by it."
                )
            )

    # === THE JOB === #

    @api.model
    def _cron_sberbank_charge_cards(self):
        """Charge the saved cards that are due, one by one. Two jobs charge different ones."""
        self._sberbank_check_is_scheduler()
        while tx := claim_due(
            self, 'sberbank_charge_at', until=fields.Datetime.now() + CLAIM, limit=1
        ):
            is_answered = tx._sberbank_charge()
            if not self.env['ir.cron']._commit_progress(1) or not is_answered:
                return  # A bank that is silent is left alone until the next turn.

    def _sberbank_charge(self):
        """Register the order unless it is, charge the card, and apply what the bank says of it.

        :return: Whether the bank answered.
        :rtype: bool
        """
        self.ensure_one()
        try:
            with self._sberbank_registration_turn() as tx:
                tx._sberbank_look_anew()
                return tx._sberbank_charge_in_turn()
        except gateway.Unavailable:
            return False  # Another worker is still at it.

    def _sberbank_charge_in_turn(self):
        if self.state != 'pending' or not self.sberbank_charge_at:
            self._sberbank_note_end()
            return True
        try:
            self._sberbank_charge_order(time.monotonic() + CHARGE_PATIENCE_SECS)
        except gateway.GatewayError as error:
            _logger.warning("No word of the bank on the charge %s: %s", self.reference, error)
            self._sberbank_note_no_charge(error)
            return not isinstance(error, gateway.Unavailable)
        return True

    def _sberbank_charge_order(self, deadline):
        """Charge the card by an order that is registered for it.

        :param float deadline: On the monotonic clock.
        :return: None
        :raise gateway.GatewayError: If it is not known what came of it, or nothing did.
        """
        order_id = self.provider_reference
        if not order_id:
            self._sberbank_need_debt()
            registered = self._sberbank_register(self.partner_lang, deadline - time.monotonic())
            order_id = registered.order_id
        client = self._sberbank_get_client(time_limit=deadline - time.monotonic())
        self._sberbank_expect_change()
        refusal = self._sberbank_try_charge(client, order_id)
        try:
            order = self._sberbank_refresh(client)
        except (gateway.Refused, gateway.WrongSettings) as error:
            if refusal:
                raise
            # It was charged, or may have been: only the question is refused.
            raise gateway.Unavailable(error.detail, may_have_reached=True) from error
        self._sberbank_conclude_charge(client, order, refusal)

    def _sberbank_try_charge(self, client, order_id):
        """Ask the bank to charge the card, if it is there and the money is owed still.

        :param gateway.GatewayClient client: Whom to ask through.
        :param str order_id: The bank's id of the order.
        :return: Why the card was not charged; None if it was, or may have been.
        :rtype: gateway.Refused|None
        :raise gateway.GatewayError: If the bank was certainly not asked.
        """
        if self.sberbank_charge_sent_at:
            return None
        try:
            self._sberbank_need_card()
            self._sberbank_need_debt()
            if account := self._sberbank_get_account():
                self._sberbank_charge_account(client, order_id, account)
            else:
                client.charge_binding(order_id, self.sudo().token_id.provider_ref)
        except gateway.Refused as error:
            return error
        except gateway.GatewayError as error:
            if not error.may_have_reached:
                raise
        return None

    # === WHAT CAME OF IT === #

    def _sberbank_conclude_charge(self, client, order, refusal):
        """Finish the charge by what the bank says of the order, or leave it to be repeated.

        :param gateway.GatewayClient client: Whom to ask through.
        :param gateway.Order order: The order after the charge, applied already.
        :param gateway.Refused|None refusal: What the bank said to the charge, if it refused.
        :return: None
        """
        if order.is_money_taken or order.is_held:
            self._sberbank_end_charge()
        elif order.is_in_processing:
            return
        elif order.is_registered and not (refusal or order.is_attempt_declined):
            return  # The bank is still at it, or never heard of it: it is asked again.
        elif order.is_registered:
            self._sberbank_withdraw(client, order)
            self._sberbank_refresh(client)  # It may have been paid after all.
            self._sberbank_fail_charge(order, refusal)
        elif order.is_declined:
            self._sberbank_fail_charge(order, refusal)
        else:
            self._sberbank_end_charge()  # Whoever has asked about the order from here on goes on.

    def _sberbank_note_end(self):
        """Tell staff of a charge that came to nothing, when others have asked the bank about it.

        Or when the worker died that did: what can't be charged any more goes out of use, too.
        """
        is_known = not self.sberbank_charge_at or self.state in ('pending', 'authorized', 'done')
        self.sberbank_charge_at = False
        if not is_known:
            self._sberbank_is_gone_for_good(self._sberbank_get_decline_code())
            reason = self.sberbank_decline_reason or self.state_message
            self._sberbank_need_attention('charge_failed', reason)

    def _sberbank_withdraw(self, client, order):
        """Have the bank close an order that its card was declined for: nothing more comes of it."""
        try:
            client.decline(self.provider_reference or order.order_id)
        except gateway.GatewayError as error:
            _logger.info("The order of %s dies by itself: %s", self.reference, error)

    def _sberbank_fail_charge(self, order, refusal):
        """End a charge that was declined, with what follows from the reason.

        :param gateway.Order order: The order after the charge.
        :param gateway.Refused|None refusal: What the bank said to the charge, if it refused.
        :return: None
        """
        code = order.action_code
        if isinstance(refusal, NothingOwed):
            outcome = 'less_owed'
        elif self._sberbank_is_gone_for_good(code):
            outcome = 'gone'
        elif gateway.may_pass(code):
            outcome = 'later'
        else:
            outcome = 'declined'
        said = f'{code}: {order.action_code_description or "?"}' if code else ''
        failure = self._sberbank_describe_no_charge(refusal) if refusal else ''
        message = self._sberbank_tell_payer_of_charge(outcome)
        self._sberbank_end_charge(message, '\n'.join(filter(None, (said, failure))) or message)

    def _sberbank_is_gone_for_good(self, action_code):
        """Take what was to be charged out of use, if the bank says that it is of none any more.

        :param int|None action_code: Why the charge was declined.
        :rtype: bool
        """
        if self._sberbank_is_by_account():
            return self._sberbank_end_lost_account(action_code)
        if not gateway.is_card_dead(action_code):
            return False
        self.sudo().token_id._sberbank_end(
            self.env._("The card's bank declined it for good (%(code)s).", code=action_code)
        )
        return True

    def _sberbank_tell_payer_of_charge(self, outcome):
        """Return what the payer may read of a charge, of a card or of an account.

        :param str outcome: What became of it, see `payer_words`.
        :rtype: str
        """
        charged = 'account' if self._sberbank_is_by_account() else 'card'
        return payer_words.tell_payer(self, f'{charged}_{outcome}')

    def _sberbank_note_no_charge(self, error):
        """Try again later, or give up what certainly did not happen.

        :param gateway.GatewayError error: Why there is no word of the bank.
        :return: None
        """
        is_refused = not isinstance(error, gateway.Unavailable) and not error.may_have_reached
        is_over = self._sberbank_is_older_than(CHARGE_LIMIT)
        if is_over and self.provider_reference and not is_refused:
            self._sberbank_end_charge()  # It may be charged: the job asks until the bank says so.
        if not is_refused and (self.provider_reference or not is_over):
            return
        details = self._sberbank_describe_no_charge(error)
        self._sberbank_end_charge(self._sberbank_tell_payer_of_charge('failed'), details)

    def _sberbank_end_charge(self, message=None, details=None):
        """Charge no more for this transaction.

        :param str message: Why nothing was charged, as the payer may read it; None if it was.
        :param str details: The same for staff.
        :return: None
        """
        with self._sberbank_locked() as tx:
            tx.sberbank_charge_at = False
            if not message:
                tx._sberbank_attention_solved('charge_failed')
            elif tx.state not in ('done', 'authorized'):
                if tx.state != 'cancel':
                    tx._set_canceled(extra_allowed_states=('error',))
                tx.state_message = message
                tx._sberbank_need_attention('charge_failed', details)
