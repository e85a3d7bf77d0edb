from odoo import fields, models


class SberbankReceiptIssued(models.Model):
    """What the register has issued, or failed to, for one receipt that was asked for.

    The register may split a long receipt in several.
    """

    _name = 'sberbank.receipt.issued'
    _description = 'Receipt of the Cash Register'
    _order = 'id'
    _rec_name = 'document_number'

    receipt_id = fields.Many2one(
        comodel_name='sberbank.receipt',
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    company_id = fields.Many2one(related='receipt_id.company_id')
    currency_id = fields.Many2one(related='receipt_id.currency_id')
    bank_receipt_id = fields.Char(
        string="Id at the Bank", help="The bank's id of the receipt (receiptId).", readonly=True
    )
    operation_id = fields.Char(
        string="Operation at the Bank",
        help="The bank's id of the operation that the receipt is for (operationId).",
        readonly=True,
    )
    status = fields.Selection(
        selection=[
            ('0', "Unknown"),
            ('1', "Waiting to be sent"),
            ('2', "Sent to the register"),
            ('3', "Issued"),
            ('4', "Error"),
            ('5', "Attempts exhausted"),
            ('6', "Wrong data"),
        ],
        required=True,
        readonly=True,
    )
    error_code = fields.Char(readonly=True)
    error_text = fields.Text(string="Register's Reason", readonly=True)
    recommendation = fields.Selection(
        selection=[
            ('1', "Send again"),
            ('2', "Correct and send"),
            ('3', "See to the cash register, then send again"),
        ],
        string="Bank's Recommendation",
        readonly=True,
    )
    number = fields.Char(help="Of the receipt within the register's shift.", readonly=True)
    shift = fields.Char(readonly=True)
    issued_at = fields.Char(
        string="Date of the Receipt",
        help="The register's own date and time, as it has printed them.",
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    storage_number = fields.Char(
        string="FN", help="The number of the fiscal storage.", readonly=True
    )
    document_number = fields.Char(
        string="FD", help="The number of the fiscal document.", readonly=True
    )
    fiscal_sign = fields.Char(string="FPD", help="The fiscal sign of the document.", readonly=True)
    register_number = fields.Char(
        string="Cash Register", help="Its registration number.", readonly=True
    )
    operator_inn = fields.Char(string="INN of the Operator", readonly=True)
    url = fields.Char(
        string="At the Operator",
        help="The receipt on the site of the operator of fiscal data.",
        readonly=True,
    )
    qr_text = fields.Char(
        string="QR Code", help="What the receipt's QR code says, for checking it.", readonly=True
    )

    _bank_receipt_uniq = models.UniqueIndex('(receipt_id, bank_receipt_id)')
