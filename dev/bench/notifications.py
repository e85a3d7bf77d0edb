"""What the bank, Redsys and a forger send."""

import base64
import hmac
import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from dev.audit.shop import CALLBACK_ROUTE
from dev.bench.load import Request

FORM = {'Content-Type': 'application/x-www-form-urlencoded'}
JSON = {'Content-Type': 'application/json'}
#: The test key in Redsys' public documentation.
REDSYS_KEY = 'sq7HjrUOBfKmC576ILgskD5srU870gJ7'
REDSYS_ROUTE = '/payment/redsys/webhook'


def by_get(content: Mapping[str, Any]) -> Request:
    """Send what the older gateway tells, in the address."""
    return Request(f'{CALLBACK_ROUTE}?{urlencode(content)}')


def by_json(content: Mapping[str, Any]) -> Request:
    """Send what the newer gateway tells."""
    return Request(CALLBACK_ROUTE, 'POST', json.dumps(content).encode(), JSON)


def forged(content: Mapping[str, Any]) -> Request:
    """Send the same with a checksum that is not the bank's."""
    return by_get({**content, 'checksum': uuid.uuid4().hex.upper() * 2})


def of_another_shop(content: Mapping[str, Any]) -> Request:
    """Send the same of an order that nobody here knows."""
    return by_get({**content, 'mdOrder': str(uuid.uuid4()), 'orderNumber': uuid.uuid4().hex})


def of_redsys(reference: str, kopecks: int) -> Request:
    """Send what Redsys tells of a payment, signed as it signs.

    Source: Redsys' public documentation of signature HMAC_SHA256_V1. The key of an order is its
    number, filled up with zero bytes, encrypted with the shop's key.

    :param reference: of the transaction, at most 12 characters
    """
    told = {
        'Ds_Order': reference,
        'Ds_Amount': str(kopecks),
        'Ds_Currency': '643',
        'Ds_Response': '0000',
        'Ds_Card_Brand': '1',
    }
    parameters = base64.b64encode(json.dumps(told).encode())
    cipher = Cipher(TripleDES(base64.b64decode(REDSYS_KEY)), modes.CBC(bytes(8)))
    encryptor = cipher.encryptor()
    key = encryptor.update(reference.encode().ljust(16, b'\0')) + encryptor.finalize()
    signature = base64.urlsafe_b64encode(hmac.digest(key, parameters, 'sha256'))
    fields = {
        'Ds_SignatureVersion': 'HMAC_SHA256_V1',
        'Ds_MerchantParameters': parameters.decode(),
        'Ds_Signature': signature.decode(),
    }
    return Request(REDSYS_ROUTE, 'POST', urlencode(fields).encode(), FORM)
