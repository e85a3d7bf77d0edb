"""What the bank speaks. Plain Python, `requests` and `cryptography`: nothing of Odoo.

========================  =====================================================================
`GatewayClient`           one method a call, over HTTP
`RBS`, `ECOM`             the two dialects
`GATEWAYS`                the bank's addresses
`Order`                   what the bank answers about an order
`read_notification`       what the bank sends on its own, and `verify_checksum`
`GatewayError`            what can go wrong, by what the caller must do about it
========================  =====================================================================

`README.md` tells of each field what it is for, and what happens without it.
"""

from .addresses import ascii_url, host_of, is_loopback
from .callback import (
    ChecksumMismatch,
    MalformedNotification,
    Notification,
    load_public_key,
    read_notification,
    verify_checksum,
)
from .calls import Credentials, NewOrder, Registered
from .client import GatewayClient
from .dialects import DIALECTS, ECOM, RBS, Dialect
from .errors import (
    GatewayError,
    OrderNotFound,
    OrderNumberTaken,
    Refused,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    WrongSettings,
)
from .exchange import Exchange
from .hosts import GATEWAYS, base_url_of
from .masking import mask
from .money import (
    CURRENCY_NAME,
    CURRENCY_NUMBER,
    MAX_AMOUNT,
    NotAnAmount,
    NotRoubles,
    NotWholeKopecks,
    floor_to_kopecks,
    format_plain,
    parse_amount,
    parse_amounts,
    to_kopecks,
    to_roubles,
)
from .operations import Operation
from .order import Order, OrderStatus
from .page import page_url_for, payment_page_allowed
from .patience import Patience
from .text import clean_description, order_number, printable
from .transport import new_session
from .trust import build_ca_bundle, ca_bundle_file
from .wording import Sentence, reason_of

__all__ = [
    'CURRENCY_NAME',
    'CURRENCY_NUMBER',
    'DIALECTS',
    'ECOM',
    'GATEWAYS',
    'MAX_AMOUNT',
    'RBS',
    'ChecksumMismatch',
    'Credentials',
    'Dialect',
    'Exchange',
    'GatewayClient',
    'GatewayError',
    'MalformedNotification',
    'NewOrder',
    'NotAnAmount',
    'NotRoubles',
    'NotWholeKopecks',
    'Notification',
    'Operation',
    'Order',
    'OrderNotFound',
    'OrderNumberTaken',
    'OrderStatus',
    'Patience',
    'Refused',
    'Registered',
    'Sentence',
    'TooManyRequests',
    'Unavailable',
    'UnexpectedAnswer',
    'WrongSettings',
    'ascii_url',
    'base_url_of',
    'build_ca_bundle',
    'ca_bundle_file',
    'clean_description',
    'floor_to_kopecks',
    'format_plain',
    'host_of',
    'is_loopback',
    'load_public_key',
    'mask',
    'new_session',
    'order_number',
    'page_url_for',
    'parse_amount',
    'parse_amounts',
    'payment_page_allowed',
    'printable',
    'read_notification',
    'reason_of',
    'to_kopecks',
    'to_roubles',
    'verify_checksum',
]
