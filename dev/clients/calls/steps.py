"""What every client's script in Python does: makes calls, has orders paid, says what worked.

Beside the clients and what they need, its environment has nothing.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import requests

RETURN_URL = 'https://shop.example.com/return'


class Steps:
    """The calls of one client, told one by one on standard output."""

    def __init__(self):
        where = json.loads(sys.argv[1])
        self.base: str = where['base']
        self.login: str = where['login']
        self.password: str = where['password']
        self._control = f'{where["bank"]}/control'

    def do(self, name: str, call: Callable[[], Any], wanted: Callable[[Any], bool] = bool) -> Any:
        """Make a call and say whether its answer is the one that is wanted.

        :return: the answer, None when there was none
        """
        answer = None
        try:
            answer = call()
            outcome = 'ok' if wanted(answer) else f'unwanted answer {answer!r}'
        except Exception as error:  # whatever a package raises is an outcome here
            outcome = f'{type(error).__name__}: {error}'
        print(json.dumps({'call': name, 'outcome': outcome}, ensure_ascii=False), flush=True)
        return answer

    def pay(self, order_id: str) -> None:
        """Have the payer pay an order."""
        paid = requests.post(f'{self._control}/orders/{order_id}/pay', json={}, timeout=10)
        paid.raise_for_status()
