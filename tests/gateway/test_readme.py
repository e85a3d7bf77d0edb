"""The README of the gateway names all that is sent and read, and nothing else."""

import dataclasses
import re
from pathlib import Path

import gateway
import pytest
from gateway import ECOM, Binding, IssuedReceipt, Order
from gateway.bindings import read_bindings
from gateway.callback import _PATTERNS
from gateway.calls import Call
from gateway.receipt_answers import read_ecom_receipts, read_rbs_receipts, read_retry_results

README = (Path(gateway.__file__).parent / 'README.md').read_text(encoding='utf-8')
LOGIN = {'userName', 'password', 'token'}
# What the older dialect calls otherwise, or has at another place.
ELSEWHERE = {
    Call.REGISTER: {'taxSystem'},
    Call.REGISTER_PRE_AUTH: {'taxSystem'},
    Call.DEPOSIT: {'depositItems'},
    Call.REFUND: {'refundItems', 'externalRefundId'},
}


def rows(title):
    """Return the cells of a section's table, by the field that they tell of."""
    section = re.search(rf'^## {title}\n(.*?)(?=^## |\Z)', README, re.MULTILINE | re.DOTALL)[1]
    lines = re.findall(r'^\| `(\w+)` \| (.*) \|$', section, re.MULTILINE)
    return {field: cells.split(' | ') for field, cells in lines}


class Watched(dict):
    """A block of an answer that remembers what was looked for in it."""

    def __init__(self, looked_for, **content):
        super().__init__(content)
        self.looked_for = looked_for

    def get(self, name, default=None):
        self.looked_for.add(name)
        return super().get(name, default)


@pytest.mark.parametrize('call', Call)
def test_every_field_that_is_sent_is_told_of(call):
    told = {
        field
        for field, (calls, *_) in rows('Sent').items()
        if calls == 'all' or call.value in re.findall(r'`(\w+)`', calls)
    }

    assert told == ECOM._FIELDS[call] | LOGIN | ELSEWHERE.get(call, set())


def test_every_field_of_a_status_is_told_of_with_its_attribute():
    looked_for = set()
    Order.from_answer(
        Watched(
            looked_for,
            orderStatus=0,
            paymentAmountInfo=Watched(looked_for),
            cardAuthInfo=Watched(looked_for),
            bindingInfo=Watched(looked_for),
        )
    )
    told = rows('Read from a status')

    assert told.keys() == looked_for
    assert {cells[0].strip('`') for cells in told.values() if cells[0].startswith('`')} == {
        field.name for field in dataclasses.fields(Order)
    }


def test_every_field_of_any_answer_is_told_of():
    looked_for = set()
    answer = Watched(looked_for, errorCode='0', ErrorCode='0', success=True, error={'code': '0'})
    ECOM.check(Call.REFUND, answer)

    # The last two are read by the client, after `register`.
    assert rows('Read from an answer').keys() == looked_for | {'orderId', 'formUrl'}


def test_every_field_about_a_card_on_file_is_told_of_with_its_attribute():
    looked_for = set()
    line = Watched(looked_for, bindingId='1')

    read_bindings(Watched(looked_for, bindings=[line]))

    told = rows('Read about cards on file')
    assert told.keys() == looked_for
    attributes = {name for cells in told.values() for name in re.findall(r'^`(\w+)`', cells[0])}
    assert attributes == {field.name for field in dataclasses.fields(Binding)}


def test_every_field_about_a_receipt_is_told_of_with_its_attribute():
    looked_for = set()

    def watched(**content):
        return Watched(looked_for, **content)

    receipt_id = '822c6862-634c-11ee-8c99-0242ac120002'
    read_ecom_receipts(
        watched(receipts=[watched(receiptId=receipt_id, error=watched(), payload=watched())])
    )
    read_rbs_receipts(watched(receipt=[watched(uuid=receipt_id, OFD=watched())]))
    read_retry_results(
        watched(retryResult=[watched(receiptId=receipt_id, result='Успешно')]), [receipt_id]
    )
    told = rows('Read about receipts')

    assert told.keys() == looked_for | {'message', 'orderId'}
    attributes = {name for cells in told.values() for name in re.findall(r'^`(\w+)`', cells[0])}
    assert attributes == {field.name for field in dataclasses.fields(IssuedReceipt)}


def test_every_parameter_of_a_notification_is_told_of():
    assert rows('Read from a notification').keys() == {*_PATTERNS, 'checksum', 'sign_alias'}
