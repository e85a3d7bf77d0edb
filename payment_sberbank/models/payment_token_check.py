from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from .. import gateway
from ..claims import claim_due
from ..log import get_logger

_logger = get_logger(__name__)

# How often the bank is asked whether a card is still on file, and when again if it gave no answer.
CHECK_INTERVAL = timedelta(days=1)
SILENCE_INTERVAL = timedelta(hours=1)

# Customers about whom the bank is asked in one run of the job at most.
CUSTOMERS_PER_RUN = 200

# The bank may list a card a while after it was saved.
TOO_NEW = timedelta(minutes=30)


class PaymentToken(models.Model):
    """What the bank does to a card on file by itself is found out: removed, or issued anew."""

    _inherit = 'payment.token'

    sberbank_check_at = fields.Datetime(
        string="Looked for at the Bank at",
        help="When the bank is asked next whether the card is still on file.",
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_system',
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have each card on file looked for."""
        tokens = super().create(vals_list)
        if cards := tokens.sudo()._sberbank_filter_cards():
            cards.sberbank_check_at = fields.Datetime.now() + CHECK_INTERVAL
        return tokens

    @api.model
    def _cron_sberbank_check_cards(self):
        """Ask the bank which cards it still has, once for all cards of a customer.

        No database row is locked while the bank is asked, and each answer is committed by itself.
        """
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        patience = gateway.Patience()
        for _customer in range(CUSTOMERS_PER_RUN):
            token = claim_due(
                self, 'sberbank_check_at', until=fields.Datetime.now() + CHECK_INTERVAL, limit=1
            )
            if not token:
                return
            token._sberbank_check(patience)
            if not self.env['ir.cron']._commit_progress(1):
                break
        self.env['ir.cron']._sberbank_get_job('check_cards')._trigger()

    def _sberbank_check(self, patience):
        """Ask the bank about the cards of the token's customer, and follow its answer.

        A bank that gives no usable answer takes no card away.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :return: None
        """
        self.ensure_one()
        tokens = self._sberbank_get_customers_cards()
        if self not in tokens:
            self.sberbank_check_at = False
            return
        if self._sberbank_is_elsewhere():
            return
        client = self.provider_id._sberbank_get_client(is_live=self.sberbank_is_live)
        question = partial(client.get_bindings, self.sberbank_client_id)
        self.env.cr.commit()  # pylint: disable=invalid-commit  # Hold nothing meanwhile.
        try:
            on_file = patience.ask(self.provider_id.id, question)
        except gateway.GatewayError as error:
            _logger.warning("No word of the bank on the saved cards %s: %s", tokens.ids, error)
            self._sberbank_check_later(error)
            return
        tokens._sberbank_follow_bank({each.binding_id: each for each in on_file})

    def _sberbank_get_customers_cards(self):
        """Return the cards in use that the bank has under the same name of a customer.

        :rtype: payment.token
        """
        return self.search([
            ('provider_id', '=', self.provider_id.id),
            ('sberbank_client_id', '=', self.sberbank_client_id),
            ('sberbank_place', '=', self.sberbank_place),
            ('sberbank_is_live', '=', self.sberbank_is_live),
        ])

    def _sberbank_check_later(self, error):
        if isinstance(error, gateway.Unavailable):
            self.sberbank_check_at = fields.Datetime.now() + SILENCE_INTERVAL

    def _sberbank_follow_bank(self, on_file):
        """Take out of use what the bank has no more, and note until when the others last.

        :param dict[str, gateway.Binding] on_file: What it has, by its ids.
        :return: None
        """
        now = fields.Datetime.now()
        for token in self:
            binding = on_file.get(token.provider_ref)
            if binding and binding.is_active:
                token._sberbank_note_expiration(binding.expiration)
            elif token.create_date < now - TOO_NEW:
                token._sberbank_end(self.env._("The bank has the card on file no more."))
        in_use = self.filtered('active')
        in_use.sberbank_check_at = now + CHECK_INTERVAL
        (self - in_use).sberbank_check_at = False

    def _sberbank_note_expiration(self, expiration):
        """Note the last month of a card that was issued anew.

        :param str|None expiration: `YYYYMM`, if the bank tells it.
        :return: None
        """
        if expiration and expiration != self.sberbank_expiration:
            self.sberbank_expiration = expiration
