"""Checksums that were published, and some that were computed from the published rule."""

import base64
import textwrap

# The gateway vendor's documentation, symmetric sample.
SYMMETRIC_KEY = 'ooc7slpvc61k7sf7ma7p4hrefr'
SYMMETRIC_PARAMETERS = {
    'mdOrder': '06cf5599-3f17-7c86-bdbc-bd7d00a8b38b',
    'operation': 'approved',
    'orderNumber': '2003',
    'status': '1',
}
SYMMETRIC_CHECKSUM = 'EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972'

# The gateway vendor's documentation, asymmetric sample: a test certificate of 2017 to 2018.
ASYMMETRIC_PARAMETERS = {
    'amount': '35000099',
    'sign_alias': 'SHA-256 with RSA',
    'mdOrder': '12b59da8-f68f-7c8d-12b5-9da8000826ea',
    'operation': 'deposited',
    'status': '1',
}
ASYMMETRIC_CHECKSUM = (
    '163BD9FAE437B5DCDAAC4EB5ECEE5E533DAC7BD2C8947B0719F7A8BD17C101EB'
    'DBEACDB295C10BF041E903AF3FF1E6101FF7DB9BD024C6272912D86382090D5A'
    '7614E174DC034EBBB541435C80869CEED1F1E1710B71D6EE7F52AE354505A83A'
    '1E279FBA02572DC4661C1D75ABF5A7130B70306CAFA69DABC2F6200A698198F8'
)
_CERTIFICATE_DER = base64.b64decode(
    'MIICcTCCAdqgAwIBAgIGAWAnZt3aMA0GCSqGSIb3DQEBCwUAMHwxIDAeBgkqhkiG9w0BCQEWEWt6bnRlc3RAeWFuZGV4'
    'LnJ1MQswCQYDVQQGEwJSVTESMBAGA1UECBMJVGF0YXJzdGFuMQ4wDAYDVQQHEwVLYXphbjEMMAoGA1UEChMDUkJTMQsw'
    'CQYDVQQLEwJRQTEMMAoGA1UEAxMDUkJTMB4XDTE3MTIwNTE2MDEyMFoXDTE4MTIwNTE2MDExOVowfDEgMB4GCSqGSIb3'
    'DQEJARYRa3pudGVzdEB5YW5kZXgucnUxCzAJBgNVBAYTAlJVMRIwEAYDVQQIEwlUYXRhcnN0YW4xDjAMBgNVBAcTBUth'
    'emFuMQwwCgYDVQQKEwNSQlMxCzAJBgNVBAsTAlFBMQwwCgYDVQQDEwNSQlMwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJ'
    'AoGBAJNgxgtWRFe8zhF6FE1C8s1t/dnnC8qzNN+uuUOQ3hBx1CHKQTEtZFTiCbNLMNkgWtJ/CRBBiFXQbyza0/Ks7FRg'
    'SD52qFYUV05zRjLLoEyzG6LAfihJwTEPddNxBNvCxqdBeVdDThG81zC0DiAhMeSwvcPCtejaDDSEYcQBLLhDAgMBAAEw'
    'DQYJKoZIhvcNAQELBQADgYEAfRP54xwuGLW/Cg08ar6YqhdFNGq5TgXMBvQGQfRvL7W6oH67PcvzgvzN8XCL56dcpB7S'
    '8ek6NGYfPQ4K2zhgxhxpFEDHPcgU4vswnhhWbGVMoVgmTA0hEkwq86CA5ZXJkJm6f3E/J6lYoPQaKatKF24706T6iH2h'
    'tG4BkjregUA='
)
ASYMMETRIC_CERTIFICATE = '\n'.join([
    '-----BEGIN CERTIFICATE-----',
    *textwrap.wrap(base64.b64encode(_CERTIFICATE_DER).decode(), 64),
    '-----END CERTIFICATE-----',
])

# Computed by hand from the rule.
COMPUTED_KEY = 'test-callback-key-0001'
_COMMON = {'mdOrder': '3ff6962a-7dcc-4283-ab50-a6d7dd3386fe', 'orderNumber': 'S00042-1'}
COMPUTED = [
    (
        {**_COMMON, 'operation': 'deposited', 'status': '1'},
        'ECEFA0E125D1342EDB44DB7196F1C697DA21BD7DC8248A6A532DDE0C473436DE',
    ),
    (
        {**_COMMON, 'operation': 'deposited', 'status': '1', 'amount': '123456'},
        'DB7933B98A570C343C2FC3BB3D1D9B53A7F482049DE14ADA8133AA719079B072',
    ),
    (
        {**_COMMON, 'operation': 'deposited', 'status': '0'},
        'F9481B09160CCDC65130237A2E1F0B402D3E9AEC49BE0734F4183BE245B3463B',
    ),
    (
        {
            **_COMMON,
            'operation': 'deposited',
            'status': '1',
            'amount': '123456',
            'bindingId': '',
        },
        'E8EA3E7F8732C2CB8FA0449D0776AA138AFAEA7700E81066D96CB723DDB5E21A',
    ),
    (
        {**_COMMON, 'operation': 'declinedByTimeout', 'status': '1'},
        '63173E484335232B497C844657427A323D5E463238767B8CE8E524AA26E5FC74',
    ),
]

# HMAC with an empty key of the first of them: anybody can compute it.
EMPTY_KEY_CHECKSUM = '95BE3C6E6BF1DB1E7FB0DB3DA087AB21A7B2C89484EE13A1AC6124F43365746A'
