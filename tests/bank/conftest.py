"""A bank of this folder's own, whose clock may be moved, and shops at it."""

import itertools
from collections.abc import Iterator

import pytest

from dev.bank.process import BankProcess

from .receiver import Receiver
from .shop import Shop, open_shop

_numbers = itertools.count(1)


@pytest.fixture(scope='session')
def bank(tmp_path_factory) -> Iterator[BankProcess]:
    with BankProcess(log_path=tmp_path_factory.mktemp('bank') / 'bank.log') as process:
        yield process


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A shop's callback address."""
    with Receiver() as server:
        yield server


@pytest.fixture
def rbs(bank: BankProcess) -> Shop:
    return open_shop(bank, 'rbs', next(_numbers))


@pytest.fixture
def ecom(bank: BankProcess) -> Shop:
    return open_shop(bank, 'ecom', next(_numbers))


@pytest.fixture(params=['rbs', 'ecom'])
def shop(request, bank: BankProcess) -> Shop:
    """A shop of either dialect."""
    return open_shop(bank, request.param, next(_numbers))
