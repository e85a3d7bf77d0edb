"""The bank itself: what shops, payers and its staff can make it do, one at a time."""

import threading
from collections.abc import Iterable
from typing import Any

from . import applications, callbacks, codes
from .bindings import SHOP, WAY, Binding, Bindings
from .callbacks import Courier, Delivery
from .cards import ACS_CODE, TEST_CARDS, CardEntry, verdict
from .cart import Cart
from .clock import Clock, Scheduler
from .dispatch import Dispatcher
from .faults import Faults
from .journal import Journal
from .merchants import ECOM, Merchant, Merchants
from .orders import Happening, Instrument, Order, Registration, Status
from .receipts import Registers
from .refusals import Reason, Refusal
from .store import Orders
from .subscriptions import Subscriptions


class Bank:
    """All that the bank knows, behind one lock.

    Every verb takes the lock for as long as it changes orders and never while it talks to a shop.
    Verbs raise `Refusal` when the bank does not do what it was asked to.
    """

    def __init__(
        self,
        clock: Clock,
        merchants: Iterable[Merchant],
        callback_ca: str | None = None,
        *,
        local_shops: bool = False,
    ):
        self.clock = clock
        self.local_shops = local_shops
        self.lock = threading.RLock()
        self.scheduler = Scheduler(clock)
        self.merchants = Merchants(merchants)
        self.orders = Orders()
        self.bindings = Bindings()
        self.subscriptions = Subscriptions()
        self.faults = Faults()
        self.journal = Journal()
        self.courier = Courier(clock, self.scheduler, self.lock, callback_ca)
        self.registers = Registers(clock, self.scheduler, self.faults, self.lock, self.merchant_of)
        self._dispatcher = Dispatcher(clock, self.scheduler, self.courier, self.faults)

    # --- finding --------------------------------------------------------------------------------

    def order(self, order_id: str) -> Order:
        """The order with this id, as it stands now.

        :raise Refusal: ORDER_NOT_FOUND.
        """
        return self._current(self.orders.by_id(order_id))

    def order_of(self, merchant: Merchant, order_id: str = '', number: str = '') -> Order:
        """This shop's order by the bank's id, or else by the shop's number.

        :raise Refusal: ORDER_NOT_FOUND, also for another shop's order.
        """
        order = (
            self.orders.by_id(order_id)
            if order_id
            else self.orders.by_number(merchant.login, number)
        )
        if order and order.login != merchant.login:
            order = None
        return self._current(order)

    def merchant_of(self, order: Order) -> Merchant:
        return self.merchants.by_login(order.login)

    # --- the shop -------------------------------------------------------------------------------

    def register(self, registration: Registration) -> Order:
        """register.do and registerPreAuth.do: open an order."""
        with self.lock:
            order = self.orders.add(registration, self.clock.now())
            self._announce(order, [Happening('created')])
        self.scheduler.at(registration.expires_at, lambda: self._settle(order))
        return order

    def deposit(self, order: Order, amount: int, cart: Cart | None = None):
        """deposit.do: ``amount`` in kopecks."""
        with self.lock:
            rules = self.merchant_of(order).rules
            self._announce(order, order.deposit(amount, self.clock.now(), rules), cart)

    def reverse(self, order: Order, amount: int | None = None, cart: Cart | None = None):
        """reverse.do: ``amount`` in kopecks, None for all."""
        with self.lock:
            rules = self.merchant_of(order).rules
            self._announce(order, order.reverse(amount, self.clock.now(), rules), cart)

    def refund(self, order: Order, amount: int, key: str = '', cart: Cart | None = None):
        """refund.do: ``amount`` in kopecks; ``key`` is ``externalRefundId``."""
        with self.lock:
            self._announce(order, order.refund(amount, self.clock.now(), key), cart)

    def cancel(self, order: Order):
        """decline.do."""
        with self.lock:
            order.cancel(self.clock.now())

    # --- the payer ------------------------------------------------------------------------------

    def pay_by_card(self, order: Order, card: CardEntry, payer_ip: str = '', keep: bool = True):
        """The payer sends a card off: paid, refused, or a code is asked for.

        :param bool keep: whether the shop may keep the card, where it has asked to.
        """
        instrument, issuer = Instrument('CARD', card), verdict(card)
        with self.lock:
            self._settle(order)
            order.payer_ip = payer_ip
            order.is_to_be_kept = keep
            if issuer.challenge:
                order.start_challenge(instrument, issuer.action_code, self.clock.now())
            else:
                self._conclude(order, instrument, issuer.action_code)

    def answer_challenge(self, order: Order, code: str):
        """The payer types the issuer's code."""
        with self.lock:
            self._settle(order)
            if order.status is not Status.ACS_STARTED:
                raise Refusal(Reason.WRONG_STATE, 'no code is asked for')
            right = code.strip() == ACS_CODE
            answer = order.challenge_answer if right else codes.AUTHENTICATION_FAILED
            self._conclude(order, order.instrument, answer)

    def finance(self, order: Order, amount: int):
        """Pay less for a credit than the shop has asked for: ``amount`` in kopecks."""
        with self.lock:
            order.finance(amount)

    def conclude(self, order: Order, instrument: Instrument, action_code: int, payer_ip: str = ''):
        """The payer's bank answers with this code, whatever the card."""
        with self.lock:
            self._settle(order)
            order.payer_ip = payer_ip or order.payer_ip
            self._conclude(order, instrument, action_code)

    def start_challenge(self, order: Order, instrument: Instrument):
        """Leave the payer on the issuer's page."""
        with self.lock:
            self._settle(order)
            order.start_challenge(instrument, codes.APPROVED, self.clock.now())

    def start_processing(self, order: Order, instrument: Instrument):
        """Leave an SBP payment without an answer yet."""
        with self.lock:
            self._settle(order)
            order.start_processing(instrument, self.clock.now())

    def approve_late(self, order: Order, instrument: Instrument):
        """The payer's bank agrees after the order was given up."""
        with self.lock:
            self._announce(order, order.approve_late(instrument, self.clock.now()))
            self._keep_on_file(order)
            self._plan_end_of_hold(order)

    def payer_returned(self, order: Order):
        """The payer was sent back to the shop; held notifications may go."""
        with self.lock:
            order.history.append((self.clock.now(), "payer sent back to the shop"))
            self._dispatcher.payer_returned(order)

    # --- what is on file ------------------------------------------------------------------------

    def remove_binding(self, binding: Binding, by: str = SHOP):
        """Put an end to a card on file: `bindings.SHOP`, PAYER or BANK does."""
        with self.lock:
            binding.remove(by)
            self._tell_activity(binding)

    def restore_binding(self, binding: Binding):
        """bindCard.do."""
        with self.lock:
            binding.restore(self.clock.now())
            self._tell_activity(binding)

    # --- the staff ------------------------------------------------------------------------------

    def expire(self, order: Order):
        """End the order's life now, or that of its hold."""
        with self.lock:
            end = order.let_go if order.held else order.expire
            self._announce(order, end(self.clock.now()))

    def charge_back(self, order: Order, amount: int):
        """The payer's bank takes the money back: ``amount`` in kopecks."""
        with self.lock:
            order.charge_back(amount, self.clock.now())

    def advance(self, seconds: float):
        """Move bank time and do at once what that makes due."""
        with self.lock:
            self.clock.advance(seconds)
        self.scheduler.run_due()

    def notify(self, order: Order, **what: Any) -> Delivery | None:
        """Send a notification on demand; see `callbacks.compose_anyway` for ``what``.

        :return: None when there is no address to send it to.
        """
        merchant = self.merchant_of(order)
        happening = Happening(what.pop('operation'), bool(what.pop('status', 1)))
        url = what.pop('url', '') or order.registration.callback_url or merchant.callback.url
        if not url:
            return None
        with self.lock:
            delivery = callbacks.compose_anyway(
                merchant, order, happening, self.clock.now(), url, **what
            )
            order.deliveries.append(delivery)
        self.courier.send(delivery)
        return delivery

    # --- inside ---------------------------------------------------------------------------------

    def _current(self, order: Order | None) -> Order:
        if not order:
            raise Refusal(Reason.ORDER_NOT_FOUND)
        with self.lock:
            self._settle(order)
        return order

    def _settle(self, order: Order):
        """Let what is due happen to the order."""
        with self.lock:
            now = self.clock.now()
            if order.is_overdue(now):
                self._announce(order, order.expire(now))
            if order.held and _is_due(order.registration.autocompletion_at, now):
                self._announce(order, order.deposit(order.held, now))
            if order.held and _is_due(order.hold_ends_at, now):
                self._announce(order, order.let_go(now))

    def _conclude(self, order: Order, instrument: Instrument, action_code: int):
        now = self.clock.now()
        if action_code != codes.APPROVED:
            self._announce(order, order.decline_attempt(instrument, action_code, now))
            return
        happenings = order.approve(instrument, now)
        if self.merchant_of(order).callback.approved_first and not order.registration.two_stage:
            happenings.insert(0, Happening('approved', amount=order.amount))
        self._announce(order, happenings)
        self._keep_on_file(order)
        self._plan_end_of_hold(order)

    def _keep_on_file(self, order: Order):
        """Keep what the order was paid with, where the shop and the payer want that."""
        merchant, registration = self.merchant_of(order), order.registration
        way = order.instrument.way
        if way == applications.SBP:
            wants_account = applications.subscribes(registration.json_params)
            if merchant.dialect == ECOM and merchant.permissions.sbp and wants_account:
                self._keep_account(order)
            return
        is_wanted = registration.client_id and order.is_to_be_kept and way != WAY
        is_secure = 'FORCE_SSL' not in registration.features
        if not (merchant.permissions.bindings and is_wanted and is_secure):
            return
        # What SberPay pays with is a card that the shop does not see.
        card = order.instrument.card or CardEntry.of_test_card(TEST_CARDS[0].pan)
        now = self.clock.now()
        binding, is_new = self.bindings.bind(
            order.login, registration.client_id, card, order.order_id, now
        )
        order.binding_id = binding.binding_id
        # The newer gateway tells only of what was made in the bank's own application.
        if is_new and (merchant.dialect != ECOM or way == applications.SBERPAY):
            self._announce(order, [_of_binding('bindingCreated', binding)])

    def _keep_account(self, order: Order):
        subscription = self.subscriptions.bind(order)
        details = subscription.details()
        order.bound_account = {
            name: details[name] for name in ('qrcId', 'subscriptionId', 'memberId')
        }
        self._announce(order, [Happening('subscriptionCreated', details=details)])

    def _tell_activity(self, binding: Binding):
        order = self.orders.by_id(binding.order_id)
        is_newer = self.merchant_of(order).dialect == ECOM
        if not is_newer:
            self._announce(order, [_of_binding('bindingActivityChanged', binding)])
        elif binding.removed_by not in ('', SHOP):
            self._announce(order, [_of_binding('bindingDeactivated', binding)])

    def _plan_end_of_hold(self, order: Order):
        if not order.held:
            return
        if life := self.merchant_of(order).hold_life:
            order.hold_ends_at = self.clock.now() + life
        for due in (order.registration.autocompletion_at, order.hold_ends_at):
            if due is not None:
                self.scheduler.at(due, lambda: self._settle(order))

    def _announce(self, order: Order, happenings: Iterable[Happening], cart: Cart | None = None):
        merchant = self.merchant_of(order)
        self.registers.follow(order, cart)
        for happening in happenings:
            delivery = callbacks.compose(merchant, order, happening, self.clock.now())
            if delivery:
                order.deliveries.append(delivery)
                self._dispatcher.dispatch(order, delivery)


def _is_due(moment: float | None, now: float) -> bool:
    return moment is not None and now >= moment


def _of_binding(operation: str, binding: Binding) -> Happening:
    details = {
        'bindingId': binding.binding_id,
        'clientId': binding.client_id,
        'enabled': str(binding.is_active).lower(),
    }
    return Happening(operation, details=details)
