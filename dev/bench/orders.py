"""Many payments, made of one that was begun in earnest.

To begin thousands of them as payers do would take longer than what is measured. So one is begun in
earnest: its row in Odoo is copied with whatever is in it, and its order is registered at the bank
with the same words, each with a number of its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from psycopg2 import sql

from dev.audit import checkout
from dev.bank.process import BankProcess
from dev.bench import load
from dev.bench.notifications import FORM, JSON, by_get, by_json, of_redsys
from dev.bench.world import ASK, PASSWORD, Customer, Shop, World
from dev.env.waiting import wait_until
from dev.odoo.back_office import Sale

#: Of every payment, in kopecks, unless a row needs another.
AMOUNT = 100_00
#: Invoices that are created by one call.
BATCH = 50


@dataclass(frozen=True)
class Order:
    """An order at the bank."""

    number: str
    id: str


@dataclass(frozen=True)
class Model:
    """A payment in Odoo that copies are made of, and its order."""

    tx_id: int
    order: Order


class Payments:
    """Payments of one shop, all alike.

    :param world: where they are made
    :param shop: whose they are
    """

    def __init__(self, world: World, shop: Shop):
        self._world = world
        self._shop = shop
        self.customer = world.add_customer()

    # --- in earnest -----------------------------------------------------------------------------

    @cached_property
    def begun(self) -> 'Model':
        """A payment that a customer has begun."""
        (invoice_id,) = add_invoices(self._world, self.customer, 1)
        form = begin(self.customer, self._shop, invoice_id)
        if self._shop.bank:
            answer = self.customer.session.send(checkout.address_of(form))
            assert answer.is_redirect, f'No way to the bank: {answer.status_code} {answer.text}'
        (row,) = self._world.execute(
            """
            SELECT id, sberbank_order_number, provider_reference
              FROM payment_transaction
             WHERE provider_id = %s
          ORDER BY id DESC
             LIMIT 1
            """,
            [self._shop.method.provider_id],
        )
        tx_id, number, order_id = row
        return Model(tx_id, Order(number or '', order_id))

    @cached_property
    def paid(self) -> 'Model':
        """A payment that its provider says is paid, and that is not booked. No job runs then."""
        self._world.let_jobs_run(ASK)
        if self._shop.bank:
            (order,) = orders = self.register(1)
            (content,) = self.pay(orders)
            notification = by_json(content) if self._shop.dialect == 'ecom' else by_get(content)
        else:
            (order,) = self.invent(1)
            notification = of_redsys(order.number, AMOUNT)
        (tx_id,) = self.put([order])
        answer = load.send(self._world.server.url, notification)
        assert answer.status == 200, f'The notification is answered {answer.status}.'
        assert wait_until(lambda: self._is_paid(tx_id), limit=30), 'The payment is not confirmed.'
        self._world.let_jobs_run()
        return Model(tx_id, order)

    def _is_paid(self, tx_id: int) -> bool:
        query = "SELECT 1 FROM payment_transaction WHERE id = %s AND state = 'done'"
        return bool(self._world.execute(query, [tx_id]))

    # --- at the bank ----------------------------------------------------------------------------

    def register(self, count: int) -> list[Order]:
        """Register orders at the bank, worded like the one that was begun in earnest."""
        words = self._shop.bank.control.order(self.begun.order.id)['register']
        numbers = [f'bench-{self._world.next_serial()}' for _ in range(count)]
        calls = [self._call('register', {**words, 'orderNumber': number}) for number in numbers]
        answers = _answers(self._shop.bank, calls)
        return [
            Order(number, answer['orderId'])
            for number, answer in zip(numbers, answers, strict=True)
        ]

    def ask(self, orders: Sequence[Order]) -> load.Volley:
        """Ask the bank about orders, one after another."""
        calls = [
            self._call('getOrderStatusExtended', {'orderNumber': order.number}) for order in orders
        ]
        return load.send_all(self._shop.bank.url, calls, connections=1)

    def _call(self, method: str, words: Mapping[str, Any]) -> load.Request:
        bank = self._shop.bank
        base, encode, headers = {
            'rbs': (bank.rbs_url, urlencode, FORM),
            'ecom': (bank.ecom_url, json.dumps, JSON),
        }[self._shop.dialect]
        signed = {**words, 'userName': self._shop.login, 'password': PASSWORD}
        target = f'{urlsplit(base).path}{method}.do'
        return load.Request(target, 'POST', encode(signed).encode(), headers)

    def invent(self, count: int) -> list[Order]:
        """Return orders that no bank knows: for payments about which none is asked."""
        # Redsys takes letters and digits, twelve at most.
        numbers = [f'B{self._world.next_serial():09d}' for _ in range(count)]
        return [Order(number, number) for number in numbers]

    def pay(self, orders: Sequence[Order]) -> list[Mapping[str, Any]]:
        """Let orders be paid, and return what the bank tells the shop of each."""
        requests = [
            load.Request(f'/control/orders/{order.id}/pay', 'POST', b'{}') for order in orders
        ]
        views = _answers(self._shop.bank, requests)
        return [view['callbacks'][-1]['content'] for view in views]

    # --- in Odoo --------------------------------------------------------------------------------

    def put(
        self,
        orders: Sequence[Order],
        *,
        invoices: Sequence[int] = (),
        like: 'Model | None' = None,
        **values: Any,
    ) -> list[int]:
        """Copy a payment, once for each order.

        :param invoices: what each of them is for
        :param like: the payment, if it is not the one that was begun
        :param values: fields that differ
        :return: the ids of the copies
        """
        given = sql.SQL('unnest(%(numbers)s, %(order_ids)s) one (number, order_id)')
        rows = self._copy(
            like or self.begun,
            given,
            {name: sql.Literal(value) for name, value in values.items()},
            numbers=[order.number for order in orders],
            order_ids=[order.id for order in orders],
        )
        ids = [tx_id for [tx_id] in rows]
        if invoices:
            self._world.execute(
                """
                INSERT INTO account_invoice_transaction_rel (transaction_id, invoice_id)
                     SELECT * FROM unnest(%s, %s)
                """,
                [ids, list(invoices)],
            )
        return ids

    def put_old(self, count: int, **changes: sql.Composable) -> None:
        """Copy a paid payment very often, for a shop that has been at it for long.

        :param changes: fields that differ, as expressions of SQL; `one.n` counts them
        """
        old = sql.SQL(
            """
            (
                SELECT 'old-' || n AS number, 'old-order-' || n AS order_id, n
                  FROM generate_series(0, %(count)s - 1) n
            ) one
            """
        )
        # Nobody needs to see a million times that there is such a company.
        self._world.execute('SET session_replication_role = replica')
        self._copy(self.paid, old, changes, count=count, returning=False)
        self._world.execute('RESET session_replication_role')

    def put_away(self, ids: Sequence[int]) -> None:
        """Delete copies, so that the same orders can be paid for the first time once more."""
        self._world.execute('DELETE FROM payment_transaction WHERE id = ANY(%s)', [list(ids)])

    def _copy(
        self,
        model: 'Model',
        given: sql.Composable,
        changes: Mapping[str, sql.Composable],
        *,
        returning: bool = True,
        **values: Any,
    ) -> list[tuple]:
        columns = self._world.execute(
            """
            SELECT column_name, data_type
              FROM information_schema.columns
             WHERE table_name = 'payment_transaction' AND column_name != 'id'
            """
        )
        changes = {'reference': sql.SQL('one.number'), **changes}
        copied = [
            changes.get(name) or _renamed(name, is_text=kind in ('character varying', 'text'))
            for name, kind in columns
        ]
        query = sql.SQL(
            """
            INSERT INTO payment_transaction ({named})
                 SELECT {copied}
                   FROM payment_transaction model, {given}
                  WHERE model.id = %(model)s
            {returning}
            """
        ).format(
            named=sql.SQL(', ').join(sql.Identifier(name) for name, _kind in columns),
            copied=sql.SQL(', ').join(copied),
            given=given,
            returning=sql.SQL('RETURNING id' if returning else ''),
        )
        names = {'old_number': model.order.number, 'old_id': model.order.id}
        return self._world.execute(query, {'model': model.tx_id, **names, **values})


def begin(customer: Customer, shop: Shop, invoice_id: int) -> Any:
    """Do what a customer does who pays an invoice; return the form that leads to the provider."""
    page = checkout.open_form(customer.session, f'/my/invoices/{invoice_id}')
    return checkout.begin(customer.session, page, shop.method)


def add_invoices(world: World, customer: Customer, count: int, kopecks: int = AMOUNT) -> list[int]:
    """Post invoices of a customer."""
    sale = Sale(customer.account.partner_id, kopecks, datetime.now(timezone.utc).date())
    ids: list[int] = []
    while len(ids) < count:
        ids += world.back_office.add_invoices([sale] * min(BATCH, count - len(ids)))
    return ids


def _renamed(name: str, *, is_text: bool) -> sql.Composable:
    """Write a column of the copy: the model's, with the names of the order that it is for."""
    column = sql.SQL('model.{}').format(sql.Identifier(name))
    if not is_text:
        return column
    return sql.SQL(
        'replace(replace({}, %(old_number)s, one.number), %(old_id)s, one.order_id)'
    ).format(column)


def _answers(bank: BankProcess, requests: Sequence[load.Request]) -> list[dict[str, Any]]:
    volley = load.send_all(bank.url, requests)
    assert set(volley.statuses) <= {200}, f'The bank answers {volley.statuses}.'
    return [json.loads(answer.body) for answer in volley.answers]
