"""The gateway's client by itself: what a question takes as the addon asks it, and at best.

Run with the addon's folder on Python's path, and where to ask as JSON on standard input. Prints the
milliseconds of the processor as JSON.
"""

import json
import sys
import time
from collections.abc import Callable

#: Questions before the clock is started, and after.
WARM_UP, COUNT = 5, 100


def main() -> None:
    from gateway import RBS, Credentials, GatewayClient, new_session

    where = json.load(sys.stdin)
    credentials = Credentials(where['login'], where['password'])

    def ask(**options: object) -> None:
        # A client is made for each question, as Odoo does it in each request.
        client = GatewayClient(
            RBS, where['url'], credentials, ca_bundle=where['authority'], **options
        )
        client.get_order_status_extended(order_number=where['number'])

    with new_session() as session:
        took = {'as it is': _measure(ask), 'kept': _measure(lambda: ask(session=session))}
    print(json.dumps(took))


def _measure(ask: Callable[[], None]) -> float:
    for _question in range(WARM_UP):
        ask()
    began = time.process_time()
    for _question in range(COUNT):
        ask()
    return 1000 * (time.process_time() - began) / COUNT


if __name__ == '__main__':
    main()
