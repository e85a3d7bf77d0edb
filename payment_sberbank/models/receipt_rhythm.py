"""How the bank wants to be asked about receipts, and when a receipt is called late."""

from datetime import timedelta

# The bank wants to be asked no sooner after the operation (its OpenAPI 1.0.7, getReceiptStatus).
FIRST_ASK = timedelta(minutes=6)

# How long after the operation the bank is asked how often. After the last age it is asked no more.
SCHEDULE = (
    (timedelta(minutes=20), timedelta(minutes=4)),
    (timedelta(hours=1), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=2)),
    (timedelta(days=10), timedelta(days=1)),
)

# After how long a receipt is called delayed and late. It has to be there within minutes by law.
DELAYED_AFTER = timedelta(minutes=15)
LATE_AFTER = timedelta(days=1)

# The bank itself sends a receipt to the register again for so long (its OpenAPI 1.0.7,
# retryReceipt), and only then wants to be asked to.
RETRY_AFTER = timedelta(hours=15)
MAX_RETRIES = 3


# Nothing more is expected of these.
SETTLED = ('done', 'not_needed', 'by_hand', 'elsewhere')
