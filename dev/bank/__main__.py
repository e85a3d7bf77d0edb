"""``python -m dev.bank``: run the stand-in bank."""

import argparse
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import schemas
from .app import App
from .bank import Bank
from .clock import Clock
from .merchants import Merchant, Merchants, demo_merchants
from .server import end_with_parent, serve

_EPILOG = """\
Without --merchants there are two shops:
  demo-api     Demo%2026+&"ok"   older gateway (rbs), signed GET callbacks
                                 (symmetric key demo-callback-key-0001)
  P0123456789  Ecom%2026+&<ok>   newer gateway (ecom), unsigned JSON callbacks
The page at / shows them, the test cards, the orders and the latest calls.
"""


def main():
    arguments = _parse()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format='%(asctime)s %(levelname)s %(message)s'
    )
    if arguments.with_parent:
        end_with_parent()
    bank = Bank(
        Clock(arguments.time_scale),
        _merchants(arguments.merchants),
        arguments.callback_ca,
        local_shops=arguments.local_shops,
    )
    tls = (arguments.tls_cert, arguments.tls_key) if arguments.tls_cert else None
    serve(App(bank), arguments.host, arguments.port, tls)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m dev.bank',
        description="A stand-in for the bank's internet acquiring, both dialects.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--host', default='127.0.0.1', help="address to listen on")
    parser.add_argument('--port', type=int, default=0, help="port to listen on, 0 for a free one")
    parser.add_argument(
        '--time-scale',
        type=float,
        default=1.0,
        metavar='S',
        help="bank seconds in one real second: life of orders, repeats of callbacks",
    )
    parser.add_argument('--merchants', type=Path, metavar='FILE', help="JSON: settings by login")
    parser.add_argument('--tls-cert', metavar='FILE', help="PEM certificate, makes it https")
    parser.add_argument('--tls-key', metavar='FILE', help="PEM key of the certificate")
    parser.add_argument(
        '--callback-ca', metavar='FILE', help="PEM authorities to trust when calling shops back"
    )
    parser.add_argument(
        '--local-shops',
        action='store_true',
        help="call shops on this machine too, also by plain http, which no bank does",
    )
    parser.add_argument(
        '--with-parent', action='store_true', help="end when the process that started it ends"
    )
    arguments = parser.parse_args()
    if arguments.time_scale <= 0:
        parser.error("--time-scale must be above zero")
    if bool(arguments.tls_cert) != bool(arguments.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    return arguments


def _merchants(path: Path | None) -> tuple[Merchant, ...]:
    if not path:
        return demo_merchants()
    try:
        settings = json.loads(path.read_text('utf-8'))
        schemas.check(schemas.MERCHANTS_FILE, settings)
        merchants = Merchants()
        return tuple(_open_shop(merchants, login, values) for login, values in settings.items())
    except (OSError, ValueError) as error:
        sys.exit(f'{path}: {error}')


def _open_shop(merchants: Merchants, login: str, settings: Mapping[str, Any]) -> Merchant:
    try:
        return merchants.put(login, settings)
    except schemas.Mismatch as error:
        raise schemas.Mismatch(f'{login}: {error}') from error


if __name__ == '__main__':
    main()
