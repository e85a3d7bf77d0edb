"""Whether a login is let in: nothing stays at the bank, and what is wrong is said in words."""

import time

import pytest
from gateway import ECOM, GATEWAYS, RBS, Credentials, GatewayClient, GatewayError, Refused
from gateway.connection import advise, find_home, other_places, try_login

from .server import Answer

LOGIN = 'connection-api'
PASSWORD = 'p%"&+ =w1-connection'
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
def knock(bank, dialect, open_shop):
    """Return a function that tries the login and returns what the bank had against it."""

    def knock(password=PASSWORD, url=None):
        url = url or (bank.ecom_url if dialect is ECOM else bank.rbs_url)
        client = GatewayClient(dialect, url, Credentials(LOGIN, password), read_timeout=5)
        try:
            try_login(client, SHOP)
        except GatewayError as error:
            return error
        return None

    return knock


def test_a_login_is_let_in_and_no_order_stays_open(bank, knock, dialect):
    assert knock() is None

    states = {order['orderStatus'] for order in bank.control.orders(LOGIN)}
    assert states <= {6}
    assert bool(states) == (dialect is ECOM)  # Where the question alone does not tell.


def test_a_wrong_password(knock):
    assert 'password is wrong' in advise(knock(password='another'))


def test_a_temporary_password(knock, open_shop):
    open_shop(must_change_password=True)

    assert 'temporary' in advise(knock())


def test_maintenance_is_not_taken_for_a_wrong_address_at_once(bank, knock):
    bank.control.faults(LOGIN, {'fault': 'html200'})

    assert 'maintenance' in advise(knock())


def test_a_bank_that_is_out_of_order(server, knock):
    server.answer = Answer(status=503)

    advice = advise(knock(url=server.url))

    assert 'HTTP 503' in advice
    assert 'Try again' in advice


def test_a_server_that_is_not_let_in(server, knock):
    server.answer = Answer(status=403)

    assert 'whether this server' in advise(knock(url=server.url))


def test_nobody_there(knock):
    advice = advise(knock(url='http://127.0.0.1:1/'))

    assert 'could not be reached' in advice
    assert 'firewall' in advice


def test_another_refusal_is_told_in_the_banks_words(server, knock):
    server.answer = Answer.json({'errorCode': '7', 'errorMessage': 'System error'})

    advice = advise(knock(url=server.url))

    assert 'knows the login' in advice
    assert 'System error' in advice


def test_the_other_dialect_is_found(bank, dialect, open_shop):
    other = RBS if dialect is ECOM else ECOM
    url = bank.rbs_url if dialect is ECOM else bank.ecom_url

    home = find_home(other_places(None, url, other), Credentials(LOGIN, PASSWORD), SHOP)

    assert home.dialect is dialect


def test_no_place_is_found_for_a_wrong_password(bank, dialect, open_shop):
    other = RBS if dialect is ECOM else ECOM
    url = bank.rbs_url if dialect is ECOM else bank.ecom_url

    assert find_home(other_places(None, url, other), Credentials(LOGIN, 'wrong'), SHOP) is None


def test_a_token_is_not_shown_where_none_is_taken(server):
    places = [*other_places(None, server.url, RBS)]

    assert find_home(places, Credentials(token='a-token'), SHOP) is None
    assert server.received == []


def test_places_that_keep_silent_take_no_more_than_their_time_together(server):
    server.answer = Answer(silent=True)
    places = [*other_places(None, server.url, RBS)] * 5
    begun_at = time.monotonic()

    assert find_home(places, Credentials(LOGIN, PASSWORD), SHOP, time_limit=1) is None

    assert time.monotonic() - begun_at < 2
    assert server.received  # The first one was asked.


@pytest.mark.parametrize('live', [False, True], ids=['test', 'live'])
@pytest.mark.parametrize('code', GATEWAYS)
def test_a_login_is_shown_within_the_same_company_only(code, live):
    url = GATEWAYS[code].url(live=live)

    places = [*other_places(code, url, GATEWAYS[code].dialect)]

    assert url not in [place.url for place in places]
    assert len({place.url for place in places}) == len(places)
    if code == 'yookassa':
        assert places == []
        return
    assert {place.code for place in places} >= {'rbs', 'ecom'}
    assert 'yookassa' not in {place.code for place in places}
    # The same stage first: what is chosen wrongly most often is the gateway.
    stages = [place.is_live for place in places]
    assert stages == sorted(stages, reverse=live)


def test_an_advice_holds_no_secret(knock):
    error = knock(password='a-wrong-secret')

    assert isinstance(error, Refused)
    assert LOGIN not in advise(error)
    assert 'a-wrong-secret' not in advise(error)
