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
from dev.bench import load
from dev.bench.notifications import FORM, JSON
from dev.bench.world import PASSWORD, Customer, Shop, World
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


class Payments:
    """Payments of one shop, all alike.

    :param world: where they are made
    :param shop: whose they are
    """

    def __init__(self, world: World, shop: Shop):
        self._world = world
        self._shop = shop
        self.customer = world.add_customer()

    # --- one in earnest -------------------------------------------------------------------------

    @cached_property
    def _model(self) -> dict[str, Any]:
        """The one that was begun in earnest: a row of `payment_transaction`."""
        (invoice_id,) = add_invoices(self._world, self.customer, 1)
        session = self.customer.session
        form = begin(self.customer, self._shop, invoice_id)
        if self._shop.bank:
            target = checkout.address_of(form)
            answer = session.send(target)
            assert answer.is_redirect, f'No way to the bank: {answer.status_code} {answer.text}'
        (row,) = self._world.execute(
            """
            SELECT id, reference, provider_reference, sberbank_order_number
              FROM payment_transaction
             WHERE provider_id = %s
          ORDER BY id DESC
             LIMIT 1
            """,
            [self._shop.method.provider_id],
        )
        names = ('id', 'reference', 'provider_reference', 'sberbank_order_number')
        return dict(zip(names, row, strict=True))

    # --- at the bank ----------------------------------------------------------------------------

    def register(self, count: int) -> list[Order]:
        """Register orders at the bank, worded like the one that was begun in earnest."""
        words = self._shop.bank.control.order(self._model['provider_reference'])['register']
        words = {**words, 'userName': self._shop.login, 'password': PASSWORD}
        numbers = [f'bench-{self._world.next_serial()}' for _ in range(count)]
        base, encode, headers = {
            'rbs': (self._shop.bank.rbs_url, urlencode, FORM),
            'ecom': (self._shop.bank.ecom_url, json.dumps, JSON),
        }[self._shop.dialect]
        target = f'{urlsplit(base).path}register.do'
        requests = [
            load.Request(target, 'POST', encode({**words, 'orderNumber': number}).encode(), headers)
            for number in numbers
        ]
        answers = _answers(self._shop.bank.url, requests)
        return [
            Order(number, answer['orderId'])
            for number, answer in zip(numbers, answers, strict=True)
        ]

    def pay(self, orders: Sequence[Order]) -> list[Mapping[str, Any]]:
        """Let orders be paid, and return what the bank tells the shop of each."""
        requests = [
            load.Request(f'/control/orders/{order.id}/pay', 'POST', b'{}') for order in orders
        ]
        views = _answers(self._shop.bank.url, requests)
        return [view['callbacks'][-1]['content'] for view in views]

    # --- in Odoo --------------------------------------------------------------------------------

    def put(
        self,
        orders: Sequence[Order],
        *,
        invoices: Sequence[int] = (),
        like: int | None = None,
        **values: Any,
    ) -> list[int]:
        """Copy the payment that was begun in earnest, once for each order.

        :param invoices: what each of them is for
        :param like: the id of another payment to copy
        :param values: fields that differ
        :return: the ids of the copies
        """
        model_id = like or self._model['id']
        ids = [
            row[0]
            for row in self._world.execute(
                self._copy_query(values),
                {
                    'model': model_id,
                    'numbers': [order.number for order in orders],
                    'order_ids': [order.id for order in orders],
                    'old_number': self._model['sberbank_order_number'] or '',
                    'old_id': self._model['provider_reference'] or '',
                    **values,
                },
            )
        ]
        if invoices:
            self._world.execute(
                """
                INSERT INTO account_invoice_transaction_rel (transaction_id, invoice_id)
                     SELECT * FROM unnest(%s, %s)
                """,
                [ids, list(invoices)],
            )
        return ids

    def put_away(self, ids: Sequence[int]) -> None:
        """Delete copies, so that the same orders can be paid for the first time once more."""
        self._world.execute('DELETE FROM payment_transaction WHERE id = ANY(%s)', [list(ids)])

    def _copy_query(self, values: Mapping[str, Any]) -> sql.Composable:
        changes = {
            'reference': sql.SQL('one.number'),
            **{name: sql.Placeholder(name) for name in values},
        }
        columns = self._world.execute(
            """
            SELECT column_name, data_type
              FROM information_schema.columns
             WHERE table_name = 'payment_transaction' AND column_name != 'id'
            """
        )
        named = sql.SQL(', ').join(sql.Identifier(name) for name, _type in columns)
        copied = sql.SQL(', ').join(
            changes.get(name) or _renamed(name, is_text=data_type in ('character varying', 'text'))
            for name, data_type in columns
        )
        return sql.SQL(
            """
            INSERT INTO payment_transaction ({named})
                 SELECT {copied}
                   FROM payment_transaction model,
                        unnest(%(numbers)s, %(order_ids)s) one (number, order_id)
                  WHERE model.id = %(model)s
              RETURNING id
            """
        ).format(named=named, copied=copied)


def begin(customer: Customer, shop: Shop, invoice_id: int) -> Any:
    """Do what a customer does who pays an invoice, and return the form that leads to the provider."""
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


def _answers(url: str, requests: Sequence[load.Request]) -> list[dict[str, Any]]:
    volley = load.send_all(url, requests)
    assert set(volley.statuses) <= {200}, f'The bank answers {volley.statuses}.'
    return [json.loads(answer.body) for answer in volley.answers]
