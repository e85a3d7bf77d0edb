"""The gateway's tests need neither Odoo nor a database: the package is imported on its own."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parents[2] / 'payment_sberbank'))

from gateway import ECOM, RBS, Credentials, GatewayClient
from gateway.transport import environ_proxies

from .authority import Authority
from .server import ScriptedServer

# How busy the machine is says nothing about the code.
settings.register_profile('unhurried', deadline=None)
settings.load_profile('unhurried')


@pytest.fixture(autouse=True)
def _plain_network(monkeypatch):
    """Keep the machine's own proxies and certificates out of the tests."""
    for name in ('http_proxy', 'https_proxy', 'all_proxy', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    environ_proxies.cache_clear()


@pytest.fixture
def server():
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture(scope='session')
def authority():
    return Authority()


@pytest.fixture
def tls_server(authority, tmp_path):
    with ScriptedServer(authority.server_context(tmp_path)) as server:
        yield server


@pytest.fixture(params=[RBS, ECOM], ids=lambda dialect: dialect.code)
def dialect(request):
    return request.param


@pytest.fixture
def credentials():
    return Credentials(username='shop-api', password='pass%word"1')


@pytest.fixture
def exchanges():
    """The exchanges that the `client` fixture reports."""
    return []


@pytest.fixture
def client(server, dialect, credentials, exchanges):
    return GatewayClient(
        dialect, server.url, credentials, read_timeout=5, on_exchange=exchanges.append
    )
