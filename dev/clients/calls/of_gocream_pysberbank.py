"""The package ``gocream-pysberbank``: every method that it has."""

from gocream_pysberbank import SberbankClient
from steps import RETURN_URL, Steps

steps = Steps()
client = SberbankClient(username=steps.login, password=steps.password, url=steps.base + '{method}')


def new_order(name: str, number: str, **more) -> str:
    answer = steps.do(
        name, lambda: client.register(number, 10000, RETURN_URL, **more), lambda a: 'formUrl' in a
    )
    steps.pay(answer['orderId'])
    return answer['orderId']


paid = new_order(
    'register',
    'B-1',
    description='Заказ 1',
    pageView='MOBILE',
    clientId='c1',
    jsonParams={'course': 'математика'},
    sessionTimeoutSecs=600,
)
steps.do('order_status', lambda: client.order_status(paid), lambda a: a['OrderStatus'] == 2)
steps.do(
    'order_status_extended',
    lambda: client.order_status_extended(orderNumber='B-1'),
    lambda a: a['orderStatus'] == 2,
)
steps.do('refund', lambda: client.refund(paid, 3000), lambda a: a['errorCode'] == '0')

reversed_ = new_order('register again', 'B-2')
steps.do('reverse', lambda: client.reverse(reversed_), lambda a: a['errorCode'] == '0')
