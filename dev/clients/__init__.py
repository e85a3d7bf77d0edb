"""``make clients``: clients that others wrote, unchanged, against the stand-in bank.

They know the bank by other ways than we do, so that what we and the stand-in bank both got wrong
shows here. An instrument run by hand: the packages come from the registries that the machine is set
up for, and are left out where it has none.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from dev.bank.process import BankProcess
from dev.clients import report
from dev.clients.catalogue import CLIENTS, Client
from dev.clients.registries import Unavailable, environment_of
from dev.env.folders import BUILD
from dev.env.progress import say

PASSWORD = 'Other-People-2026'
#: What the contract of every client has.
PERMISSIONS = {'bindings': True, 'recurring': True, 'sbp': True}
TIMEOUT = 120


def run(_arguments: list[str]) -> int:
    """Run every client and print what worked; return 0 if nothing failed."""
    BUILD.mkdir(exist_ok=True)
    merchants = {
        client.login: {
            'password': PASSWORD,
            'dialect': client.dialect,
            'name': client.package,
            'permissions': PERMISSIONS,
        }
        for client in CLIENTS
    }
    with BankProcess(merchants=merchants, log_path=BUILD / 'clients-bank.log') as bank:
        outcomes = {client: outcomes_of(client, bank) for client in CLIENTS}
    tried = {client.title: found for client, found in outcomes.items() if found is not None}
    print(report.table(tried))
    return report.exit_status(tried)


def outcomes_of(client: Client, bank: BankProcess) -> dict[str, str] | None:
    """Return what became of each call of a client, or None where it can't be had."""
    try:
        command, variables = environment_of(client)
    except Unavailable as reason:
        say(f'• {client.title}: skipped, {reason}')
        return None
    where = {
        'bank': bank.url,
        'base': bank.rbs_url if client.dialect == 'rbs' else bank.ecom_url,
        'login': client.login,
        'password': PASSWORD,
    }
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*command, str(client.script), json.dumps(where)],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    log = Path(BUILD, f'clients-{client.package}.log')
    log.write_text(f'{done.stdout}\n{done.stderr}', encoding='utf-8')
    return report.read(done.stdout, done.returncode)
