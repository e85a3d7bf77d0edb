import base64

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from dev.bank.signing import KeyPair, canonical, symmetric_checksum

# The vendor's documentation of callback notifications, symmetric sample.
VENDOR_KEY = 'ooc7slpvc61k7sf7ma7p4hrefr'
VENDOR_PARAMETERS = {
    'status': '1',
    'orderNumber': '2003',
    'mdOrder': '06cf5599-3f17-7c86-bdbc-bd7d00a8b38b',
    'operation': 'approved',
}
VENDOR_CHECKSUM = 'EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972'

# The same documentation, asymmetric sample, with its test certificate (CN=RBS, 2017).
VENDOR_CERTIFICATE = (
    'MIICcTCCAdqgAwIBAgIGAWAnZt3aMA0GCSqGSIb3DQEBCwUAMHwxIDAeBgkqhkiG9w0BCQEWEWt6bnRlc3RAeWFuZGV4LnJ1'
    'MQswCQYDVQQGEwJSVTESMBAGA1UECBMJVGF0YXJzdGFuMQ4wDAYDVQQHEwVLYXphbjEMMAoGA1UEChMDUkJTMQswCQYDVQQL'
    'EwJRQTEMMAoGA1UEAxMDUkJTMB4XDTE3MTIwNTE2MDEyMFoXDTE4MTIwNTE2MDExOVowfDEgMB4GCSqGSIb3DQEJARYRa3pu'
    'dGVzdEB5YW5kZXgucnUxCzAJBgNVBAYTAlJVMRIwEAYDVQQIEwlUYXRhcnN0YW4xDjAMBgNVBAcTBUthemFuMQwwCgYDVQQK'
    'EwNSQlMxCzAJBgNVBAsTAlFBMQwwCgYDVQQDEwNSQlMwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAJNgxgtWRFe8zhF6'
    'FE1C8s1t/dnnC8qzNN+uuUOQ3hBx1CHKQTEtZFTiCbNLMNkgWtJ/CRBBiFXQbyza0/Ks7FRgSD52qFYUV05zRjLLoEyzG6LA'
    'fihJwTEPddNxBNvCxqdBeVdDThG81zC0DiAhMeSwvcPCtejaDDSEYcQBLLhDAgMBAAEwDQYJKoZIhvcNAQELBQADgYEAfRP5'
    '4xwuGLW/Cg08ar6YqhdFNGq5TgXMBvQGQfRvL7W6oH67PcvzgvzN8XCL56dcpB7S8ek6NGYfPQ4K2zhgxhxpFEDHPcgU4vsw'
    'nhhWbGVMoVgmTA0hEkwq86CA5ZXJkJm6f3E/J6lYoPQaKatKF24706T6iH2htG4BkjregUA='
)
VENDOR_SIGNED = {
    'amount': '35000099',
    'sign_alias': 'SHA-256 with RSA',
    'mdOrder': '12b59da8-f68f-7c8d-12b5-9da8000826ea',
    'operation': 'deposited',
    'status': '1',
}
VENDOR_SIGNATURE = (
    '163BD9FAE437B5DCDAAC4EB5ECEE5E533DAC7BD2C8947B0719F7A8BD17C101EBDBEACDB295C10BF041E903AF3FF1E6101'
    'FF7DB9BD024C6272912D86382090D5A7614E174DC034EBBB541435C80869CEED1F1E1710B71D6EE7F52AE354505A83A1E'
    '279FBA02572DC4661C1D75ABF5A7130B70306CAFA69DABC2F6200A698198F8'
)

OWN_KEY = 'test-callback-key-0001'
OWN = {
    'mdOrder': '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe',
    'orderNumber': 'S00042-1',
    'operation': 'deposited',
    'status': '1',
}


def test_the_vendors_symmetric_sample_gets_the_published_checksum():
    assert symmetric_checksum(VENDOR_PARAMETERS, VENDOR_KEY) == VENDOR_CHECKSUM


def test_the_vendors_asymmetric_sample_verifies_over_our_canonical_text():
    certificate = x509.load_der_x509_certificate(base64.b64decode(VENDOR_CERTIFICATE))
    text = canonical({**VENDOR_SIGNED, 'checksum': VENDOR_SIGNATURE})

    certificate.public_key().verify(
        bytes.fromhex(VENDOR_SIGNATURE), text.encode(), padding.PKCS1v15(), hashes.SHA512()
    )

    assert text == (
        'amount;35000099;mdOrder;12b59da8-f68f-7c8d-12b5-9da8000826ea;operation;deposited;status;1;'
    )


@pytest.mark.parametrize(
    ('changes', 'checksum'),
    [
        ({}, 'ECEFA0E125D1342EDB44DB7196F1C697DA21BD7DC8248A6A532DDE0C473436DE'),
        (
            {'amount': '123456'},
            'DB7933B98A570C343C2FC3BB3D1D9B53A7F482049DE14ADA8133AA719079B072',
        ),
        ({'status': '0'}, 'F9481B09160CCDC65130237A2E1F0B402D3E9AEC49BE0734F4183BE245B3463B'),
        (
            {'bindingId': '', 'amount': '123456'},
            'E8EA3E7F8732C2CB8FA0449D0776AA138AFAEA7700E81066D96CB723DDB5E21A',
        ),
        (
            {'operation': 'declinedByTimeout'},
            '63173E484335232B497C844657427A323D5E463238767B8CE8E524AA26E5FC74',
        ),
    ],
    ids=['plain', 'amount', 'failure', 'empty value', 'timeout'],
)
def test_independently_computed_vectors_agree(changes, checksum):
    assert symmetric_checksum({**OWN, **changes}, OWN_KEY) == checksum


def test_names_are_sorted_by_code_point_and_empty_values_stay():
    assert canonical({'mdorder': 'b', 'mdOrder': 'a', 'Z': '', 'sign_alias': 'x'}) == (
        'Z;;mdOrder;a;mdorder;b;'
    )


def test_an_empty_key_signs_nothing():
    with pytest.raises(ValueError, match='must not be empty'):
        symmetric_checksum(OWN, '')


def test_the_certificate_that_a_shop_gets_verifies_what_the_bank_signs():
    pair = KeyPair('shop-api')
    certificate = x509.load_pem_x509_certificate(pair.certificate.encode())
    signature = bytes.fromhex(pair.checksum(OWN))

    certificate.public_key().verify(
        signature, canonical(OWN).encode(), padding.PKCS1v15(), hashes.SHA512()
    )

    with pytest.raises(InvalidSignature):
        certificate.public_key().verify(
            signature,
            canonical({**OWN, 'status': '0'}).encode(),
            padding.PKCS1v15(),
            hashes.SHA512(),
        )
    assert pair.public_key.encode() == certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
