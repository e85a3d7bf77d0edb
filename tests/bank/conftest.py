"""A bank of this folder's own, whose clock may be moved, and merchants at it."""

import itertools
from collections.abc import Iterator

import pytest

from dev.bank.process import BankProcess

from .merchant import Merchant, add_merchant
from .receiver import Receiver

_numbers = itertools.count(1)


@pytest.fixture(scope='session')
def bank(tmp_path_factory) -> Iterator[BankProcess]:
    log_path = tmp_path_factory.mktemp('bank') / 'bank.log'
    with BankProcess(local_shops=True, log_path=log_path) as process:
        yield process


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A shop's callback address."""
    with Receiver() as server:
        yield server


@pytest.fixture
def rbs(bank: BankProcess) -> Merchant:
    return add_merchant(bank, 'rbs', next(_numbers))


@pytest.fixture
def ecom(bank: BankProcess) -> Merchant:
    return add_merchant(bank, 'ecom', next(_numbers))


@pytest.fixture(params=['rbs', 'ecom'])
def merchant(request, bank: BankProcess) -> Merchant:
    """A merchant of either dialect."""
    return add_merchant(bank, request.param, next(_numbers))
