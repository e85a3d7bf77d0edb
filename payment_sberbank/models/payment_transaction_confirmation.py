import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const, gateway
from ..gateway.wording import _lt
from ..notifications import notification_and_reload

_logger = logging.getLogger(__name__)

# Card issuers release a hold after five days at the earliest.
HOLD_PATIENCE = timedelta(days=4)

# Transactions that staff may ask the bank about at once; they wait for the answers.
MAX_ASKED_BY_HAND = 20


class PaymentTransaction(models.Model):
    """The one way for money to be believed: find, ask the bank, apply what it says.

    (Who speaks is checked by the callback's controller, the only place where somebody speaks.)
    """

    _inherit = 'payment.transaction'

    sberbank_notified_at = fields.Datetime(
        string="Notified by the Bank",
        help="When the bank's latest notification of the order came.",
        readonly=True,
        copy=False,
    )

    # === FIND === #

    @api.model
    def _sberbank_find(self, order_id=None, order_number=None):
        """Find the transaction of an order by whichever of its names came.

        :param str order_id: The bank's id of the order (mdOrder), if it came.
        :param str order_number: Our number of the order, if it came.
        :return: The transaction that bears every given name, or none.
        :rtype: payment.transaction
        """
        domain = [('provider_id.code', '=', const.PROVIDER_CODE), ('operation', '!=', 'refund')]
        if order_number:
            tx = self.search([*domain, ('sberbank_order_number', '=', order_number)], limit=1)
            # Until register.do has answered, the bank's id is not known to us.
            if order_id and tx.provider_reference and tx.provider_reference != order_id:
                return self.browse()
            return tx
        if order_id:
            return self.search([*domain, ('provider_reference', '=', order_id)], limit=1)
        return self.browse()

    @api.model
    def _search_by_reference(self, provider_code, payment_data):
        """Override of `payment` to find the transaction by the bank's order."""
        if provider_code != const.PROVIDER_CODE:
            return super()._search_by_reference(provider_code, payment_data)
        order = payment_data['order']
        return self._sberbank_find(order_id=order.order_id, order_number=order.order_number)

    # === ASK === #

    def _sberbank_question(self, session=None, on_exchange=None):
        """Prepare the question about the order, to be put to the bank in any thread.

        :param requests.Session session: The session to keep connections in, if any.
        :param callable on_exchange: Given the call, masked; by default it is written down.
        :return: Asks the bank and returns the order, a `gateway.Order`. Raises a
                 `gateway.GatewayError` if the bank gives no usable answer.
        :rtype: callable
        """
        self.ensure_one()
        if self.provider_reference:
            names = {'order_id': self.provider_reference}
        elif self.sberbank_order_number:
            names = {'order_number': self.sberbank_order_number}
        else:
            return partial(
                _raise,
                gateway.OrderNotFound(
                    _lt("The bank was never told of this transaction."), code='', message=''
                ),
            )
        try:
            client = self._sberbank_get_client(session=session, on_exchange=on_exchange)
        except gateway.WrongSettings as error:
            return partial(_raise, error)
        return partial(_ask, client, names)

    def _sberbank_ask(self):
        """Ask the bank about the order.

        :return: The order as the bank knows it now, with all that has to be compared.
        :rtype: gateway.Order
        :raise gateway.GatewayError: If the bank gave no usable answer.
        """
        return self._sberbank_question()()

    def _sberbank_refresh(self, is_notified=False):
        """Ask the bank about the order and apply what it says.

        :param bool is_notified: Whether it was a notification of the bank that made us ask.
        :return: The order as the bank knows it.
        :rtype: gateway.Order
        :raise gateway.GatewayError: If the bank gave no usable answer; nothing is changed then.
        """
        self.ensure_one()
        order = self._sberbank_ask()
        self._sberbank_apply(order, is_notified=is_notified)
        return order

    def action_sberbank_ask_bank(self):
        """Ask the bank about the selected transactions and tell what came of it.

        :return: The action that shows the result.
        :rtype: dict
        """
        self.check_access('write')
        ours = self.sudo().filtered(
            lambda tx: tx.provider_code == const.PROVIDER_CODE and tx.sberbank_order_number
        )
        if not ours:
            raise UserError(self.env._("None of these transactions has an order at Sberbank."))
        if len(ours) > MAX_ASKED_BY_HAND:
            raise UserError(
                self.env._(
                    "Select %(maximum)s transactions at most: each is asked about one by one.",
                    maximum=MAX_ASKED_BY_HAND,
                )
            )
        patience = gateway.Patience()
        return notification_and_reload(
            '\n'.join(tx._sberbank_ask_by_hand(patience) for tx in ours),
            title=self.env._("The bank's answer"),
            sticky=True,
        )

    def _sberbank_ask_by_hand(self, patience):
        """Ask the bank and put what came of it in words.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :rtype: str
        """
        self.ensure_one()
        try:
            order = patience.ask(self.provider_id.id, self._sberbank_question())
        except gateway.GatewayError as error:
            return f'{self.reference}: {self._sberbank_describe_failure(error)}'
        with self._sberbank_locked() as tx:
            before = tx.state
            tx._process(const.PROVIDER_CODE, {'order': order})
            states = dict(self._fields['state']._description_selection(self.env))
            if tx.state == before:
                return self.env._(
                    "%(reference)s: nothing new, it is still \"%(state)s\".",
                    reference=self.reference,
                    state=states[before],
                )
            return self.env._(
                "%(reference)s: \"%(before)s\" became \"%(after)s\".",
                reference=self.reference,
                before=states[before],
                after=states[tx.state],
            )

    # === APPLY === #

    def _sberbank_apply(self, order, is_notified=False):
        """Apply the bank's word under a row lock, in a database transaction of its own.

        :param gateway.Order order: The order as the bank knows it.
        :param bool is_notified: Whether it was a notification of the bank that made us ask.
        :return: None
        """
        with self._sberbank_locked() as tx:
            tx._process(const.PROVIDER_CODE, {'order': order})
            if is_notified:
                tx.sberbank_notified_at = fields.Datetime.now()

    def _extract_amount_data(self, payment_data):
        """Override of `payment` to leave the comparison of amounts to `_apply_updates`.

        The core compares only until the transaction is in error, so that the same wrong amount is
        accepted when it is delivered again.
        """
        if self.provider_code != const.PROVIDER_CODE or self.operation == 'refund':
            return super()._extract_amount_data(payment_data)
        return None

    def _apply_updates(self, payment_data):
        """Override of `payment` to update the transaction based on the bank's answer."""
        if self.provider_code != const.PROVIDER_CODE:
            super()._apply_updates(payment_data)
            return
        order = payment_data['order']
        if mismatch := self._sberbank_describe_mismatch(order):
            self._sberbank_set_mismatch(mismatch)
        else:
            self._sberbank_attention_solved('mismatch')
            self._sberbank_note_order(order)
            self._sberbank_follow(order)
            self._sberbank_watch_hold()
        self._sberbank_attention_solved('not_answered')
        self.sberbank_next_ask_at = self._sberbank_get_next_ask_at()

    def _sberbank_describe_mismatch(self, order):
        """Compare the order with the transaction, at every delivery anew.

        :param gateway.Order order: The order as the bank knows it.
        :return: What differs, for staff, or None if all is ours.
        :rtype: str|None
        """
        return self._sberbank_describe_differences([
            *self._sberbank_compare_names(order),
            *self._sberbank_compare_amounts(order),
        ])

    def _sberbank_compare_names(self, order):
        """Return what says that it is this order: what it is, ours, and the bank's.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: list[tuple[str, str, str]]
        """
        compared = [
            (self.env._("order number"), self.sberbank_order_number, order.order_number),
            (self.env._("currency"), const.CURRENCY_NUMBER, order.currency),
        ]
        if order.order_id and self.provider_reference:
            compared.append((
                self.env._("the bank's order id"),
                self.provider_reference,
                order.order_id,
            ))
        return compared

    def _sberbank_compare_amounts(self, order):
        """Return the amounts of the order, as they are shown: what it is, ours, and the bank's.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: list[tuple[str, str, str]]
        """
        compared = [(self.env._("amount"), self._sberbank_get_ordered_amount(), order.amount)]
        # What was debited is the whole amount, unless part of it was reversed later on.
        took_money = order.is_paid or order.is_refunded
        if took_money and order.deposited_amount is not None and self.state != 'done':
            compared.append((
                self.env._("debited amount"),
                self._sberbank_get_amount(),
                order.deposited_amount,
            ))
        write = self.provider_id._sberbank_format
        return [(what, write(ours), write(theirs)) for what, ours, theirs in compared]

    def _sberbank_describe_differences(self, compared):
        """Return what differs, for staff, or None if all is ours.

        :param list compared: What it is, ours, and the bank's.
        :rtype: str|None
        """
        differences = [
            self.env._(
                "%(what)s: %(ours)s here, %(theirs)s at the bank",
                what=what,
                ours=ours,
                theirs=theirs,
            )
            for what, ours, theirs in compared
            if ours != theirs
        ]
        return '; '.join(differences) or None

    def _sberbank_set_mismatch(self, mismatch):
        _logger.error(
            "Transaction %s does not match its order at the bank: %s", self.reference, mismatch
        )
        self._sberbank_need_attention('mismatch', mismatch)
        if self.state == 'done':
            return
        payer_env = self._sberbank_translate_for_payer().env
        self._set_error(
            payer_env._("The payment does not match the order at the bank."),
            extra_allowed_states=('cancel',),
        )

    def _sberbank_note_order(self, order):
        """Keep what the bank tells about the order beside its state."""
        values = {}
        if order.order_id and not self.provider_reference:
            values['provider_reference'] = order.order_id
        payment_method = self._sberbank_get_payment_method(order)
        if payment_method and payment_method != self.payment_method_id:
            values['payment_method_id'] = payment_method.id
        if values:
            self.write(values)

    def _sberbank_get_payment_method(self, order):
        code = const.PAYMENT_SYSTEMS_MAPPING.get((order.payment_system or '').upper())
        way = (order.payment_way or '').upper()
        if 'SBP' in way:
            code = 'sbp'
        elif way.startswith(('SBERPAY', 'SBOL')):
            code = 'sberpay'
        if not code:
            return None
        return self.env['payment.method']._get_from_code(code)

    def _sberbank_follow(self, order):
        """Set the state that the bank's word leads to. States never go backwards.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        :return: None
        """
        if order.is_paid or order.is_refunded:
            self._sberbank_set_paid()
            self._sberbank_note_returned_money(order)
        elif order.is_held:
            self._sberbank_set_held()
        elif order.is_reversed or order.is_declined:
            self._sberbank_set_unpaid(order)
            if self.state == 'done' and order.is_reversed:
                self._sberbank_need_attention(
                    'reversed', self.env._("The bank reversed the whole payment.")
                )
        else:
            if order.is_unknown:
                _logger.warning(
                    "The bank answered an unknown state %s for transaction %s.",
                    order.status,
                    self.reference,
                )
            if self.state == 'draft':
                self._set_pending()

    def _sberbank_set_paid(self):
        if self.state == 'done':
            return
        self._set_done(extra_allowed_states=('cancel',))
        self._sberbank_trigger_booking()

    def _sberbank_note_returned_money(self, order):
        """Compare what the bank gave back with the refunds that were made here.

        :param gateway.Order order: The paid order as the bank knows it.
        :return: None
        """
        for refund in self._sberbank_get_pending_refunds():
            refund._sberbank_confirm_refund(order)
        taken = self._sberbank_get_amount()
        if order.deposited_amount is not None and order.deposited_amount < taken:
            self._sberbank_need_attention(
                'reversed',
                self.env._(
                    "The bank took %(ours)s and gave %(back)s of it back.",
                    ours=self.provider_id._sberbank_format(taken),
                    back=self.provider_id._sberbank_format(taken - order.deposited_amount),
                ),
            )
        known = self._sberbank_get_refunded_amount()
        if (order.refunded_amount or 0) <= known:
            self._sberbank_attention_solved('refunded')
        elif not self._sberbank_sent_refund_just_now():
            self._sberbank_need_attention(
                'refunded',
                self.env._(
                    "The bank refunded %(theirs)s in all; %(ours)s of it is recorded here.",
                    theirs=self.provider_id._sberbank_format(order.refunded_amount),
                    ours=self.provider_id._sberbank_format(known),
                ),
            )

    def _sberbank_set_held(self):
        if self.state in ('draft', 'pending'):
            self._set_authorized()
        elif self.state in ('cancel', 'error'):
            self._set_authorized(extra_allowed_states=('cancel', 'error'))

    def _sberbank_watch_hold(self):
        """Tell staff of a hold that is about to be lost: card issuers release it after days."""
        if self.state != 'authorized':
            self._sberbank_attention_solved('hold_waiting')
        elif self._sberbank_is_older_than(HOLD_PATIENCE):
            self._sberbank_need_attention(
                'hold_waiting',
                self.env._(
                    "%(amount)s has been held since %(date)s.",
                    amount=self.provider_id._sberbank_format(self._sberbank_get_amount()),
                    date=fields.Date.to_string(self.create_date),
                ),
            )

    def _sberbank_set_unpaid(self, order):
        if self.state in ('draft', 'pending', 'authorized', 'error'):
            self._set_canceled(
                state_message=self._sberbank_get_unpaid_message(order),
                extra_allowed_states=('error',),
            )

    def _sberbank_get_unpaid_message(self, order):
        """Return the calm sentence for the payer; the bank's code and text are for staff."""
        payer_env = self._sberbank_translate_for_payer().env
        if order.is_reversed:
            return payer_env._("The payment was cancelled, and the money was released.")
        if order.is_expired:
            return payer_env._("The time for the payment has run out. Nothing was charged.")
        return payer_env._("The bank declined the payment. Nothing was charged.")

    def _sberbank_trigger_booking(self):
        self.env.ref('payment_sberbank.ir_cron_book_payments')._trigger()


def _ask(client, names):
    order = client.get_order_status_extended(**names)
    # The bank names its id in a block that it may leave out; we asked for that very order then.
    order_id = order.order_id or names.get('order_id')
    if None in (order.amount, order.currency, order.order_number, order_id):
        raise gateway.UnexpectedAnswer(
            _lt("The bank's answer does not say which order it is about.")
        )
    return order


def _raise(error):
    raise error
