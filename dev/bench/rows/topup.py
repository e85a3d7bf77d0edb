"""A top-up that settles many debts."""

import time
from collections.abc import Iterator

from dev.bench.figures import Figure, at_most, at_most_times
from dev.bench.orders import AMOUNT, add_invoices
from dev.bench.work import finished, watch
from dev.bench.world import JOBS, Customer, Shop, World
from dev.odoo.money import in_figures

#: Seconds that the largest may take.
LIMIT = 120
#: What the largest is to take at most, and how many debts it settles.
GOAL, MANY = at_most(7), 1000


def measure(world: World) -> Iterator[Figure]:
    """Top up accounts with more and more debts, each time all of them."""
    shop = world.notified
    by_debt: list[float] = []
    for count in world.size.debts:
        customer = world.add_customer()
        world.let_jobs_run()
        invoices = add_invoices(world, customer, count)
        world.let_jobs_run(*JOBS)
        tx_id = _top_up(world, shop, customer, count * AMOUNT)
        progress = watch(
            lambda tx_id=tx_id, invoices=invoices: int(_is_settled(world, tx_id, invoices)),
            1,
            limit=LIMIT,
        )
        seconds = progress.seconds if progress.is_complete else float(LIMIT)
        by_debt.append(seconds / count)
        yield Figure(
            f'a top-up that settles {count} debts',
            seconds,
            's',
            _settle_by_core(world, tx_id, invoices) if progress.is_complete else None,
            "core's reconcile() alone",
            GOAL if count == MANY else None,
            note='' if progress.is_complete else f'not settled after {LIMIT} s',
        )
    yield Figure(
        f'the same for each debt, of {world.size.debts[-1]}',
        1000 * by_debt[-1],
        'ms',
        1000 * by_debt[-2],
        f'of {world.size.debts[-2]}',
        at_most_times(1.5),
    )


def _top_up(world: World, shop: Shop, customer: Customer, kopecks: int) -> int:
    """Pay onto a customer's account, as far as the bank's word; return the payment's id."""
    session = customer.session
    page = session.open('/my/top-up')
    fields = {
        'csrf_token': page.one('input[name=csrf_token]').get('value'),
        'shop': str(shop.method.provider_id),
        'amount': in_figures(kopecks, point=','),
    }
    answer = session.send('/my/top-up', method='POST', data=fields)
    assert answer.is_redirect, f'No way to pay: {answer.status_code}'
    answer = session.send(answer.headers['Location'])
    assert answer.is_redirect, f'No way to the bank: {answer.status_code}'
    [(tx_id, order_id)] = world.execute(
        """
        SELECT id, provider_reference
          FROM payment_transaction
         WHERE provider_id = %s
      ORDER BY id DESC
         LIMIT 1
        """,
        [shop.method.provider_id],
    )
    shop.bank.control.pay(order_id)
    return tx_id


def _settle_by_core(world: World, tx_id: int, invoices: list[int]) -> float:
    """Take money and debts apart, and have the core put them together again.

    :return: seconds of the latter
    """
    rows = world.execute(
        """
        SELECT line.id
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
         WHERE account.account_type = 'asset_receivable'
           AND (
                   line.move_id = ANY(%s)
                OR line.move_id = (
                       SELECT payment.move_id
                         FROM payment_transaction tx
                         JOIN account_payment payment ON payment.id = tx.payment_id
                        WHERE tx.id = %s
                   )
           )
        """,
        [invoices, tx_id],
    )
    ids = [line_id for [line_id] in rows]
    world.back_office.call('account.move.line', 'remove_move_reconcile', ids)
    began = time.monotonic()
    world.back_office.call('account.move.line', 'reconcile', ids)
    return time.monotonic() - began


def _is_settled(world: World, tx_id: int, invoices: list[int]) -> bool:
    query = 'SELECT 1 FROM account_move WHERE id = ANY(%s) AND amount_residual != 0 LIMIT 1'
    return bool(finished(world, [tx_id])) and not world.execute(query, [invoices])
