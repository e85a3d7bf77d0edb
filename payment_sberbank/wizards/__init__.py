from . import payment_capture_wizard, sberbank_refund, sberbank_topup_link
