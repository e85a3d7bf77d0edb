"""The bank as a process: how it starts, what it says, how it ends."""

import http.client
import ipaddress
import json
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dev.bank.process import BankError, BankProcess

from .merchant import add_merchant

ROOT = Path(__file__).resolve().parents[2]


def start(*options: str, **settings) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, '-m', 'dev.bank', *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        **settings,
    )


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_line_and_ends_at_once_on_a_signal(number):
    with start() as process:
        line = process.stdout.readline()
        url = line.removeprefix('bank ready ').strip()
        assert requests.get(f'{url}/control/health', timeout=10).status_code == 200

        process.send_signal(number)

        assert process.wait(3) == 0
        assert process.stdout.read() == ''


def test_it_ends_with_its_parent():
    script = (
        'import subprocess, sys, time\n'
        'bank = subprocess.Popen([sys.executable, "-m", "dev.bank", "--with-parent"])\n'
        'time.sleep(60)\n'
    )
    with subprocess.Popen(
        [sys.executable, '-c', script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout.readline().startswith('bank ready ')

        parent.kill()

        # The line ends when the last one that holds it, the bank, is gone.
        began = time.monotonic()
        assert parent.stdout.read() == ''
        assert time.monotonic() - began < 5


def test_time_may_run_faster(tmp_path):
    with BankProcess(time_scale=3600, log_path=tmp_path / 'log') as bank:
        first = bank.control.health()['now']
        began = time.monotonic()
        while bank.control.health()['now'] - first < 600:
            assert time.monotonic() - began < 10


def test_shops_come_from_a_file(tmp_path):
    shops = {'mine': {'password': 'secret', 'profile': 'ecom-1.0.7', 'name': 'Mine'}}
    with BankProcess(merchants=shops, log_path=tmp_path / 'log') as bank:
        response = requests.post(
            f'{bank.ecom_url}register.do',
            timeout=10,
            json={
                'userName': 'mine',
                'password': 'secret',
                'orderNumber': '1',
                'amount': 1,
                'returnUrl': 'https://shop.example.com/',
            },
        )

        assert response.json()['errorCode'] == '0'
        with pytest.raises(BankError, match='404'):
            bank.control.merchant('demo-api')


@pytest.mark.parametrize('dialect', ['rbs', 'ecom'])
def test_it_calls_no_shop_on_its_own_machine_unless_it_is_told_to(tmp_path, dialect):
    with BankProcess(log_path=tmp_path / 'log') as bank:
        merchant = add_merchant(bank, dialect, 1)
        for address in (
            'http://127.0.0.1:8069/callback',
            'http://localhost/callback',
            'https://localhost/callback',
            'https://127.0.0.1/callback',
        ):
            assert merchant.register(dynamicCallbackUrl=address)['errorCode'] == '5'
            assert 'dynamicCallbackUrl' in merchant.reason()
        assert merchant.order(dynamicCallbackUrl='https://shop.example.com/callback')


def test_a_wrong_file_of_shops_is_told_and_ends_it(tmp_path):
    path = tmp_path / 'shops.json'
    path.write_text(json.dumps({'mine': {'password': 'secret'}}))

    done = subprocess.run(
        [sys.executable, '-m', 'dev.bank', '--merchants', str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert 'mine: (top): missing dialect, name' in done.stderr
    assert 'secret' not in done.stderr


def test_a_port_that_is_taken_is_an_error_and_not_a_hang(bank, tmp_path):
    port = int(bank.url.rsplit(':', 1)[1])

    with pytest.raises(BankError):
        BankProcess(port=port, log_path=tmp_path / 'log').start()


def test_it_serves_https_on_a_private_certificate(tmp_path):
    certificate, key = private_certificate(tmp_path)

    with BankProcess(tls=(certificate, key), log_path=tmp_path / 'log') as bank:
        assert bank.url.startswith('https://127.0.0.1:')
        assert bank.control.health()['orders'] == 0
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(bank.url, timeout=10)
        assert bank.control.health()['orders'] == 0


def test_stopping_twice_does_no_harm(tmp_path):
    bank = BankProcess(log_path=tmp_path / 'log').start()

    bank.stop()
    bank.stop()

    with pytest.raises(requests.ConnectionError):
        requests.get(bank.url, timeout=5)


def private_certificate(folder: Path) -> tuple[str, str]:
    """PEM files of a certificate for 127.0.0.1 that nobody knows, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'bank')])
    now = datetime.now(timezone.utc)
    certificate = (
        x509
        .CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]), False
        )
        .sign(key, hashes.SHA256())
    )
    files = folder / 'bank.crt', folder / 'bank.key'
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(files[0]), str(files[1])


def test_a_connection_is_kept_whatever_the_calls_were(bank):
    """Callers save the handshake; what they sent and nobody wanted is not taken for a call."""
    address = urlsplit(bank.url)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    statuses, sockets = [], set()
    for method, path in (
        ('GET', '/control/health'),
        ('POST', '/nothing/here'),
        ('PUT', '/payment/rest/register.do'),
        ('GET', '/control/health'),
    ):
        connection.request(method, path, body=b'x' * 1000 if method != 'GET' else None)
        sockets.add(connection.sock)
        with connection.getresponse() as answer:
            statuses.append(answer.status)
            answer.read()
    connection.close()

    assert statuses == [200, 404, 405, 200]
    assert len(sockets) == 1
