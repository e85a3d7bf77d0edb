"""How much of a payment went back, out of sums that installations mean in different ways.

`depositedAmount` is all that was taken, and reversals lower it; at some installations refunds lower
it, too (see `Order.taken_of`). Where both readings are possible, the order's operations decide; if
there are none, nothing is guessed.
"""

from collections.abc import Iterable

from .operations import Operation

__all__ = ['sum_returned']


def sum_returned(
    amount: int,
    deposited: int | None,
    refunded: int,
    operations: Iterable[Operation],
) -> int | None:
    """Return what was refunded and reversed of a payment in all, in kopecks.

    :param amount: What was taken, in kopecks.
    :param deposited: `depositedAmount`, if it is told.
    :param refunded: `refundedAmount`, 0 if it is not told.
    :return: None if the sums contradict each other, or can be read in two ways.
    """
    missing = 0 if deposited is None else amount - deposited
    if missing < 0:
        return None
    # What is missing of it was reversed, or counts the refunds, too.
    readings = {missing + refunded} | ({missing} if missing >= refunded else set())
    readings = {sum_ for sum_ in readings if sum_ <= amount}
    told = sum(operation.amount for operation in operations if operation.gives_back)
    if told in readings:
        return told
    if missing == refunded and refunded in readings:
        return refunded  # A partial reversal and refunds of the very same sum would be rare.
    return readings.pop() if len(readings) == 1 else None
