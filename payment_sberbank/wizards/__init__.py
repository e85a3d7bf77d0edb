from . import sberbank_receipt_preview, sberbank_topup_link
