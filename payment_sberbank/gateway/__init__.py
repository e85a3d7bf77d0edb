"""What the bank speaks. Plain Python, `requests` and `cryptography`: nothing of Odoo.

========================  =====================================================================
`GatewayClient`           one method a call, over HTTP
`RBS`, `ECOM`             the two dialects
`GATEWAYS`                the bank's addresses
`Order`                   what the bank answers about an order
`read_notification`       what the bank sends on its own, and `verify_checksum`
`GatewayError`            what can go wrong, by what the caller must do about it
========================  =====================================================================

What is sent. A refused `register` has no effect, so it may be repeated in other words.

========================  =====================================================================
`userName`, `password`,   needed; `token` takes their place in the rbs dialect. Code 5 when they
`token`                   are wrong, and the refusal says what to check
`orderNumber`             needed; code 1 when it was used before: `OrderNumberTaken`
`orderId`                 needed by every later call but the question for an order by our number
`amount`, `currency`      needed; always kopecks and 643
`returnUrl`               needed; `WrongSettings` before anything is sent if it can't be right
`description`             cleaned to what both dialects take; left out when nothing remains
`language`                the bank's default is ru; of the page with `register`, else of messages
`sessionTimeoutSecs`      the bank's default is 1200
`dynamicCallbackUrl`      left out when the bank could not call it. A gateway that does not know
                          the field refuses the order (code 5) in the ecom dialect
`email`                   left out when the bank would not take it
`externalRefundId`        in `jsonParams` in the ecom dialect; where the bank does not know it, a
                          repeated refund is no longer one and the same
========================  =====================================================================

What is read, and what follows when the bank leaves it out. What can't be read of the first five
rows makes the answer an `UnexpectedAnswer`, of the others it counts as left out.

=========================  ====================================================================
`errorCode`                `UnexpectedAnswer`; in the rbs dialect an order that was registered or
                           asked for needs none
`orderStatus`              `UnexpectedAnswer`
`orderNumber`, `amount`,   `order_number`, `amount`, `currency` are None: the caller has nothing
`currency`                 to compare, and believes nothing
`mdOrder` in `attributes`  or at the top, or `orderId`; else `order_id` is None
`paymentAmountInfo`        `deposited_amount`, `refunded_amount` are None: how much was taken or
                           given back is not known
`depositedDate`            else `authDateTime`; else `deposited_at` is None
`actionCode`               `action_code` is None: an order that expired counts as declined
`actionCodeDescription`    `action_code_description` is None
`cardAuthInfo`             `masked_pan`, `payment_system` are None
`paymentWay`               there or at the top; else `payment_way` is None
`orderId`, `formUrl`       after `register`: `UnexpectedAnswer`; our number finds the order again
=========================  ====================================================================
"""

from .addresses import ascii_url, is_loopback
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
from .order import Order, OrderStatus
from .page import page_url_for, payment_page_allowed
from .patience import Patience
from .text import clean_description, order_number
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
    'is_loopback',
    'load_public_key',
    'mask',
    'new_session',
    'order_number',
    'page_url_for',
    'parse_amount',
    'parse_amounts',
    'payment_page_allowed',
    'read_notification',
    'reason_of',
    'to_kopecks',
    'to_roubles',
    'verify_checksum',
]
