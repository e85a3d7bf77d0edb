from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import gateway
from ..wording import translate


class PaymentToken(models.Model):
    """An account that a payer has bound by SBP: how it is shown, and its end.

    The bank has no method that lists bound accounts or ends a binding. What is removed here is
    charged no more; the payer ends the binding itself in their bank's app. What they have ended
    there is found out by the next charge, which is declined.

    No code is asked for when an account is charged. So only the person who has bound it pays from
    it in the portal. Their colleagues, who share saved cards, see it and can remove it.
    """

    _inherit = 'payment.token'

    sberbank_member_id = fields.Char(
        string="Payer's Bank in SBP",
        help="The number by which SBP knows the bank of the saved account (memberId).",
        readonly=True,
        copy=False,
        groups='base.group_system',
    )

    sberbank_bound_by_id = fields.Many2one(
        string="Saved by",
        help="Who has saved the account, if they had a login. Nobody else pays from it in the"
        " portal.",
        comodel_name='res.partner',
        readonly=True,
        copy=False,
        groups='base.group_system',
    )

    def write(self, vals):
        """Override of `payment` to revive no account: its owner's consent has ended."""
        if vals.get('active'):
            ended = self.sudo().filtered('sberbank_end_reason')
            if any(ended.mapped('sberbank_member_id')):
                raise UserError(
                    self.env._(
                        "This SBP account is saved no more. The customer saves it again by paying"
                        " from it."
                    )
                )
        return super().write(vals)

    def _handle_archiving(self):  # pylint: disable=missing-return
        """Override of `payment` to say what is left to do, where the bank can't be asked to."""
        super()._handle_archiving()
        accounts = self.filtered('sberbank_member_id')
        if accounts and not self.env.context.get('sberbank_keep_at_bank'):
            accounts.sberbank_end_reason = self.env._(
                "Removed by the customer or by staff: it is charged no more. The binding itself is"
                " ended by the customer in their bank's app."
            )

    def _build_display_name(self, *args, max_length=34, should_pad=True, **kwargs):
        """Override of `payment` to tell the bank of an account and since when it is saved."""
        self.ensure_one()
        member_id = self.sudo().sberbank_member_id
        if not member_id:
            return super()._build_display_name(
                *args, max_length=max_length, should_pad=should_pad, **kwargs
            )
        bank = translate(gateway.bank_of_member(member_id), self.env.lang)
        parts = [self.env._("SBP"), bank, format_date(self.env, self.create_date)]
        names = [' · '.join(parts[:count]) for count in (3, 2, 1)]
        return next((name for name in names if len(name) <= max_length), names[-1][:max_length])
