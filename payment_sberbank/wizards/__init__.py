from . import sberbank_refund, sberbank_topup_link
