"""The demonstration: a customer, a shop on Odoo and a bank, from the invoice to the books."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from dev.bank.process import BankProcess
from dev.demo import invitation, story
from dev.demo.shop import DemoShop
from dev.env import postgres
from dev.env.progress import say, step
from dev.odoo import command, database, source
from dev.odoo.server import odoo_server

#: Odoo's usual port, if nobody has it.
PORT = 8069


def run(arguments: list[str]) -> int:
    """Tell the story; then leave everything running until Ctrl-C, unless it is for once only."""
    parser = argparse.ArgumentParser(prog='make demo')
    parser.add_argument('--once', action='store_true', help='end after the story')
    options = parser.parse_args(arguments)
    with _shop() as shop:
        is_right = story.tell(shop)
        if options.once or not is_right:
            return 0 if is_right else 1
        invitation.print_out(shop)
        return _wait_for_the_end(shop)


@contextmanager
def _shop() -> Iterator[DemoShop]:
    source.ensure()
    with (
        postgres.server(),
        database.scratch('demo') as name,
        BankProcess(local_shops=True, log_path=command.log_file('bank')) as bank,
        odoo_server(name, port=PORT) as server,
    ):
        with step('shop, customers and invoices'):
            shop = DemoShop(server, bank)
        yield shop


def _wait_for_the_end(shop: DemoShop) -> int:
    try:
        shop.server.process.wait()
    except KeyboardInterrupt:
        say('')
        return 0
    say(f'Odoo has ended: {shop.server.log}')
    return 1
