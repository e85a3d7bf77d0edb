"""How often what happens: the tables that a plan is drawn from. Weights, relative to each other."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

#: A fault of the bank, as its control API takes it.
Fault = Mapping[str, Any]

#: How many people come to the shop side by side. Each pays invoices as one customer and puts money
#: on the account of another: what is put on an account pays the open invoices of it.
PEOPLE = 6

#: What is paid: an invoice, part of one, all that is overdue, money put on the account, an order,
#: which is a quotation until then, or an invoice by a card that is saved, and is charged later on.
KINDS = {'invoice': 35, 'part': 11, 'invoices': 7, 'top_up': 17, 'order': 18, 'card': 12}

#: What the payer does at the bank. `late`: the order had died when the money was taken after all.
#: `refunded_unsaid`: a part went back at once, and for a while the bank does not say how much.
DEEDS = {
    'pay': 70,
    'challenge': 8,
    'decline_then_pay': 6,
    'decline': 4,
    'stay_in_challenge': 2,
    'leave': 7,
    'late': 3,
    'refunded_unsaid': 4,
}

#: Those by which a card is saved.
SAVING_DEEDS = ('pay', 'challenge', 'decline_then_pay')

#: How often the payer's browser comes back, and how many tabs ask for the state side by side then.
RETURNS = {(0, 0): 25, (1, 1): 45, (1, 3): 20, (3, 2): 10}

#: How often the payer opens the way to the bank's page, side by side: a double click is two. It is
#: once if the bank notifies early: the shop has no workers for more.
VISITS = {1: 85, 2: 10, 4: 5}

#: The bank notifies, and answers register.do only once its notification was answered. It takes one
#: of the shop's workers while another one waits.
EARLY_CALLBACK = 'callback_before_register_response'

#: Seconds; longer than the shop waits for an answer. Rare: one of its workers is taken meanwhile.
TIMED_OUT = 21

#: What becomes of the answer to register.do.
REGISTER_FAULTS: Sequence[tuple[tuple[Fault, ...], float]] = (
    ((), 62),
    (({'fault': 'drop_response_after_commit', 'times': 1},), 5),
    (({'fault': 'drop_response_after_commit', 'times': 2},), 2),
    (({'fault': 'drop_connection', 'times': 1},), 3),
    (({'fault': 'http500', 'times': 1},), 2),
    (({'fault': 'http502', 'times': 1, 'after_commit': True},), 4),
    (({'fault': 'html200', 'times': 1},), 2),
    (({'fault': 'html200', 'times': 1, 'after_commit': True},), 3),
    (({'fault': 'empty200', 'times': 1, 'after_commit': True},), 2),
    (({'fault': 'truncated', 'times': 1},), 3),
    (({'fault': 'json_array', 'times': 1},), 1),
    (({'fault': 'http429', 'times': 1},), 1),
    (({'fault': 'giant_answer', 'times': 1},), 1),
    (({'fault': 'foreign_form_url', 'times': 1},), 1),
    (({'fault': 'error_code_as_int', 'times': 1},), 2),
    (({'fault': 'slow', 'times': 1, 'seconds': TIMED_OUT, 'after_commit': True},), 0.3),
    (({'fault': EARLY_CALLBACK, 'times': 1, 'value': 'created'},), 3),
    (({'fault': EARLY_CALLBACK, 'times': 1, 'value': 'paid'},), 3),
)

#: What becomes of the first answers to getOrderStatusExtended.do.
STATUS_FAULTS: Mapping[str, float] = {
    '': 50,
    'html200': 4,
    'empty200': 3,
    'truncated': 4,
    'json_array': 2,
    'giant_answer': 1,
    'http500': 4,
    'http502': 2,
    'http503': 3,
    'http429': 2,
    'redirect': 2,
    'drop_connection': 4,
    'slow': 4,
    'timed_out': 0.3,
    'wrong_amount': 4,
    'wrong_currency': 3,
    'wrong_order_number': 3,
    'wrong_order_id': 3,
    'attributes_as_object': 3,
    'error_code_as_int': 2,
    'error_code_absent': 2,
    'currency_as_int': 3,
    'missing_blocks': 3,
    'unknown_status': 3,
}

#: How slow is slow, in seconds.
SLOW: Mapping[str, Fault] = {
    'slow': {'seconds': 0.5},
    'timed_out': {'fault': 'slow', 'seconds': TIMED_OUT, 'times': 1},
}

#: What becomes of the notifications.
CALLBACK_FAULTS: Sequence[tuple[tuple[Fault, ...], float]] = (
    ((), 35),
    (({'fault': 'callback_never'},), 20),
    (({'fault': 'callback_duplicate', 'value': 3},), 12),
    (({'fault': 'callback_simultaneous', 'value': 10},), 12),
    (({'fault': 'callback_out_of_order', 'seconds': 1},), 8),
    (({'fault': 'callback_after_return', 'seconds': 0.5},), 13),
)

#: An order about which the bank's answers are wrong for as long as the traffic lasts.
LIES = ('wrong_amount', 'wrong_currency', 'wrong_order_number', 'wrong_order_id')
LIED_ABOUT = 0.04

#: What a forger sends to the callback's address before the order is paid.
FORGERIES = {'': 70, 'paid': 15, 'unknown_order': 5, 'garbage': 5, 'other_order_id': 5}

#: What the accountant, or the bank's cabinet, does with the money afterwards.
AFTERWARDS_HELD = {
    'capture': 28,
    'capture_part': 8,
    'void': 10,
    'cabinet_deposit': 12,
    'cabinet_deposit_part': 8,
    'cabinet_reverse': 8,
    'expire': 8,
    'capture_and_cabinet_reverse': 4,
    'void_and_cabinet_deposit': 4,
    '': 10,
}
AFTERWARDS_TAKEN = {
    '': 80,
    'refund': 3,
    'refund_part': 4,
    'refund_twice': 2,
    'refund_and_cabinet_refund': 3,
    'cabinet_refund': 4,
    'cabinet_reverse': 4,
}
#: What becomes of the answers to deposit.do, reverse.do and refund.do.
AFTERWARDS_FAULTS = {
    '': 50,
    'drop_response_after_commit': 20,
    'drop_connection': 10,
    'http500': 10,
    'truncated': 10,
}

#: What becomes of the receipt of a payment on its way through the cash register. `receipt_failed`:
#: somebody has to correct it; the others end well, after hours.
RECEIPT_FAULTS: Mapping[str, float] = {
    '': 76,
    'receipt_timeout': 8,
    'receipt_exhausted': 8,
    'receipt_failed': 8,
}

#: What becomes of the answer to doReceipt, which has no key: nobody may ask for that twice.
CLOSING_FAULTS: Mapping[str, float] = {
    '': 70,
    'drop_response_after_commit': 20,
    'drop_connection': 10,
}

#: What staff does to the document while its payer is at the bank, by the kind of payment.
MEANWHILE: Mapping[str, Mapping[str, float]] = {
    'invoice': {'': 85, 'reset_to_draft': 5, 'cancel': 4, 'pay_otherwise': 6},
    'order': {'': 52, 'cancel': 12, 'raise_price': 10, 'lower_price': 8, 'lose_product': 18},
}

#: A quotation that the same person pays in another tab as well, later on.
PAID_TWICE = 0.4

#: How another app behaves when the payment is finished, until somebody mends it.
NEIGHBOURS = {'': 85, 'refuses': 4, 'crashes': 3, 'refuses_afterwards': 5, 'refuses_money': 3}

#: What somebody tries who may not: an accountant at the RPC interface, or the customer.
ATTEMPTS = {
    '': 76,
    'refund_negative': 4,
    'refund_too_much': 4,
    'refund_fraction': 4,
    'take_order': 5,
    'use_unpublished': 4,
    'use_test_link': 3,
}

#: What happens to the machine, and to the clock, every so many payments.
INCIDENTS = {'kill_worker': 25, 'kill_jobs': 60, 'restart_postgresql': 250, 'ask_all_now': 12}


def draw_amount(random: Random) -> int:
    """Amounts that are lost by whoever counts money in floats are among them."""
    return (
        random.choice([
            29,
            1999,
            10050,
            123456789,
            random.randint(1, 99) + 100,
            random.randint(1_000, 1_000_000),
            random.randint(1_000, 100_000) * 100,
        ])
        + 100
    )


def draw(random: Random, table: Mapping[Any, float] | Sequence[tuple[Any, float]]) -> Any:
    pairs = table.items() if isinstance(table, Mapping) else table
    values, weights = zip(*pairs, strict=True)
    return random.choices(values, weights)[0]
