"""Whom the client trusts: the usual authorities and those that are added, never everybody."""

import datetime
import hashlib
import ssl
import stat
from pathlib import Path

import certifi
import pytest
import requests
from gateway import (
    ECOM,
    Credentials,
    GatewayClient,
    Unavailable,
    WrongSettings,
    build_ca_bundle,
    ca_bundle_file,
    read_certificates,
)

from .authority import Authority
from .server import Answer, ScriptedServer

ORDER_ID = '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe'
CREDENTIALS = Credentials('shop-api', 'pass-word')


def test_an_unknown_authority_is_refused_and_named(tls_server):
    client = GatewayClient(ECOM, tls_server.url, CREDENTIALS)

    with pytest.raises(WrongSettings, match='Russian Trusted CA.*НУЦ Минцифры') as caught:
        client.reverse(ORDER_ID)

    assert '127.0.0.1' in caught.value.detail
    assert tls_server.received == []


def test_an_authority_that_was_added_is_trusted(tls_server, authority, tmp_path):
    bundle = ca_bundle_file(authority.pem, str(tmp_path / 'trust'))

    GatewayClient(ECOM, tls_server.url, CREDENTIALS, ca_bundle=bundle).reverse(ORDER_ID)

    assert len(tls_server.received) == 1


def test_an_answer_that_drips_does_not_hold_the_caller(tls_server, authority, tmp_path):
    tls_server.answer = Answer(body=b' ' * 1000, drips_after=200)
    bundle = ca_bundle_file(authority.pem, str(tmp_path / 'trust'))
    client = GatewayClient(ECOM, tls_server.url, CREDENTIALS, ca_bundle=bundle, read_timeout=0.5)

    with pytest.raises(Unavailable, match='no whole answer') as caught:
        client.reverse(ORDER_ID)
    assert caught.value.may_have_reached


def test_an_authority_of_the_same_name_is_not_mistaken_for_it(tls_server, tmp_path):
    bundle = ca_bundle_file(Authority().pem, str(tmp_path / 'trust'))
    client = GatewayClient(ECOM, tls_server.url, CREDENTIALS, ca_bundle=bundle)

    with pytest.raises(WrongSettings, match='not trusted'):
        client.reverse(ORDER_ID)
    assert tls_server.received == []


def test_a_certificate_of_another_host_is_refused(authority, tmp_path):
    bundle = ca_bundle_file(authority.pem, str(tmp_path / 'trust'))
    with ScriptedServer(authority.server_context(tmp_path, host='elsewhere.example')) as server:
        client = GatewayClient(ECOM, server.url, CREDENTIALS, ca_bundle=bundle)

        with pytest.raises(WrongSettings, match=r'not that of 127\.0\.0\.1.*Compare'):
            client.reverse(ORDER_ID)
        assert server.received == []


def test_a_certificate_out_of_its_time_hints_at_the_clock(authority, tmp_path):
    bundle = ca_bundle_file(authority.pem, str(tmp_path / 'trust'))
    with ScriptedServer(authority.server_context(tmp_path, days=-1)) as server:
        client = GatewayClient(ECOM, server.url, CREDENTIALS, ca_bundle=bundle)

        with pytest.raises(WrongSettings, match="at this server's time.*clock"):
            client.reverse(ORDER_ID)
        assert server.received == []


def test_verification_can_not_be_switched_off_by_a_session(tls_server):
    careless = requests.Session()
    careless.verify = False
    client = GatewayClient(ECOM, tls_server.url, CREDENTIALS, session=careless)

    with pytest.raises(WrongSettings, match='not trusted'):
        client.reverse(ORDER_ID)
    assert tls_server.received == []


def test_the_bundle_is_a_union(authority):
    bundle = build_ca_bundle(authority.pem)

    usual = ssl.create_default_context(cafile=certifi.where())
    both = ssl.create_default_context(cadata=bundle.decode())
    added = ssl.create_default_context(cadata=authority.pem)
    found = {str(certificate) for certificate in both.get_ca_certs()}
    assert found == {str(one) for one in usual.get_ca_certs() + added.get_ca_certs()}
    assert len(added.get_ca_certs()) == 1


@pytest.mark.parametrize(
    'pem',
    [
        '',
        'not a certificate',
        '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
        '-----BEGIN CERTIFICATE-----\n',
        '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
        'сертификат',
    ],
)
def test_what_is_no_certificate_is_refused_with_a_reason(pem):
    with pytest.raises(ValueError, match='private key|PEM format'):
        build_ca_bundle(pem)


def test_the_file_is_written_once_and_named_by_its_content(authority, tmp_path):
    folder = tmp_path / 'trust' / 'deep'

    first = Path(ca_bundle_file(authority.pem, str(folder)))
    written_at = first.stat().st_mtime_ns
    again = Path(ca_bundle_file(authority.pem, str(folder)))
    other = Path(ca_bundle_file(Authority('Other Root CA').pem, str(folder)))

    assert first == again
    assert again.stat().st_mtime_ns == written_at
    assert sorted(folder.iterdir()) == sorted([first, other])
    assert not stat.S_IMODE(first.stat().st_mode) & (stat.S_IWGRP | stat.S_IWOTH)


def test_certificates_are_read_as_a_person_compares_them(authority):
    another = Authority('Another Root CA')

    first, second = read_certificates(f'{authority.pem}\n\n{another.pem}')

    assert first.subject == 'CN=Private Root CA'
    assert second.subject == 'CN=Another Root CA'
    der = ssl.PEM_cert_to_DER_cert(authority.pem)
    assert first.fingerprint == hashlib.sha256(der).hexdigest()
    remaining = first.expires - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(hours=23) < remaining <= datetime.timedelta(days=1)


def test_what_is_no_certificate_is_not_read():
    with pytest.raises(ValueError, match='PEM'):
        read_certificates('not a certificate')
