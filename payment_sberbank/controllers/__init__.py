from . import callback, payer, portal, status
