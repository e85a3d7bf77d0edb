from . import callback, health, payer, portal, status
