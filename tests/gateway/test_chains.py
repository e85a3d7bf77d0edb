"""From a gateway's certificate to an authority that is trusted, over real encrypted connections.

Each fault differs from a chain that is trusted by one thing, and has words of its own.
"""

import ssl

import pytest
from gateway import (
    ECOM,
    RBS,
    Credentials,
    GatewayClient,
    WrongSettings,
    ca_bundle_file,
)
from urllib3.util.ssl_ import create_urllib3_context

from .authority import Authority
from .server import Answer, ScriptedServer
from .test_calls import new_order

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
CREDENTIALS = Credentials('shop-api', 'pass-word')

# What is said of each fault, and of no other.
OTHER_HOST = 'is not that of'
OUT_OF_TIME = "not valid at this server's time"
STRANGE = 'may use certificates of the Russian Trusted CA'
GAP = 'add the intermediate certificate'

# Newer versions of Python are content with an intermediate certificate among the trusted ones.
TRUSTS_LINKS = bool(create_urllib3_context().verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN)


@pytest.fixture(scope='module')
def issuing(authority):
    """The authority that issues the servers' certificates: the root vouches for it."""
    return Authority('Private Sub CA', parent=authority)


@pytest.fixture
def ask(tmp_path):
    """Put a question and a call that acts to a server; return what is said, None if it is trusted.

    Each goes over connections of its own kind, so both must say the same.
    """

    def ask(context, trusted, host='127.0.0.1'):
        bundle = ca_bundle_file(trusted, str(tmp_path / 'trust')) if trusted else None
        with ScriptedServer(context) as server:
            server.answer = Answer.json({'errorCode': '0', 'orderStatus': 0})
            url = server.url.replace('127.0.0.1', host)
            client = GatewayClient(ECOM, url, CREDENTIALS, ca_bundle=bundle)
            said = [
                detail_of(client.get_order_status_extended, order_id=ORDER_ID),
                detail_of(client.reverse, ORDER_ID),
            ]
            assert said[0] == said[1]
            assert len(server.received) == (0 if said[0] else 2)
        return said[0]

    return ask


def detail_of(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except WrongSettings as error:
        return error.detail
    return None


@pytest.fixture
def assert_told(ask):
    """Check that a server is refused with the words of one fault."""

    def check(words, *arguments, **options):
        said = ask(*arguments, **options)
        assert said, "It was trusted."
        assert [each for each in (OTHER_HOST, OUT_OF_TIME, STRANGE, GAP) if each in said] == [words]

    return check


def test_a_whole_chain_is_trusted_by_its_root(ask, authority, issuing, tmp_path):
    context = issuing.server_context(tmp_path, sent_along=[issuing])

    assert ask(context, authority.pem) is None


def test_of_several_certificates_that_were_added_the_right_one_is_found(
    ask, authority, issuing, tmp_path
):
    context = issuing.server_context(tmp_path, sent_along=[issuing])

    assert ask(context, Authority('Older Root CA').pem + authority.pem) is None


def test_a_name_is_compared(ask, assert_told, authority, issuing, tmp_path):
    context = issuing.server_context(tmp_path, host='localhost', sent_along=[issuing])
    assert ask(context, authority.pem, host='localhost') is None

    assert_told(OTHER_HOST, context, authority.pem)
    context = issuing.server_context(tmp_path, host='bank.example', sent_along=[issuing])
    assert_told(OTHER_HOST, context, authority.pem, host='localhost')


def test_an_expired_certificate(assert_told, authority, issuing, tmp_path):
    context = issuing.server_context(tmp_path, days=-1, sent_along=[issuing])

    assert_told(OUT_OF_TIME, context, authority.pem)


@pytest.mark.parametrize('sends_root', [False, True])
def test_a_chain_of_an_authority_that_was_not_added(
    assert_told, authority, issuing, tmp_path, sends_root
):
    sent_along = [issuing, authority] if sends_root else [issuing]

    assert_told(STRANGE, issuing.server_context(tmp_path, sent_along=sent_along), None)


def test_a_chain_of_another_authority_than_was_added(assert_told, authority, issuing, tmp_path):
    another = Authority('Another Root CA')

    context = issuing.server_context(tmp_path, sent_along=[issuing, authority])
    assert_told(STRANGE, context, another.pem)
    # Without the root nobody can tell it from the next.
    context = issuing.server_context(tmp_path, sent_along=[issuing])
    assert_told(GAP, context, another.pem)


def test_a_link_that_the_host_does_not_send_is_missing_until_it_is_added(
    ask, assert_told, authority, issuing, tmp_path
):
    context = issuing.server_context(tmp_path)

    assert_told(GAP, context, authority.pem)
    assert ask(context, authority.pem + issuing.pem) is None


@pytest.mark.skipif(TRUSTS_LINKS, reason="this Python asks for no root")
def test_a_link_without_its_root_is_not_enough(assert_told, issuing, tmp_path):
    context = issuing.server_context(tmp_path, sent_along=[issuing])

    assert_told(GAP, context, issuing.pem)


@pytest.mark.parametrize('dialect', [RBS, ECOM], ids=lambda dialect: dialect.code)
def test_an_order_is_registered_at_a_bank_of_a_private_authority(
    dialect, authority, issuing, tmp_path
):
    # given
    from dev.bank.process import BankProcess

    pem = str(issuing.issue(tmp_path, sent_along=[issuing]))
    bundle = ca_bundle_file(authority.pem, str(tmp_path / 'trust'))
    shops = {'shop-api': {'password': 'pass-word', 'dialect': dialect.code, 'name': 'Shop'}}
    with BankProcess(tls=(pem, pem), merchants=shops, log_path=tmp_path / 'log') as bank:
        url = bank.ecom_url if dialect is ECOM else bank.rbs_url
        assert url.startswith('https://')
        order = new_order(order_number=f'TLS-{dialect.code}')

        # when
        with pytest.raises(WrongSettings, match=STRANGE):
            GatewayClient(dialect, url, CREDENTIALS).register(order)
        client = GatewayClient(dialect, url, CREDENTIALS, ca_bundle=bundle)
        registered = client.register(order)

        # then
        found = client.get_order_status_extended(order_number=order.order_number)
        assert found.order_id == registered.order_id
        assert found.is_registered
