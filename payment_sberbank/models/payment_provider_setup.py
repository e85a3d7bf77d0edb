from odoo import api, fields, models

from .. import const


class PaymentProvider(models.Model):
    """What an administrator still has to do until customers can pay, and what will soon be in the
    way.
    """

    _inherit = 'payment.provider'

    sberbank_todo = fields.Text(string="To Do", compute='_compute_sberbank_todo')

    # === COMPUTE METHODS === #

    @api.depends(
        'code',
        'state',
        'is_published',
        'journal_id',
        'sberbank_gateway',
        'sberbank_custom_dialect',
        'sberbank_username',
        'sberbank_password',
        'sberbank_token',
        'sberbank_callback_key',
        'sberbank_callback_certificate',
        'sberbank_ca_certificates',
    )
    @api.depends_context('lang')
    def _compute_sberbank_todo(self):
        for provider in self:
            steps = []
            if provider.code == const.PROVIDER_CODE:
                steps = [*provider.sudo()._sberbank_list_steps()]
            provider.sberbank_todo = '\n'.join(f'• {step}' for step in steps)

    # === BUSINESS METHODS === #

    def _sberbank_list_steps(self):
        """Yield what is to be done next, in the order in which one has what it needs.

        :rtype: Iterator[str]
        """
        self.ensure_one()
        if not self._sberbank_has_credentials():
            yield self.env._("Enter the user name and the password of the bank's API (1).")
        if not self.journal_id:
            yield self.env._("Choose the cash desk that the money is booked to (2).")
        if not (self.sberbank_speaks_json or self._sberbank_checks_signatures()):
            yield self.env._(
                "Hand the callback address to the bank and enter the callback key from its cabinet"
                " (3). Without the key a notification can't be told from a forged one: it is then"
                " only a reason to ask the bank."
            )
        if self.state == 'disabled':
            yield self.env._(
                "Set the provider to Test Mode, publish it, and make a test payment (5)."
            )
        elif not self.is_published:
            yield self.env._("Publish the provider: customers do not see it yet.")
        for certificate in self._sberbank_find_expiring_certificates():
            yield self._sberbank_describe_expiry(certificate)
