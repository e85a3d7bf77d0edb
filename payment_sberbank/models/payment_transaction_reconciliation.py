from odoo import api, fields, models
from odoo.fields import Command

from .. import const


class PaymentTransaction(models.Model):
    """What booked money is for: invoices, older debts, an article, or a refunded payment."""

    _inherit = 'payment.transaction'

    # The core's list lacks sales receipts, so that a transaction for one forgets it.
    invoice_ids = fields.Many2many(
        domain=[
            (
                'move_type',
                'in',
                (
                    'out_invoice',
                    'out_refund',
                    'in_invoice',
                    'in_refund',
                    'out_receipt',
                    'in_receipt',
                ),
            )
        ]
    )
    sberbank_invoice_count = fields.Integer(
        string="Invoices to Pay",
        help="How many invoices the customer set out to pay.",
        readonly=True,
        copy=False,
    )
    sberbank_withdrawn_invoice_ids = fields.Many2many(
        string="Withdrawn Invoices",
        help="Invoices that were taken back while the customer was paying them.",
        comodel_name='account.move',
        relation='sberbank_withdrawn_invoice_rel',
        column1='transaction_id',
        column2='invoice_id',
        readonly=True,
        copy=False,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to remember that there were invoices, should they be deleted."""
        txs = super().create(vals_list)
        for tx in txs:
            if tx.provider_code == const.PROVIDER_CODE and tx.invoice_ids:
                tx.sberbank_invoice_count = len(tx.invoice_ids)
        return txs

    # === INVOICES THAT CHANGED MEANWHILE === #

    def _sberbank_set_withdrawn_apart(self):
        """Leave alone the invoices that were taken back while the customer was paying them.

        The core would post a draft again, and settle an invoice of another currency at some rate.
        They keep the state that the accountant gave them, and the money becomes a credit.
        """
        invoices = self.invoice_ids | self.sberbank_withdrawn_invoice_ids
        withdrawn = invoices.filtered(self._sberbank_is_withdrawn)
        if withdrawn != self.sberbank_withdrawn_invoice_ids:
            self.invoice_ids = invoices - withdrawn
            self.sberbank_withdrawn_invoice_ids = withdrawn

    def _sberbank_is_withdrawn(self, invoice):
        return (
            invoice.state == 'cancel'
            or (invoice.state == 'draft' and invoice.posted_before)
            or invoice.currency_id != self.currency_id
        )

    def _sberbank_count_deleted_invoices(self):
        remaining = self.invoice_ids | self.sberbank_withdrawn_invoice_ids
        return max(self.sberbank_invoice_count - len(remaining), 0)

    def _sberbank_describe_withdrawn(self):
        """Return what became of the invoices, for staff.

        :rtype: str
        """
        sentences = []
        for invoice in self.sberbank_withdrawn_invoice_ids:
            name = invoice.name or invoice.display_name
            if invoice.state == 'cancel':
                sentences.append(self.env._("%(invoice)s was cancelled.", invoice=name))
            elif invoice.state == 'draft' and invoice.posted_before:
                sentences.append(self.env._("%(invoice)s was reset to draft.", invoice=name))
            else:
                sentences.append(
                    self.env._(
                        "%(invoice)s is in %(currency)s now.",
                        invoice=name,
                        currency=invoice.currency_id.name,
                    )
                )
        if deleted := self._sberbank_count_deleted_invoices():
            sentences.append(self.env._("Invoices that were deleted: %(count)s.", count=deleted))
        return ' '.join(sentences)

    # === RECONCILING === #

    def _sberbank_reconcile(self):
        """Settle what the booked payment is for, as far as its money goes.

        Done again, it changes nothing: the money is used up, or what it was for is settled.
        """
        if self.sberbank_has_captures:
            # The sales app may have made the invoice only now.
            for payment in self._sberbank_get_usable_payments():
                payment._sberbank_get_money()._sberbank_settle(self.invoice_ids.line_ids)
            return
        money = self.payment_id._sberbank_get_money()
        if not money or money.reconciled:
            return
        if self.operation == 'refund':
            money._sberbank_settle(self._sberbank_find_refunded_credits())
        elif invoices := self._sberbank_get_paid_invoices():
            invoices -= invoices.filtered(self._sberbank_is_withdrawn)
            invoices.filtered(lambda invoice: invoice.state == 'draft').action_post()
            self._sberbank_write_off_discounts()
            money._sberbank_settle(invoices.line_ids)
            for payment in self._sberbank_get_other_payments():
                payment._sberbank_get_money()._sberbank_settle(invoices.line_ids)
        elif self.sberbank_is_topup:
            self._sberbank_reconcile_by_type(money)
        else:
            self._sberbank_keep_off_pos_order()

    def _sberbank_reconcile_by_type(self, money):
        payment = self.payment_id
        if payment.sberbank_payment_type_id.booking == 'article':
            sales_receipt = self._sberbank_issue_sales_receipt(payment)
            money._sberbank_settle(sales_receipt.line_ids)
        elif self.provider_id.sberbank_settle_debts:
            debts = payment.partner_id._sberbank_find_debts(payment.company_id, payment.currency_id)
            money._sberbank_settle(debts)

    def _sberbank_issue_sales_receipt(self, payment):
        """Issue the sales receipt of a payment that is booked to the article.

        :return: The posted sales receipt.
        :rtype: account.move
        """
        sales_receipt = self.env['account.move'].create({
            'move_type': 'out_receipt',
            'partner_id': payment.partner_id.id,
            'currency_id': payment.currency_id.id,
            'invoice_date': payment.date,
            'ref': self.reference,
            'invoice_line_ids': [
                Command.create({
                    'name': payment.sberbank_payment_type_id.name,
                    'account_id': payment.sberbank_account_id.id,
                    'quantity': 1,
                    'price_unit': payment.amount,
                    'tax_ids': [Command.clear()],
                })
            ],
        })
        sales_receipt.action_post()
        self.invoice_ids = sales_receipt
        return sales_receipt

    # === WHAT IS LEFT OPEN === #

    def _sberbank_report_open_money(self, unsettled):
        """Tell staff when the money is booked but not used for what it was meant for.

        :param str unsettled: Why it could not be settled, or None.
        :return: None
        """
        money = self.payment_id._sberbank_get_money()
        if not money or money.reconciled:
            return
        amount = self.currency_id.format(abs(money.amount_residual_currency))
        if unsettled:
            self._sberbank_need_attention('not_settled', unsettled)
        elif self.operation == 'refund':
            self._sberbank_need_attention(
                'refund_open',
                self.env._(
                    "%(amount)s was returned to the customer, but there is no credit note that it"
                    " belongs to.",
                    amount=amount,
                ),
            )
        elif withdrawn := (
            self._sberbank_get_documents_tx()._sberbank_describe_withdrawn()
            or self._sberbank_describe_withdrawn_orders()
            or self._sberbank_describe_withdrawn_pos_order()
        ):
            self._sberbank_need_attention(
                'withdrawn',
                self.env._(
                    "%(withdrawn)s %(amount)s is an open credit.",
                    withdrawn=withdrawn,
                    amount=amount,
                ),
            )
        elif changed := (
            self._sberbank_describe_changed_orders() or self._sberbank_describe_unconfirmed_orders()
        ):
            self._sberbank_need_attention(
                'changed',
                self.env._(
                    "%(changed)s %(amount)s is an open credit.", changed=changed, amount=amount
                ),
            )
        elif paid_before := self._sberbank_find_paid_before():
            self._sberbank_need_attention(
                'already_paid',
                self.env._(
                    "%(invoices)s needed no more. %(amount)s is an open credit.",
                    invoices=', '.join(paid_before),
                    amount=amount,
                ),
            )

    def _sberbank_describe_unsettled(self):
        """Return which invoices are open still although there is money left for them, for staff.

        :rtype: str|None
        """
        money = self.payment_id._sberbank_get_money()
        owing = self._sberbank_get_paid_invoices().filtered(
            lambda invoice: (
                invoice.state == 'posted'
                and invoice.is_sale_document(include_receipts=True)
                and invoice.currency_id == self.currency_id
                and not invoice.currency_id.is_zero(invoice.amount_residual)
            )
        )
        if not owing or not money or money.reconciled or self.operation == 'refund':
            return None
        return self.env._(
            "%(invoices)s could not be settled. %(amount)s is an open credit.",
            invoices=', '.join(owing.mapped('display_name')),
            amount=self.currency_id.format(abs(money.amount_residual_currency)),
        )

    def _sberbank_find_paid_before(self):
        """Return the names of the documents that needed no more money than they had.

        :rtype: list[str]
        """
        if invoices := self._sberbank_get_paid_invoices():
            return invoices.mapped('display_name')
        return (
            self._sberbank_find_orders_paid_before() or self._sberbank_find_pos_order_paid_before()
        )
