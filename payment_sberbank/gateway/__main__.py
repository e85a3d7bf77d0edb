"""The rehearsal as a command: `python3 -m gateway --help`, called in the addon's folder."""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from .calls import Credentials
from .dialects import DIALECTS
from .hosts import GATEWAYS, base_url_of
from .rehearsal import is_live, rehearse
from .report import report
from .trust import ca_bundle_file
from .wording import reason_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rehearsal; 0 when payments could be taken, 1 when not."""
    options = _parser().parse_args(arguments)
    # The report says all of it.
    logging.disable()
    try:
        return _run(options)
    except (ValueError, OSError) as error:
        sys.stdout.write(f"{reason_of(error)}\n")
        return 1


def _run(options: argparse.Namespace) -> int:
    preset = GATEWAYS.get(options.gateway)
    address = preset.url(live=options.live) if preset else options.gateway
    dialect = preset.dialect if preset else DIALECTS[options.dialect]
    base_url_of(address, dialect)
    if is_live(address) and not options.live:
        sys.stdout.write("This may be a live gateway: add --live to ask it all the same.\n")
        return 1
    credentials = _credentials(options.login)
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(options.ca).read_text(encoding='utf-8') if options.ca else None
        result = rehearse(
            dialect,
            address,
            credentials,
            shop_url=options.shop,
            ca_bundle=ca_bundle_file(pem, folder) if pem else None,
            page_hosts=preset.page_hosts(live=options.live) if preset else None,
        )
    sys.stdout.write(report(result, credentials) + '\n')
    return 0 if result.can_take_payments else 1


def _credentials(login: str | None) -> Credentials:
    if token := os.environ.get('SBERBANK_TOKEN'):
        return Credentials(token=token)
    login = login or os.environ.get('SBERBANK_LOGIN') or input("User name: ")
    return Credentials(login, os.environ.get('SBERBANK_PASSWORD') or getpass("Password: "))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python3 -m gateway',
        description="Try what a bank does with this login. Nothing is paid; orders are declined.",
        epilog="The password is asked for or read from SBERBANK_PASSWORD (token: SBERBANK_TOKEN).",
    )
    parser.add_argument('gateway', help=f"an address, or one of {', '.join(GATEWAYS)}")
    parser.add_argument('--dialect', choices=sorted(DIALECTS), default='rbs')
    parser.add_argument('--login', help="the API user name")
    parser.add_argument('--ca', help="PEM file of certificates to trust beside the usual ones")
    parser.add_argument('--shop', default='https://example.com/', help="address of the shop")
    parser.add_argument('--live', action='store_true', help="ask a live gateway")
    return parser


if __name__ == '__main__':
    sys.exit(main())
