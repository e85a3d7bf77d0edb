from odoo import api, fields, models


class PaymentTransaction(models.Model):
    """Whether a transaction needs a person, and how it gets onto that list and off it."""

    _inherit = 'payment.transaction'

    sberbank_attention_ids = fields.One2many(
        string="Reasons for Attention",
        comodel_name='sberbank.attention',
        inverse_name='transaction_id',
        readonly=True,
    )
    sberbank_needs_attention = fields.Boolean(
        string="Needs Attention",
        compute='_compute_sberbank_needs_attention',
        search='_search_sberbank_needs_attention',
    )
    sberbank_attention_summary = fields.Text(
        string="Why It Needs Attention", compute='_compute_sberbank_attention_summary'
    )

    # === COMPUTE METHODS === #

    @api.depends('sberbank_attention_ids.is_solved')
    def _compute_sberbank_needs_attention(self):
        for tx in self:
            tx.sberbank_needs_attention = not all(tx.sberbank_attention_ids.mapped('is_solved'))

    @api.depends_context('lang')
    @api.depends('sberbank_attention_ids.is_solved', 'sberbank_attention_ids.details')
    def _compute_sberbank_attention_summary(self):
        for tx in self:
            tx.sberbank_attention_summary = '\n'.join(
                f'{attention._get_reason_label()}: {attention.details}'
                for attention in tx.sberbank_attention_ids
                if not attention.is_solved
            )

    @api.model
    def _search_sberbank_needs_attention(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('sberbank_attention_ids', 'any', [('is_solved', '=', False)])]

    # === ACTION METHODS === #

    def action_sberbank_open_attentions(self):
        """Open the reasons for which the transaction needs a person."""
        return self.sberbank_attention_ids.filtered(
            lambda attention: not attention.is_solved
        )._get_records_action()

    # === BUSINESS METHODS === #

    def _sberbank_need_attention(self, reason, details):
        """Put the transaction on the list of those that need a person, and tell staff by e-mail.

        A reason that is there already gets the new details; solved, it comes back only when the
        details differ from those that the person saw. There is one e-mail each time that it comes
        onto the list.

        :param str reason: A value of `sberbank.attention.reason`.
        :param str details: What staff should know. Never shown to the payer.
        :return: None
        """
        self.ensure_one()
        attention = self.sudo()._sberbank_get_attention(reason)
        if not attention:
            attention = attention.create({
                'transaction_id': self.id,
                'reason': reason,
                'details': details,
            })
        elif attention.details == details:
            return
        elif attention.is_solved:
            attention.write({'details': details, 'is_solved': False, 'is_mailed': False})
        else:
            attention.details = details
        attention._mail_staff()

    def _sberbank_attention_solved(self, reason):
        """Take the transaction from the list: what the reason was is no more.

        :param str reason: A value of `sberbank.attention.reason`.
        :return: None
        """
        if self.sudo()._sberbank_has_attention(reason):
            self.sudo()._sberbank_get_attention(reason).is_solved = True

    def _sberbank_has_attention(self, reason):
        """Tell whether the transaction is on the list for a reason.

        :param str reason: A value of `sberbank.attention.reason`.
        :rtype: bool
        """
        return bool(self._sberbank_get_attention(reason).filtered(lambda a: not a.is_solved))

    def _sberbank_get_attention(self, reason):
        self.ensure_one()
        return self.sberbank_attention_ids.filtered(lambda attention: attention.reason == reason)
