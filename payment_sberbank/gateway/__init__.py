"""What the bank speaks. Plain Python, `requests` and `cryptography`: nothing of Odoo.

========================  =====================================================================
`GatewayClient`           one method a call, over HTTP
`RBS`, `ECOM`             the two dialects
`GATEWAYS`                the bank's addresses
`Order`                   what the bank answers about an order
`Receipt`                 what a cash register prints, and `IssuedReceipt` what it printed
`read_notification`       what the bank sends on its own, and `verify_checksum`
`GatewayError`            what can go wrong, by what the caller must do about it
========================  =====================================================================

`README.md` tells of each field what it is for, and what happens without it.
"""

from .accounts import PURPOSE_MAX_LENGTH, Account, BySbp, bank_of_member, clean_purpose
from .addresses import ascii_url, host_of, is_loopback
from .bindings import Binding
from .callback import (
    ChecksumMismatch,
    MalformedNotification,
    Notification,
    is_symmetric,
    load_public_key,
    read_notification,
    verify_checksum,
)
from .calls import CardOnFile, Credentials, NewOrder, Registered
from .client import GatewayClient
from .connection import Place, advise, find_home, other_places, try_login
from .declines import Decline, is_account_gone, is_card_dead, kind_of_decline, may_pass
from .dialects import DIALECTS, ECOM, RBS, Dialect
from .errors import (
    GatewayError,
    OrderNotFound,
    OrderNumberTaken,
    ReceiptError,
    Refused,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    WrongSettings,
)
from .exchange import Exchange
from .hosts import GATEWAYS, Preset, base_url_of
from .issued import IssuedReceipt, RetryResult
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
from .receipt import Receipt, Settlements
from .receipt_codes import (
    MEASURES,
    FfdVersion,
    Kind,
    Method,
    ReceiptStatus,
    Subject,
    TaxSystem,
    Vat,
)
from .receipt_item import Item
from .receipt_parties import Buyer, Seller
from .receipt_text import clean_name, clean_phone, is_email, is_inn, is_phone
from .sessions import new_session
from .text import clean_description, order_number, printable
from .trust import Certificate, build_ca_bundle, ca_bundle_file, read_certificates
from .vat_tables import VAT_TABLES, VatTable, vat_tables_of
from .wording import Sentence, reason_of

__all__ = [
    'CURRENCY_NAME',
    'CURRENCY_NUMBER',
    'DIALECTS',
    'ECOM',
    'GATEWAYS',
    'MAX_AMOUNT',
    'MEASURES',
    'PURPOSE_MAX_LENGTH',
    'RBS',
    'VAT_TABLES',
    'Account',
    'Binding',
    'Buyer',
    'BySbp',
    'CardOnFile',
    'Certificate',
    'ChecksumMismatch',
    'Credentials',
    'Decline',
    'Dialect',
    'Exchange',
    'FfdVersion',
    'GatewayClient',
    'GatewayError',
    'IssuedReceipt',
    'Item',
    'Kind',
    'MalformedNotification',
    'Method',
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
    'Place',
    'Preset',
    'Receipt',
    'ReceiptError',
    'ReceiptStatus',
    'Refused',
    'Registered',
    'RetryResult',
    'Seller',
    'Sentence',
    'Settlements',
    'Subject',
    'TaxSystem',
    'TooManyRequests',
    'Unavailable',
    'UnexpectedAnswer',
    'Vat',
    'VatTable',
    'WrongSettings',
    'advise',
    'ascii_url',
    'bank_of_member',
    'base_url_of',
    'build_ca_bundle',
    'ca_bundle_file',
    'clean_description',
    'clean_name',
    'clean_phone',
    'clean_purpose',
    'find_home',
    'floor_to_kopecks',
    'format_plain',
    'host_of',
    'is_account_gone',
    'is_card_dead',
    'is_email',
    'is_inn',
    'is_loopback',
    'is_phone',
    'is_symmetric',
    'kind_of_decline',
    'load_public_key',
    'mask',
    'may_pass',
    'new_session',
    'order_number',
    'other_places',
    'page_url_for',
    'parse_amount',
    'parse_amounts',
    'payment_page_allowed',
    'printable',
    'read_certificates',
    'read_notification',
    'reason_of',
    'to_kopecks',
    'to_roubles',
    'try_login',
    'vat_tables_of',
    'verify_checksum',
]
