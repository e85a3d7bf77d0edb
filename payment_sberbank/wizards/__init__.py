from . import payment_capture_wizard, sberbank_topup_link
