"""The rehearsal against the stand-in bank: it tells banks apart, leaves no secret and no order."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import gateway
import pytest
from gateway import DIALECTS, ECOM, RBS, Credentials
from gateway import __main__ as command_line
from gateway.hosts import GATEWAYS
from gateway.rehearsal import is_live, rehearse
from gateway.report import advice, profile, report
from gateway.tls import look_at_tls

from dev.bank.profiles import PROFILES

from .authority import Authority
from .server import ScriptedServer

LOGIN = 'rehearsal-login'
PASSWORD = 'p%"&+ =w1-rehearsal'
SHOP = 'https://shop.example.com/'


@pytest.fixture
def open_shop(bank, dialect):
    def put(**settings):
        bank.control.put_merchant(
            LOGIN, password=PASSWORD, dialect=dialect.code, name='Shop', **settings
        )

    put()
    yield put
    put()
    bank.control.faults(LOGIN)


@pytest.fixture
def walk(bank, dialect, open_shop):
    def run(password=PASSWORD, dialect=dialect, page_hosts=None):
        url = bank.ecom_url if dialect is ECOM else bank.rbs_url
        return rehearse(
            dialect, url, Credentials(LOGIN, password), shop_url=SHOP, page_hosts=page_hosts
        )

    return run


def assert_all_closed(bank):
    states = {order['orderStatus'] for order in bank.control.orders(LOGIN)}
    assert states == {6}


def test_all_goes_well(bank, walk, dialect):
    result = walk()

    assert result.failure is None
    assert advice(result) == "Payments could be taken."
    assert [step.error for step in result.steps] == [None] * len(result.steps)
    assert profile(result)['unknown_fields'] == []
    assert profile(result)['page_host'] == '127.0.0.1'
    assert not result.left_open
    assert len(bank.control.orders(LOGIN)) >= 6
    assert_all_closed(bank)
    text = report(result, Credentials(LOGIN, PASSWORD))
    assert LOGIN not in text
    assert PASSWORD not in text


def test_a_page_on_an_unknown_host_takes_no_payment(walk):
    assert walk(page_hosts={'127.0.0.1'}).can_take_payments

    result = walk(page_hosts={'epay.sberbank.ru'})

    assert not result.can_take_payments
    assert 'No payer would be sent to 127.0.0.1' in advice(result)


@pytest.mark.parametrize('name', ['dynamicCallbackUrl', 'email', 'description'])
def test_a_refused_field_is_named(bank, walk, open_shop, name):
    open_shop(unknown_fields=[name])

    result = walk()

    assert result.failure is None
    assert profile(result)['unknown_fields'] == [name]
    assert_all_closed(bank)


def test_a_wrong_password(walk):
    assert 'password is wrong' in advice(walk(password='wrong-password'))


def test_a_temporary_password(walk, open_shop):
    open_shop(must_change_password=True)

    assert 'temporary' in advice(walk())


def test_a_maintenance_page(bank, walk):
    bank.control.faults(LOGIN, {'fault': 'html200'})

    result = walk()

    assert 'no JSON' in advice(result)


def test_an_answer_that_is_lost_leaves_no_order_open(bank, walk):
    fault = {'fault': 'html200', 'after_commit': True, 'method': 'register', 'times': 2}
    bank.control.faults(LOGIN, fault)

    result = walk()

    assert 'no JSON' in advice(result)
    assert not result.left_open
    assert_all_closed(bank)


def test_a_line_that_breaks_leaves_no_order_open(bank, walk):
    bank.control.faults(LOGIN, {'fault': 'drop_response_after_commit', 'times': 1})

    result = walk()

    assert not result.can_take_payments
    assert not result.left_open
    assert_all_closed(bank)


def test_missing_blocks_are_named(bank, walk):
    usually = profile(walk())['missing_blocks']
    bank.control.faults(LOGIN, {'fault': 'missing_blocks', 'value': ['currency']})

    result = walk()

    assert result.failure is None
    assert profile(result)['missing_blocks'] == ['currency', *usually]


def test_the_other_dialect(walk, dialect):
    result = walk(dialect=RBS if dialect is ECOM else ECOM)

    assert result.works_in is dialect
    assert dialect.code in advice(result)


def test_nobody_there(dialect):
    with socket.socket() as taken:  # Bound, not listening.
        taken.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{taken.getsockname()[1]}/'
        result = rehearse(dialect, url, Credentials(LOGIN, PASSWORD), shop_url=SHOP)

    assert 'Nothing was reached' in advice(result)


def test_a_certificate_that_is_not_trusted(command, tmp_path):
    authority = Authority()
    (tmp_path / 'ca.pem').write_text(authority.pem)
    with ScriptedServer(authority.server_context(tmp_path)) as server:
        distrusted = command(server.url, '--login', LOGIN)
        assert server.received == []
        trusted = command(server.url, '--login', LOGIN, '--ca', str(tmp_path / 'ca.pem'))
        assert server.received

    assert distrusted.returncode == 1
    assert 'is not trusted' in distrusted.stdout.splitlines()[-1]
    assert '--ca' in distrusted.stdout.splitlines()[-1]
    assert 'TLS: not trusted, ' in distrusted.stdout
    assert 'is not trusted' not in trusted.stdout
    assert 'TLS: TLSv1.3, trusted; certificate of 127.0.0.1, issued by Private Root CA' in (
        trusted.stdout
    )


@pytest.mark.parametrize(
    ('options', 'shown'),
    [
        pytest.param({'host': 'bank.example'}, 'not trusted, IP address mismatch', id='other-host'),
        pytest.param({'days': -1}, 'not trusted, certificate has expired', id='expired'),
    ],
)
def test_a_certificate_with_a_fault_is_told(tmp_path, options, shown):
    authority = Authority()
    (tmp_path / 'ca.pem').write_text(authority.pem)
    with ScriptedServer(authority.server_context(tmp_path, **options)) as server:
        assert look_at_tls(server.url, str(tmp_path / 'ca.pem')).problem.startswith(shown)
        assert server.received == []


def test_what_keeps_from_a_handshake_is_told(server, monkeypatch):
    assert look_at_tls(server.url).problem == "none, calls go over plain http"
    https = server.url.replace('http:', 'https:')
    assert look_at_tls(https).problem.startswith('no handshake, ')
    monkeypatch.setenv('https_proxy', 'http://proxy.example:3128')
    assert look_at_tls(https).problem == "not looked at, calls go through a proxy"
    assert look_at_tls('https://127.0.0.1:1/').problem.startswith('not looked at')


def test_which_addresses_are_live():
    assert is_live('https://epay.sberbank.ru/')
    assert is_live('https://3dsec-payments.yookassa.ru/')
    assert is_live('https://bank.example/')
    assert not is_live('https://3dsec.sberbank.ru/')
    assert not is_live('http://127.0.0.1:1/')


@pytest.fixture
def command(tmp_path):
    (tmp_path / 'odoo.py').write_text("raise ImportError('Odoo is out of reach.')")
    return lambda *arguments: _run(tmp_path, *arguments)


def _run(without_odoo, *arguments):
    """Run it as a merchant does, with nothing of Odoo in reach."""
    return subprocess.run(
        [sys.executable, '-m', 'gateway', *arguments],
        cwd=Path(gateway.__path__[0]).parent,
        env={
            **os.environ,
            'PYTHONPATH': str(without_odoo),
            'SBERBANK_PASSWORD': PASSWORD,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command(bank, command, dialect, open_shop):
    url = bank.ecom_url if dialect is ECOM else bank.rbs_url

    done = command(url, '--dialect', dialect.code, '--login', LOGIN)

    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout.endswith("Payments could be taken.\n")
    assert PASSWORD not in done.stdout
    assert_all_closed(bank)


def test_the_command_leaves_live_gateways_alone(command):
    refused = command('https://epay.sberbank.ru/', '--login', LOGIN)
    assert refused.returncode == 1
    assert '--live' in refused.stdout


@pytest.mark.parametrize('name', GATEWAYS)
@pytest.mark.parametrize('live', [False, True], ids=['test', 'live'])
def test_a_preset_is_asked_where_and_how_it_says(monkeypatch, name, live):
    preset, asked = GATEWAYS[name], {}

    def refuse(dialect, address, credentials, **options):
        asked.update(options, dialect=dialect, address=address, credentials=credentials)
        raise ValueError("Asked.")

    monkeypatch.setattr(command_line, 'rehearse', refuse)
    monkeypatch.setattr(command_line.logging, 'disable', lambda: None)  # For the tests after it.
    monkeypatch.setenv('SBERBANK_TOKEN', 'a-token')
    other = RBS if preset.dialect is ECOM else ECOM  # Which a preset does not listen to.

    command_line.main([name, '--dialect', other.code, *(['--live'] if live else [])])

    if is_live(preset.url(live=live)) and not live:  # One address for both: YooKassa.
        assert not asked
        return
    assert asked['dialect'] is preset.dialect
    assert asked['address'] == preset.url(live=live)
    assert asked['page_hosts'] == preset.page_hosts(live=live)
    assert asked['credentials'] == Credentials(token='a-token')


def test_the_profiles_of_the_stand_in_bank_are_told_apart(bank):
    """Each bank that it can be takes payments, and the report says what is peculiar about it."""
    seen = {}
    for name, settings in PROFILES.items():
        bank.control.put_merchant(LOGIN, password=PASSWORD, name='Shop', profile=name)
        dialect = DIALECTS[settings['dialect']]
        url = bank.ecom_url if dialect is ECOM else bank.rbs_url

        result = rehearse(dialect, url, Credentials(LOGIN, PASSWORD), shop_url=SHOP)

        found = profile(result)
        seen[name] = (
            found['dialect'],
            *found['unknown_fields'],
            *found['missing_blocks'],
        )
        assert result.can_take_payments, name
        assert found['unknown_fields'] == settings.get('unknown_fields', []), name
        missing = set(settings.get('missing_blocks', [])) - {'operations'}  # Nobody reads these.
        assert missing <= set(found['missing_blocks']), name
        assert_all_closed(bank)
    assert len(set(seen.values())) == len(PROFILES)
