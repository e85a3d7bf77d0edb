from odoo import api, fields, models

from .. import const

# For how many days after a payment the job looks whether its e-mail is written, and for how many it
# is left to the job: there has to be time for trying again what fails.
MAIL_RETRY_DAYS = 3
MAIL_LEAVE_DAYS = 1

BOOKED_TEMPLATE = 'payment_sberbank.mail_template_payment_booked'


class PaymentTransaction(models.Model):
    """The e-mail to staff about each booked payment."""

    _inherit = 'payment.transaction'

    sberbank_is_mailed = fields.Boolean(
        string="Staff Notified",
        help="Whether the e-mail about the booked payment is in the queue or was sent. One that"
        " could not be sent is written anew.",
        readonly=True,
        copy=False,
    )

    sberbank_mail_id = fields.Many2one(
        string="E-mail to Staff",
        comodel_name='mail.mail',
        help="While it is in the queue, or after it failed.",
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_system',
    )

    _sberbank_unmailed_idx = models.Index(
        '(last_state_change) WHERE payment_id IS NOT NULL AND sberbank_is_mailed IS NOT TRUE'
    )

    def _sberbank_leave_mail_to_job(self):
        """Have the job that books write the e-mail, unless this is the payment's turn there.

        An e-mail is sent by a job in any case: nobody who pays need wait until it is written. About
        a payment of days ago, which is finished by hand, it is written here.

        :return: None
        """
        self.ensure_one()
        if self.sberbank_is_mailed or not self.payment_id:
            return
        if not self.provider_id.sberbank_staff_email:
            self.sberbank_is_mailed = True  # Nobody wants it, and nobody will.
            return
        if self.env.context.get('sberbank_has_turn'):
            return
        if self.last_state_change < _days_ago(MAIL_LEAVE_DAYS):
            self._sberbank_mail_booked()
        else:
            self.env['ir.cron']._sberbank_get_job('book_payments')._trigger()

    def _sberbank_mail_booked(self):
        """Put the e-mail about the booked payment into the queue, once.

        :return: None
        """
        self.ensure_one()
        if self.payment_id and not self.sberbank_is_mailed:
            self.sberbank_is_mailed, self.sberbank_mail_id = self.provider_id._sberbank_queue_mail(
                BOOKED_TEMPLATE, self, self.sberbank_mail_id, is_live=self.is_live
            )

    def _sberbank_mail_booked_together(self):
        """Put the e-mails about several booked payments into the queue, each once.

        :return: None
        """
        untold = self.filtered(lambda tx: tx.payment_id and not tx.sberbank_is_mailed)
        by_provider = untold.grouped(lambda tx: (tx.provider_id, tx.is_live))
        for (provider, is_live), of_provider in by_provider.items():
            txs = of_provider._sberbank_prepare_booking()
            new = txs.filtered(lambda tx: not tx.sberbank_mail_id)
            mails = provider.with_env(txs.env)._sberbank_queue_mails(
                BOOKED_TEMPLATE, new, is_live=is_live
            )
            for tx, mail in zip(new, mails, strict=False):
                tx.write({'sberbank_is_mailed': True, 'sberbank_mail_id': mail.id})
            for tx in txs:  # One that failed before, or that can't be written with the others.
                tx._sberbank_mail_booked()

    @api.model
    def _sberbank_mail_remaining(self):
        """Write the e-mails about what others have finished, and those that failed before."""
        self._sberbank_unmark_failed_mails()
        since = _days_ago(MAIL_RETRY_DAYS)
        txs = self.search([
            ('provider_id.code', '=', const.PROVIDER_CODE),
            ('is_post_processed', '=', True),
            ('payment_id', '!=', False),
            ('sberbank_is_mailed', '=', False),
            ('last_state_change', '>=', since),
        ])
        txs.try_lock_for_update(allow_referencing=True)._sberbank_mail_booked_together()
        attentions = self.env['sberbank.attention'].search([
            ('is_mailed', '=', False),
            ('is_solved', '=', False),
            ('write_date', '>=', since),
        ])
        for attention in attentions.try_lock_for_update():
            attention._mail_staff()

    @api.model
    def _sberbank_unmark_failed_mails(self):
        """Let nothing count as told whose e-mail the mail server did not take."""
        for model, mail, mark in (
            ('payment.transaction', 'sberbank_mail_id', 'sberbank_is_mailed'),
            ('sberbank.attention', 'mail_id', 'is_mailed'),
        ):
            untold = self.env[model].search([
                (mark, '=', True),
                (f'{mail}.state', '=', 'exception'),
            ])
            untold.try_lock_for_update(allow_referencing=True)[mark] = False

    def _sberbank_describe_purpose(self):
        """Return what the payment is for, as staff would say it.

        :rtype: str
        """
        self.ensure_one()
        purpose = self._sberbank_describe_documents()
        if self._sberbank_is_test_money():
            return self.env._("%(purpose)s (test money, no real payment)", purpose=purpose)
        return purpose

    def _sberbank_describe_documents(self):
        if self.operation == 'refund':
            return self._sberbank_describe_returned_payment()
        paid_tx = self._sberbank_get_documents_tx()
        withdrawn = paid_tx.sberbank_withdrawn_invoice_ids
        if documents := self._sberbank_get_paid_invoices() | withdrawn:
            return ', '.join(documents.mapped('display_name'))
        if orders := paid_tx._sberbank_get_order_names():
            return ', '.join(orders)
        if pos_order := paid_tx._sberbank_get_pos_order():
            return pos_order.pos_reference
        if donation := paid_tx._sberbank_describe_donation():
            return donation
        return self.env._("on the customer's account")

    def _sberbank_describe_returned_payment(self):
        payment = self.source_transaction_id.payment_id.display_name
        if self.sberbank_returned_by == 'refund':
            return self.env._("refund of %(payment)s in the bank's cabinet", payment=payment)
        if self.sberbank_returned_by == 'reversal':
            return self.env._("reversal of %(payment)s at the bank", payment=payment)
        if self.sberbank_returned_by == 'chargeback':
            return self.env._(
                "chargeback of %(payment)s: the card's bank took it back", payment=payment
            )
        return self.env._("refund of %(payment)s", payment=payment)


def _days_ago(days):
    return fields.Datetime.subtract(fields.Datetime.now(), days=days)
