"""Customers who leave a card with the shop, and what is charged to it while they are away."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock

from dev.audit import checkout
from dev.audit.card_odds import ACTION_CODES
from dev.audit.charges_verdict import is_charge_of
from dev.audit.crashes import Machine
from dev.audit.jobs import Jobs
from dev.audit.outcome import Charged, Outcome
from dev.audit.patience import GaveUp, PatientSession
from dev.audit.plan import Payment
from dev.audit.shop import AuditShop
from dev.audit.witness import Witness
from dev.bank.process import BankProcess
from dev.env.waiting import wait_until
from dev.odoo.back_office import Account
from dev.odoo.session import OdooError

#: Seconds that a card may take to be saved, and a charge to be made, while nothing is lost.
LIMIT = 20


class Cards:
    """Lets cards be saved and charged.

    :param shop: the shop
    :param bank: the bank
    :param machine: what the shop runs on, which may break meanwhile
    :param jobs: Odoo's
    :param turns: whose turn it is at a contract, for faults can't name an order without a number
    :param witness: who writes down the errors that people see
    """

    def __init__(
        self,
        shop: AuditShop,
        bank: BankProcess,
        machine: Machine,
        jobs: Jobs,
        turns: Mapping[str, Lock],
        witness: Witness,
    ):
        self._shop = shop
        self._control = bank.control
        self._machine = machine
        self._jobs = jobs
        self._turns = turns
        self._witness = witness
        self._holders: dict[int, Account] = {}

    def welcome(self, payment: Payment) -> PatientSession:
        """Return the session of a new customer, whose card is nobody else's."""
        account = self._holders[payment.number] = self._shop.add_cardholder(payment.number)
        session = PatientSession(self._shop.server.url, self._witness)
        session.log_in(account.login, account.password)
        return session

    def begin(self, session: PatientSession, payment: Payment) -> str:
        """Begin to pay an invoice, with the tick that saves the card; return where that leads."""
        (amount,) = payment.amounts
        invoice_id = self._shop.card_desk.invoice(self._holder_of(payment), amount)
        form = checkout.open_form(session, f'/my/invoices/{invoice_id}')
        method = self._shop.card_of(payment.contract)
        return checkout.post(session, form, method, keep_card=True)

    def charge(self, session: PatientSession, payment: Payment, outcome: Outcome) -> None:
        """Charge the card that was saved, while what the plan says is lost and broken.

        :raise GaveUp: no card was saved
        """
        plan = payment.charge
        charged = outcome.charged = self._find_card(payment, outcome)
        if code := ACTION_CODES.get(plan.answer):
            times = {'times': 1} if plan.answer == 'later' else {}
            self._control.set_binding(charged.binding_id, actionCode=code, **times)
        who, _point, when = plan.end.partition('_')
        if when:
            self._end_card(who, session, charged)
        with self._turns[payment.contract.login]:
            self._control.add_faults(payment.contract.login, *plan.faults_at(payment.contract))
            self._ask(payment, charged, outcome)
            if who and not when:
                self._end_card(who, session, charged)
            if plan.is_killed:
                self._kill_at_work(charged, outcome)
            else:
                self._wait(lambda: self._is_tried(charged) or self._is_over(charged))
        if plan.answer == 'later' and plan.is_repeated:
            self._wait(lambda: self._is_over(charged))
            self._ask(payment, charged, outcome)

    # --- inside ---------------------------------------------------------------------------------

    def _holder_of(self, payment: Payment) -> int:
        return self._holders[payment.number].partner_id

    def _find_card(self, payment: Payment, outcome: Outcome) -> Charged:
        partner_id, desk = self._holder_of(payment), self._shop.card_desk

        def is_saved() -> bool:
            return desk.find_token(partner_id) is not None

        if not wait_until(is_saved, limit=LIMIT):
            self._jobs.ask_all_now()
            wait_until(is_saved, limit=LIMIT)
        token_id, order = desk.find_token(partner_id), self._control.order(outcome.order_id)
        if not token_id:
            raise GaveUp('no card was saved')
        return Charged(
            token_id=token_id,
            binding_id=order['bindingId'],
            client_id=order['clientId'],
            invoice_id=desk.invoice(partner_id, payment.charge.amount),
        )

    def _ask(self, payment: Payment, charged: Charged, outcome: Outcome) -> None:
        """Ask for the charge, as often at once as the plan says."""
        desk, plan = self._shop.card_desk, payment.charge
        invoice_id, token_id = charged.invoice_id, charged.token_id
        try:
            if plan.by == 'app':
                ask: Callable[[], None] = lambda: desk.charge_by_app(invoice_id, token_id)  # noqa: E731
            else:
                provider_id = self._shop.providers[payment.contract.login]
                dialog_id = desk.open_dialog(invoice_id, token_id, provider_id)
                ask = lambda: desk.confirm(dialog_id, invoice_id)  # noqa: E731
        except OdooError as error:
            outcome.tell(f'the accountant could not choose the card: {error}')
            return
        with ThreadPoolExecutor(max_workers=plan.clicks if plan.is_at_once else 1) as pool:
            for click in [pool.submit(ask) for _click in range(plan.clicks)]:
                try:
                    click.result()
                    charged.asked += 1
                    outcome.tell(f'{plan.by}: asked for {plan.amount} kopecks of the saved card')
                except OdooError as error:
                    outcome.tell(f'{plan.by} was told: {error}')

    def _end_card(self, who: str, session: PatientSession, charged: Charged) -> None:
        if who == 'customer':
            session.call('/payment/archive_token', {'token_id': charged.token_id})
        else:
            self._control.remove_binding(charged.binding_id, by=who)

    def _kill_at_work(self, charged: Charged, outcome: Outcome) -> None:
        """Kill the workers for jobs once the bank has charged; its answer is still to come."""
        if wait_until(lambda: self._is_tried(charged), limit=LIMIT, look_every=0.1):
            self._machine.kill_all_jobs()
            outcome.tell("the job's worker was killed while the bank charged")

    def _is_tried(self, charged: Charged) -> bool:
        return any(
            order['attempts'] or order['operations']
            for order in self._control.orders()
            if is_charge_of(charged, order)
        )

    def _is_over(self, charged: Charged) -> bool:
        return not self._shop.card_desk.has_open_charges(charged.invoice_id)

    @staticmethod
    def _wait(look: Callable[[], bool]) -> None:
        """Wait for something, for a while: answers may be lost."""
        with suppress(OdooError):  # the machine is being broken
            wait_until(look, limit=LIMIT)
