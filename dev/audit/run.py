"""`make audit`: the whole of it, from an empty database to the verdict."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from dev.audit import history, neighbours
from dev.audit.books import read_odoo
from dev.audit.cards import Cards
from dev.audit.charges_verdict import Card, compare_charges, outcomes_of_charges, read_charges
from dev.audit.contracts import CONTRACTS
from dev.audit.crashes import Machine
from dev.audit.defects import CALM, FOLDER, MODULES, PROVOCATIONS, check
from dev.audit.intruder import Intruder
from dev.audit.jobs import Jobs
from dev.audit.odds import KINDS
from dev.audit.outcome import Outcome
from dev.audit.patience import PatientSession
from dev.audit.payer import Market
from dev.audit.plan import Plan, draw_plan
from dev.audit.quiet import wait_until_quiet
from dev.audit.shop import AuditShop
from dev.audit.staff import Staff
from dev.audit.supervisor import Supervisor
from dev.audit.traffic import Traffic
from dev.audit.verdict import Verdict, believed_lies, compare, untold
from dev.audit.witness import Witness
from dev.bank.process import BankProcess
from dev.env import postgres
from dev.env.folders import REPOSITORY
from dev.env.progress import say, step
from dev.odoo import command, database, source
from dev.odoo.back_office import ADMINISTRATOR
from dev.odoo.money import in_figures
from dev.odoo.server import odoo_server

#: Bank seconds in one second: an order lives for a minute, a notification is repeated after 1.5 s.
TIME_SCALE = 20
WORKERS = 2
#: Bank seconds in a day.
DAY = 24 * 3600
#: Other apps, which wrap what the addon overrides.
APPS = ('sale_management',)
#: Stands in for the program that prints invoices, where the machine has none.
PROGRAMS = Path(__file__).parent / 'bin'
#: Orders whose history is printed when they are not booked as they should be.
SHOWN = 5


def run(arguments: list[str]) -> int:
    """Run the audit as the command line says, and return its exit status."""
    parser = argparse.ArgumentParser(prog='make audit')
    parser.add_argument('--count', type=int, default=1000, help='how many payments')
    parser.add_argument('--seed', type=int, default=1, help='the same seed gives the same plan')
    parser.add_argument('--kind', choices=KINDS, help='what all of them pay, if not all kinds')
    parser.add_argument('--defect', choices=MODULES, help='what to break in the addon first')
    options = parser.parse_args(arguments)
    plan = (
        draw_plan(options.count, options.seed, only=PROVOCATIONS[options.defect], incidents=CALM)
        if options.defect
        else draw_plan(
            options.count, options.seed, only={'kind': options.kind} if options.kind else {}
        )
    )
    verdict = audit(plan, defect=options.defect)
    if not verdict.is_clean:
        kind = f' KIND={options.kind}' if options.kind else ''
        print(f'To see it again: make audit N={options.count} SEED={options.seed}{kind}')
    print(verdict.receipts)
    print(verdict, flush=True)
    return 0 if verdict.is_clean else 1


def audit(plan: Plan, *, defect: str | None = None) -> Verdict:
    """Let a plan happen on a machine of its own, and compare the books afterwards.

    :param defect: one of :data:`MODULES`, to be planted in the running Odoo
    """
    with _world(plan, defect) as world:
        return world.go_through(plan)


@dataclass
class _World:
    """All that takes part."""

    market: Market
    machine: Machine
    jobs: Jobs
    witness: Witness
    database: str

    def go_through(self, plan: Plan) -> Verdict:
        with step(f'{len(plan.payments)} payments'):
            outcomes = Traffic(plan, self.market, self.machine, self.witness).run()
        with step('waiting until all is quiet, while the bank still lies about some orders'):
            # With a second round for second receipts, which wait for the first ones.
            self._wait_until_quiet(rounds=4)
        books = read_odoo(self.database)
        found = [
            *believed_lies(
                books, [outcome.order_number for outcome in outcomes if outcome.payment.lie]
            ),
            *untold(books),
        ]
        with step('the bank tells the truth, and what was in the way is mended'):
            self._end_faults()
            self.market.shop.sales.mend()
            self._wait_until_quiet()
        with step('captures, refunds and what is done in the cabinet'):
            staff = Staff(self.market.shop, self.market.bank)
            outcomes = [*outcomes, *outcomes_of_charges(self._read_charges(outcomes))]
            staff.work(outcomes, read_odoo(self.database).by_order_number())
            self._wait_until_quiet()
            self._end_faults()
            accepted = staff.accept(outcomes, read_odoo(self.database).by_order_number())
            # What one round changes, the next one has to leave alone.
            self._wait_until_quiet(rounds=2)
        with step('the next day, with what the cash registers have missed'):
            self.market.bank.control.advance(DAY)
            self.jobs.let_a_day_go_by()
            # A failed receipt is sent again, then a second one can follow, then that is looked at.
            self._wait_until_quiet(rounds=3)
        ledger = self.market.bank.control.ledger()['orders']
        verdict = compare(
            ledger, read_odoo(self.database), automatic_invoices=plan.automatic_invoices
        )
        charges = compare_charges(self._read_charges(outcomes))
        verdict.faults.extend([*found, *self.market.intruder.faults, *charges.faults])
        say(str(charges))
        self._report(verdict, outcomes, accepted)
        return verdict

    def _read_charges(self, outcomes: Sequence[Outcome]) -> Sequence[Card]:
        control = self.market.bank.control
        return read_charges(self.database, outcomes, control.orders(), control.bindings())

    def _wait_until_quiet(self, *, rounds: int = 1) -> None:
        wait_until_quiet(self.market.bank, self.jobs, rounds=rounds)

    def _end_faults(self) -> None:
        for contract in CONTRACTS:
            self.market.bank.control.faults(contract.login)

    def _report(self, verdict: Verdict, outcomes: Sequence[Outcome], accepted: int) -> None:
        say(f'the machine: {_counted(self.machine.done)}')
        say(f'attempts that were refused: {_counted(self.market.intruder.refused)}')
        say(f'listed for staff: {_counted(verdict.listed)}')
        say(f'otherwise than ordered, and accepted by staff: {in_figures(accepted)} RUB')
        say(f'payers who gave up: {_counted(self.witness.gave_up)}')
        say(f'failed pages in a broken machine: {_counted(self.witness.expected)}')
        say(f'failed pages otherwise: {_counted(self.witness.unexpected)}')
        by_number = {outcome.order_number: outcome for outcome in outcomes}
        for number in list(dict.fromkeys(fault.order_number for fault in verdict.faults))[:SHOWN]:
            for line in history.tell(
                number, by_number.get(number), self.market.bank, self.database
            ):
                print(line)
        for fault in verdict.faults:
            print(f'{fault.kind}: {fault.order_number}: {fault.why}')


@contextmanager
def _world(plan: Plan, defect: str | None) -> Iterator[_World]:
    source.ensure()
    witness = Witness()
    addons = [REPOSITORY, neighbours.FOLDER, *([FOLDER] if defect else [])]
    with (
        postgres.own_server('audit') as postgresql,
        database.scratch(
            'audit', neighbours=APPS, dependents=[neighbours.FOLDER / neighbours.MODULE]
        ) as name,
        BankProcess(
            time_scale=TIME_SCALE, local_shops=True, log_path=command.log_file('bank')
        ) as bank,
    ):
        if defect:
            _plant(MODULES[defect], name)
        _checkpoint()
        with (
            odoo_server(name, workers=WORKERS, addons=addons, programs=PROGRAMS) as server,
            Supervisor(server).watching() as supervisor,
        ):
            session = PatientSession(server.url, witness)
            session.log_in(*ADMINISTRATOR)
            shop = AuditShop(server, session)
            with step('the shop opens'):
                shop.open(bank, automatic_invoices=plan.automatic_invoices)
                intruder = Intruder(shop, PatientSession(server.url, witness))
            jobs = Jobs(name)
            turns = {contract.login: Lock() for contract in CONTRACTS}
            machine = Machine(server.url, supervisor, postgresql, jobs, witness)
            cards = Cards(shop, bank, machine, jobs, turns, witness)
            market = Market(shop, bank, intruder, cards, turns, early_turn=Lock())
            yield _World(market, machine, jobs, witness, name)


def _plant(module: str, name: str) -> None:
    check(module)
    with step(f'planting {module}'):
        command.run(
            'server',
            '-d',
            name,
            '-i',
            module,
            '--stop-after-init',
            '--no-http',
            f'--addons-path={REPOSITORY},{neighbours.FOLDER},{FOLDER}',
            database=name,
        )


def _checkpoint() -> None:
    """Make the copied database safe against a crash.

    PostgreSQL logs 32 numbers of a sequence at once. The copy of a sequence believes that this was
    done for it too, until the next checkpoint: a crash before it lets numbers be given out twice.
    """
    with postgres.connected() as connection, connection.cursor() as cursor:
        cursor.execute('CHECKPOINT')


def _counted(what: Sequence[str] | dict[str, int]) -> str:
    counts = what if isinstance(what, dict) else {one: list(what).count(one) for one in what}
    return ', '.join(f'{count} × {name}' for name, count in sorted(counts.items())) or 'none'
