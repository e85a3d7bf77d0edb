from odoo import fields, models


class PaymentTransaction(models.Model):
    """Payments that are for no document: money that a customer puts on their account."""

    _inherit = 'payment.transaction'

    sberbank_is_topup = fields.Boolean(
        string="Top-Up",
        help="The customer paid for nothing in particular. The money is booked by the payment type;"
        " on the customer's account it settles the oldest debts first.",
        readonly=True,
        copy=False,
    )
