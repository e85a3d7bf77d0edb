import base64

from odoo import api, fields, models
from odoo.tools.image import image_data_uri

from .. import gateway


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
    original_id = fields.Char(
        string="In Place of",
        help="The bank's id of the receipt that this one replaces (origReceiptId).",
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
    is_failed = fields.Boolean(
        string="Failed", help="Nothing more comes of it by itself.", readonly=True
    )
    can_be_retried = fields.Boolean(
        help="The bank sends it to the register again, if it is asked to.", readonly=True
    )
    can_be_corrected = fields.Boolean(help="The bank takes it with another content.", readonly=True)
    problem = fields.Text(compute='_compute_problem')
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

    qr_image = fields.Binary(string="Picture of the QR Code", compute='_compute_qr_image')

    _bank_receipt_uniq = models.UniqueIndex('(receipt_id, bank_receipt_id)')

    @api.depends_context('lang')
    @api.depends('is_failed', 'error_text', 'error_code', 'status', 'recommendation')
    def _compute_problem(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ('status', 'recommendation')
        }
        for row in self:
            told = [row.error_text or labels['status'][row.status], row.error_code]
            advice = labels['recommendation'].get(row.recommendation)
            sentence = ', '.join(filter(None, told))
            if advice:
                sentence = self.env._(
                    "%(reason)s. The bank's advice: %(advice)s.", reason=sentence, advice=advice
                )
            row.problem = row.is_failed and sentence

    def _describe(self):
        """Return the receipt's numbers and its address, as they are checked by.

        :rtype: str
        """
        self.ensure_one()
        told = self.env._(
            "No. %(number)s of %(date)s, FN %(fn)s, FD %(fd)s, FPD %(fpd)s",
            number=self.number or "?",
            date=self.issued_at or "?",
            fn=self.storage_number or "?",
            fd=self.document_number or "?",
            fpd=self.fiscal_sign or "?",
        )
        return ', '.join(filter(None, [told, self.url]))

    @api.depends('qr_text')
    def _compute_qr_image(self):
        for row in self:
            row.qr_image = row.qr_text and base64.b64encode(row._draw_qr())

    def _draw_qr(self):
        """Return the receipt's QR code, as a PNG.

        :rtype: bytes
        """
        self.ensure_one()
        return self.env['ir.actions.report'].barcode('QR', self.qr_text, width=180, height=180)

    def _get_qr_image(self):
        """Return the receipt's QR code, for a page.

        :return: An address that holds the picture itself.
        :rtype: str
        """
        return image_data_uri(base64.b64encode(self._draw_qr()))

    @api.model
    def _prepare_values(self, answer, total, kind):
        """Return the values of what the register has issued.

        :param gateway.IssuedReceipt answer: What the bank tells of it.
        :param int total: What the receipt was asked for, in kopecks.
        :param str kind: Which kind it was asked for, for the older gateway does not tell it.
        :rtype: dict
        """
        amount = answer.total_of(total)
        return {
            'bank_receipt_id': answer.receipt_id,
            'operation_id': answer.operation_id,
            'original_id': answer.original_id,
            'status': str(int(answer.status)),
            'error_code': answer.error_code,
            'error_text': answer.error_text,
            'recommendation': answer.recommendation and str(answer.recommendation),
            'is_failed': answer.is_failed,
            'can_be_retried': answer.can_be_retried,
            'can_be_corrected': answer.can_be_corrected,
            'number': answer.number,
            'shift': answer.shift,
            'issued_at': answer.issued_at,
            'amount': amount and gateway.to_roubles(amount),
            'storage_number': answer.fn,
            'document_number': answer.fd,
            'fiscal_sign': answer.fpd,
            'register_number': answer.ecr_number,
            'operator_inn': answer.ofd_inn,
            'url': answer.url,
            'qr_text': answer.qr_text(total, gateway.Kind(kind)),
        }
