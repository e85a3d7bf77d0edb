"""What the gateway fixes, and the addon's own routes and limits."""

PROVIDER_CODE = 'sberbank'

CALLBACK_ROUTE = '/payment/sberbank/callback'
PAY_ROUTE = '/payment/sberbank/pay'
RETURN_ROUTE = '/payment/sberbank/return'
CONTACT_ROUTE = '/payment/sberbank/contact'
HEALTH_ROUTE = '/payment/sberbank/health'

TOPUP_ROUTE = '/my/top-up'
TOPUP_LINK_ROUTE = '/top-up'
TOPUP_RESULT_ROUTE = f'{TOPUP_LINK_ROUTE}/result'

# Where the web shop wants payers back, which takes their cart away, and where a cart is paid.
CART_END_ROUTE = '/shop/payment/validate'
CART_PAY_ROUTE = '/shop/payment'

# Where the point of sale wants payers of an order back, begins so.
POS_END_ROUTE = '/pos/pay/confirmation/'

# The bank's day is Moscow's.
TIMEZONE = 'Europe/Moscow'

# How long, in milliseconds, a worker waits for a row that another one holds.
LOCK_PATIENCE_MS = 10_000

# How often the bank's word is applied when another worker was in the way, before it is given up.
APPLYING_TRIES = 5

# How long, in seconds, a payer or a notification waits for all that the bank is asked on their
# behalf; the job finds out the rest. Payers give up at about that time, and so does the bank.
BANK_PATIENCE_SECS = 10

# An order dies at the bank after 20 minutes unless register.do says otherwise.
SESSION_TIMEOUT_SECS = 1200

# How many order numbers are tried before the payment is given up, when the bank says that a number
# is taken.
MAX_ORDER_NUMBERS = 3

# The codes of the payment methods to activate when Sberbank is activated.
DEFAULT_PAYMENT_METHOD_CODES = {
    # Primary payment methods
    'card',
    'sbp',
    'sberpay',
    # Brand payment methods
    'mir',
    'visa',
    'mastercard',
    'maestro',
    'jcb',
    'unionpay',
}

# The code of the payment method SBP.
SBP = 'sbp'

# Mapping of `cardAuthInfo.paymentSystem` (getOrderStatusExtended.do) to payment method codes.
PAYMENT_SYSTEMS_MAPPING = {
    'MIR': 'mir',
    'VISA': 'visa',
    'MASTERCARD': 'mastercard',
    'MAESTRO': 'maestro',
    'AMEX': 'amex',
    'JCB': 'jcb',
    'CUP': 'unionpay',
}
