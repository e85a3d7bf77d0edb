"""The demonstration: a customer, a shop on Odoo and a bank, from the invoice to the books."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dev.bank.process import BankProcess
from dev.demo import cart_story, invitation, story
from dev.demo.shop import DemoShop
from dev.demo.web_shop import DemoWebShop
from dev.env import postgres
from dev.env.progress import say, step
from dev.odoo import command, database, source
from dev.odoo.server import OdooServer, odoo_server
from dev.testing import NEIGHBOURS

#: Odoo's usual port, if nobody has it.
PORT = 8069


def run(arguments: list[str]) -> int:
    """Tell the story; then leave everything running until Ctrl-C, unless it is for once only."""
    parser = argparse.ArgumentParser(prog='make demo')
    parser.add_argument('--once', action='store_true', help='end after the story')
    parser.add_argument('--shop', action='store_true', help='tell of the web shop (eCommerce)')
    options = parser.parse_args(arguments)
    with _web_shop() if options.shop else _shop() as shop:
        is_right = cart_story.tell(shop) if isinstance(shop, DemoWebShop) else story.tell(shop)
        if options.once or not is_right:
            return 0 if is_right else 1
        invitation.print_out(shop)
        return _wait_for_the_end(shop)


@contextmanager
def _shop() -> Iterator[DemoShop]:
    with _running() as (server, bank):
        with step('shop, customers and invoices'):
            shop = DemoShop(server, bank)
        yield shop


@contextmanager
def _web_shop() -> Iterator[DemoWebShop]:
    with _running(NEIGHBOURS) as (server, bank):
        with step('web shop, customers and courses'):
            shop = DemoWebShop(server, bank)
        yield shop


@contextmanager
def _running(neighbours: Sequence[str] = ()) -> Iterator[tuple[OdooServer, BankProcess]]:
    """Run Odoo and the bank.

    :param neighbours: the apps that are installed beside the addon
    """
    source.ensure()
    with (
        postgres.server(),
        database.scratch('demo', neighbours=neighbours) as name,
        BankProcess(local_shops=True, log_path=command.log_file('bank')) as bank,
        odoo_server(name, port=PORT) as server,
    ):
        yield server, bank


def _wait_for_the_end(shop: DemoShop) -> int:
    try:
        shop.server.process.wait()
    except KeyboardInterrupt:
        say('')
        return 0
    say(f'Odoo has ended: {shop.server.log}')
    return 1
