"""Waiting until everything that was going to happen has happened: the dust settles."""

from dev.audit.jobs import Jobs
from dev.bank.process import BankProcess

#: Bank seconds: longer than an order lives, and longer than a notification is repeated.
LIFE_OF_ORDER = 1300
REPEATS_OF_CALLBACK = 130
#: How often the bank has time to repeat what was not answered.
REPEATS = 2


class NeverQuiet(Exception):
    """Odoo's jobs did not come to an end."""


def wait_until_quiet(bank: BankProcess, jobs: Jobs, *, rounds: int = 1) -> None:
    """Let orders end at the bank, let it send what it has to send, and let Odoo's jobs run.

    What is asked for in one round, such as a second receipt, is done by the next one.

    :param rounds: how often the bank is asked about every order
    :raise NeverQuiet: the jobs do not come to an end
    """
    bank.control.advance(LIFE_OF_ORDER)
    for _repeat in range(REPEATS):
        bank.control.wait_idle()
        bank.control.advance(REPEATS_OF_CALLBACK)
    bank.control.wait_idle()
    for number in range(rounds):
        if number:
            bank.control.advance(REPEATS_OF_CALLBACK)
        if not jobs.run_to_the_end():
            raise NeverQuiet("The jobs did not come to an end.")
