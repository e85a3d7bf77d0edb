"""The package ``sber-payments``: every method that it has."""

from sber_payments import Client
from steps import RETURN_URL, Steps

steps = Steps()


class Ours(Client):
    """The client, at the stand-in bank's address."""

    URL = steps.base


client = Ours(username=steps.login, password=steps.password)


def is_done(answer: dict) -> bool:
    return answer['errorCode'] == '0'


def new_order(name: str, register, number: str) -> str:
    answer = steps.do(name, lambda: register(number, 10000, RETURN_URL), lambda a: 'formUrl' in a)
    steps.pay(answer['orderId'])
    return answer['orderId']


paid = new_order('register_order', client.register_order, 'A/2026.1')
steps.do('get_order_status', lambda: client.get_order_status(paid), lambda a: a['orderStatus'] == 2)
steps.do('refund', lambda: client.refund(paid, 3000), is_done)
steps.do('refund of all', lambda: client.refund(paid), is_done)

held = new_order('register_order_pre_auth', client.register_order_pre_auth, 'A-2')
steps.do('deposit', lambda: client.deposit(held, 8000), is_done)

reversed_ = new_order('register_order again', client.register_order, 'A-3')
steps.do('reverse', lambda: client.reverse(reversed_), is_done)
