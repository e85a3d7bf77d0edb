from . import sberbank_topup_link
