from . import (
    payment_capture_wizard,
    sberbank_cancellation,
    sberbank_receipt_preview,
    sberbank_refund,
    sberbank_topup_link,
)
