from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import const, gateway
from ..claims import claim_due
from ..log import get_logger

_logger = get_logger(__name__)

# While the bank is silent, or refuses for a reason that may pass, it is asked that often to remove
# a card, and for so long.
UNBIND_INTERVAL = timedelta(hours=1)
UNBIND_PATIENCE = timedelta(days=30)

# With these codes the bank says that the card is on file no more, or never was.
GONE_CODES = ('1', '2', '6', '15')

# What ties a token to a card on file at the bank.
TIES = {'provider_id', 'provider_ref', 'partner_id', 'payment_method_id'}


class PaymentToken(models.Model):
    """A card on file at the bank (a binding), and how it is taken off."""

    _inherit = 'payment.token'

    sberbank_place = fields.Char(
        string="Gateway",
        help="The gateway where the card is on file. It is charged at no other.",
        readonly=True,
        copy=False,
        groups='base.group_system',
    )
    sberbank_is_live = fields.Boolean(
        string="Real Card", readonly=True, copy=False, groups='base.group_system'
    )
    sberbank_client_id = fields.Char(
        string="Customer at the Bank",
        help="The name by which the bank knows whose card it is (clientId).",
        readonly=True,
        copy=False,
        groups='base.group_system',
    )
    sberbank_expiration = fields.Char(
        string="Expires", help="The card's last month.", readonly=True, copy=False
    )
    sberbank_end_reason = fields.Char(
        string="Why It Is out of Use", readonly=True, copy=False, groups='base.group_system'
    )
    sberbank_unbind_at = fields.Datetime(
        string="Removed at the Bank at",
        help="When the bank is asked to remove the card, the next time.",
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_system',
    )

    _sberbank_binding_uniq = models.UniqueIndex(
        '(provider_id, provider_ref) WHERE sberbank_place IS NOT NULL AND active'
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to let nobody make up a card that is on file."""
        tokens = super().create(vals_list)
        if not self.env.su and any(tokens.sudo().mapped('sberbank_place')):
            self._sberbank_refuse_made_up_card()
        return tokens

    def write(self, vals):
        """Override of `payment` to let nobody change what is on file, or revive what is not."""
        ours = self.sudo().filtered('sberbank_place')
        own = {name for name in vals if name.startswith('sberbank_')}
        if not self.env.su and (own or (ours and TIES & vals.keys())):
            self._sberbank_refuse_made_up_card()
        if vals.get('active') and any(ours.mapped('sberbank_end_reason')):
            raise UserError(
                self.env._(
                    "This card is on file at the bank no more. The customer saves it again by"
                    " paying with it."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_file(self):
        ours = self.sudo().filtered('sberbank_place')
        if any(token.active or token.sberbank_unbind_at for token in ours):
            raise UserError(
                self.env._(
                    "Archive the card: it is removed at the bank, too. Then it can be deleted."
                )
            )

    @api.model
    def _sberbank_refuse_made_up_card(self):
        raise AccessError(
            self.env._("Saved cards are what is on file at Sberbank. Nobody changes them by hand.")
        )

    def _handle_archiving(self):  # pylint: disable=missing-return
        """Override of `payment` to have the bank remove the card as well, later and for sure."""
        super()._handle_archiving()
        ours = self._sberbank_filter_cards()
        if ours and not self.env.context.get('sberbank_keep_at_bank'):
            ours.write({
                'sberbank_unbind_at': fields.Datetime.now(),
                'sberbank_end_reason': self.env._("Removed by the customer or by staff."),
            })
            self.env['ir.cron']._sberbank_get_job('remove_cards')._trigger()

    # === WHOSE, AND WHERE === #

    def _get_available_tokens(self, providers_ids, partner_id, is_validation=False, **kwargs):
        """Override of `payment` to show a company's cards to its people, and to nobody else.

        Whoever has no login may hold a link that was passed on.
        """
        tokens = super()._get_available_tokens(
            providers_ids, partner_id, is_validation=is_validation, **kwargs
        )
        if is_validation:
            return tokens
        customer = self.env['res.partner'].browse(partner_id).commercial_partner_id
        shared = self.search([
            ('provider_id', 'in', providers_ids),
            ('provider_id.code', '=', const.PROVIDER_CODE),
            ('partner_id', '=', customer.id),
        ])
        return (tokens | shared).filtered(
            lambda token: (
                token.provider_code != const.PROVIDER_CODE
                or (token._sberbank_is_usable() and token._sberbank_belongs_to(self.env.user))
            )
        )

    def _sberbank_is_usable(self):
        """Tell whether the card is on file at the gateway that is in use, and of its kind.

        :rtype: bool
        """
        self.ensure_one()
        token_sudo = self.sudo()
        provider_sudo = token_sudo.provider_id
        return bool(
            token_sudo.active
            and provider_sudo.state != 'disabled'
            and token_sudo.sberbank_place
            and token_sudo.sberbank_place == provider_sudo._sberbank_get_place()
            and token_sudo.sberbank_is_live == (provider_sudo.state == 'enabled')
        )

    def _sberbank_filter_cards(self):
        """Leave out what is no saved card: others' tokens, and accounts that are bound by SBP.

        :rtype: payment.token
        """
        return self.filtered(lambda token: token.sberbank_place and not token.sberbank_member_id)

    def _sberbank_belongs_to(self, user):
        """Tell whether somebody may pay with the card: its owner, their colleagues, and staff.

        From an account: the person who has bound it, and staff.

        :param res.users user: Who it is.
        :rtype: bool
        """
        self.ensure_one()
        if user._is_internal():
            return True
        token_sudo = self.sudo()
        customer = token_sudo.partner_id.commercial_partner_id
        if user._is_public() or user.partner_id.commercial_partner_id != customer:
            return False
        is_card = not token_sudo.sberbank_member_id
        return is_card or token_sudo.sberbank_bound_by_id == user.partner_id

    def _build_display_name(self, *args, max_length=34, should_pad=True, **kwargs):
        """Override of `payment` to tell the card's system and its last month, if there is room."""
        self.ensure_one()
        name = super()._build_display_name(
            *args, max_length=max_length, should_pad=should_pad, **kwargs
        )
        if self.provider_code != const.PROVIDER_CODE or not self.sberbank_expiration:
            return name
        year, month = self.sberbank_expiration[2:4], self.sberbank_expiration[4:]
        full = f'{name} · {self.payment_method_id.sudo().name} · {month}/{year}'
        return full if len(full) <= max_length else name

    # === THE END OF A CARD === #

    def _sberbank_end(self, reason):
        """Take the card out of use, for the bank has it no more or it can't be charged any more.

        :param str reason: Why, for staff.
        :return: None
        """
        for token in self.filtered('active'):
            _logger.info("Saved card %s is out of use: %s", token.id, reason)
            token.with_context(sberbank_keep_at_bank=True).write({
                'active': False,
                'sberbank_end_reason': reason,
            })

    @api.model
    def _cron_sberbank_remove_cards(self):
        """Have the bank remove the cards that were removed here.

        No database row is locked while the bank is asked, and each answer is committed by itself.
        """
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        while token := claim_due(
            self, 'sberbank_unbind_at', until=fields.Datetime.now() + UNBIND_INTERVAL, limit=1
        ):
            token._sberbank_unbind()
            if not self.env['ir.cron']._commit_progress(1):
                return

    def _sberbank_unbind(self):
        """Have the bank remove the card, unless it was saved again since.

        :return: None
        """
        self.ensure_one()
        if self._sberbank_is_saved_again() or self._sberbank_is_elsewhere():
            self.sberbank_unbind_at = False
            return
        provider, binding_id = self.provider_id, self.provider_ref
        is_old = self.write_date < fields.Datetime.now() - UNBIND_PATIENCE
        try:
            client = provider._sberbank_get_client(is_live=self.sberbank_is_live)
            self.env.cr.commit()  # pylint: disable=invalid-commit  # Hold nothing meanwhile.
            client.unbind_card(binding_id)
        except gateway.GatewayError as error:
            is_gone = isinstance(error, gateway.Refused) and error.code in GONE_CODES
            if not (is_gone or is_old):
                _logger.warning("Saved card %s is not removed at the bank yet: %s", self.id, error)
                return
        self.sberbank_unbind_at = False

    def _sberbank_is_saved_again(self):
        return bool(
            self.search_count(
                [
                    ('provider_id', '=', self.provider_id.id),
                    ('provider_ref', '=', self.provider_ref),
                ],
                limit=1,
            )
        )

    def _sberbank_is_elsewhere(self):
        """Tell whether the gateway was changed: this one knows nothing of the card."""
        url = self.provider_id._sberbank_find_gateway_url(self.sberbank_is_live)
        return url != self.sberbank_place
