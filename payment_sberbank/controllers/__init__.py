from . import callback, payer, portal
