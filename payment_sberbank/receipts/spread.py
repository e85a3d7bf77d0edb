"""A sum is divided in proportion, to the last kopeck."""

from collections.abc import Sequence

__all__ = ['spread']


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a sum in proportion, by the method of the largest remainder.

    No share is more than a kopeck from its exact proportion, and none is above its weight when the
    sum is at most that of the weights. Among equal remainders the first ones get the kopecks.

    :param total: What is divided, zero or more.
    :param weights: In which proportion, each zero or more.
    :return: A share for each weight; together they are the total.
    :raise ValueError: If there is nothing to divide by, or something is negative.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"{total} can't be divided by {weights}.")
    shares, remainders = zip(*(divmod(total * weight, whole) for weight in weights), strict=True)
    nearest = sorted(range(len(weights)), key=lambda index: -remainders[index])
    favoured = set(nearest[: total - sum(shares)])
    return [share + (index in favoured) for index, share in enumerate(shares)]
