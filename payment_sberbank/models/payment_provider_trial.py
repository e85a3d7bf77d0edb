from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.payment.utils import singularize_reference_prefix

from .. import const, gateway

# One rouble, in kopecks.
TRIAL_AMOUNT = 100

DONE, MISSING = '\N{CHECK MARK}', '\N{WHITE CIRCLE}'


class PaymentProvider(models.Model):
    """A button that has a rouble walk the whole way, how far it got, and the last notification."""

    _inherit = 'payment.provider'

    sberbank_trial_id = fields.Many2one(
        string="Latest Test Payment",
        help="The latest one at the gateway, test or live, that the provider is set to.",
        comodel_name='payment.transaction',
        compute='_compute_sberbank_trial',
        groups='base.group_system',
    )
    sberbank_trial_steps = fields.Text(
        string="How Far It Got", compute='_compute_sberbank_trial', groups='base.group_system'
    )
    sberbank_last_notification = fields.Char(
        string="Last Notification",
        compute='_compute_sberbank_last_notification',
        groups='base.group_system',
    )

    # === COMPUTE METHODS === #

    @api.depends('state')
    @api.depends_context('lang', 'tz')
    def _compute_sberbank_trial(self):
        self.sberbank_trial_id = self.sberbank_trial_steps = False
        for provider in self._sberbank_filter():
            trial = provider._sberbank_find_trial()
            provider.sberbank_trial_id = trial
            steps = trial.sudo()._sberbank_list_trial_steps() if trial else []
            provider.sberbank_trial_steps = '\n'.join(
                f'{DONE if is_done else MISSING} {sentence}' for is_done, sentence in steps
            )

    @api.depends_context('lang', 'tz')
    def _compute_sberbank_last_notification(self):
        exchanges = self.env['sberbank.exchange'].sudo()  # Those of all companies.
        ways = dict(exchanges._fields['signature']._description_selection(self.env))
        self.sberbank_last_notification = False
        for provider in self._sberbank_filter():
            latest = exchanges._find_latest_notification(provider._origin)
            if not latest:
                provider.sberbank_last_notification = self.env._("None is on record.")
                continue
            moment = format_datetime(self.env, latest.time)
            provider.sberbank_last_notification = (
                self.env._("%(time)s. Checksum: %(way)s.", time=moment, way=ways[latest.signature])
                if latest.signature
                else moment
            )

    # === ACTION METHODS === #

    def action_sberbank_make_trial(self):
        """Begin a payment of one rouble, and open the bank's page as for any payer.

        It is a top-up of the company's own account: it settles nobody's debts.

        :return: The action that opens the page.
        :rtype: dict
        :raise UserError: If nobody could pay.
        """
        self._sberbank_check_trial()
        tx = self._sberbank_create_trial()
        return {'type': 'ir.actions.act_url', 'url': tx._sberbank_get_pay_url(), 'target': 'new'}

    def action_sberbank_check_trial(self):
        """Ask the bank once about the latest test payment, and show how far it got.

        :return: The action that shows the result.
        :rtype: dict
        :raise UserError: If it is not one provider of ours.
        """
        self._sberbank_check_one()
        trial = self._sberbank_find_trial()
        if trial.sberbank_order_number:
            return trial.action_sberbank_ask_bank()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    # === BUSINESS METHODS === #

    def _sberbank_find_trial(self):
        """Return the latest test payment at the gateway that the provider is set to, or none.

        :rtype: payment.transaction
        """
        return self.env['payment.transaction'].search(
            [
                ('provider_id', '=', self._origin.id),
                ('is_live', '=', self.state == 'enabled'),
                ('sberbank_is_trial', '=', True),
            ],
            order='id desc',
            limit=1,
        )

    def _sberbank_check_one(self):
        self.check_access('write')
        if len(self) != 1 or self.code != const.PROVIDER_CODE:
            raise UserError(self.env._("Choose the payment provider that is tried."))

    def _sberbank_check_trial(self):
        self._sberbank_check_one()
        if self.state == 'disabled':
            raise UserError(self.env._("Set the provider to Test Mode or Enabled first."))
        if not self.sudo()._sberbank_has_credentials():
            raise UserError(self.env._("Enter the user name and the password first."))

    def _sberbank_create_trial(self):
        """Make the transaction as the route of top-ups does. Its limits are for customers.

        :return: The transaction, sudoed.
        :rtype: payment.transaction
        :raise UserError: If no payment method can be used.
        """
        payer = self.company_id.partner_id
        method = self._sberbank_get_topup_method(payer)
        if not method:
            raise UserError(
                self.env._(
                    "Nobody can pay yet: activate a payment method of this provider, and the"
                    " rouble as a currency."
                )
            )
        txs_sudo = self.env['payment.transaction'].sudo()
        txs_sudo = txs_sudo.with_context(sberbank_claim_reference=True)
        tx_sudo = txs_sudo.create({
            'provider_id': self.id,
            'payment_method_id': method.id,
            'reference': txs_sudo._compute_reference(
                self.code, prefix=singularize_reference_prefix(prefix='TEST')
            ),
            'amount': gateway.to_roubles(TRIAL_AMOUNT),
            'currency_id': self.sberbank_currency_id.id,
            'partner_id': payer.id,
            'operation': 'online_redirect',
            'sberbank_is_topup': True,
            'sberbank_is_trial': True,
        })
        tx_sudo.landing_route = tx_sudo._sberbank_get_result_url()
        return tx_sudo
