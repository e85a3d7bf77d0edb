from odoo import api, fields, models

from .. import const, gateway


class PaymentProvider(models.Model):
    """What an administrator still has to do until customers can pay, and what will soon be in the
    way.
    """

    _inherit = 'payment.provider'

    sberbank_todo = fields.Text(string="To Do", compute='_compute_sberbank_todo')

    # === COMPUTE METHODS === #

    @api.depends(
        'code',
        'company_id.currency_id',
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
        if books := self._sberbank_describe_foreign_books():
            yield books
        if not self._sberbank_has_credentials():
            yield self.env._("Enter the user name and the password of the bank's API (1).")
        if cash_desk := self._sberbank_describe_cash_desk():
            yield cash_desk
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

    def _sberbank_describe_cash_desk(self):
        """Say what is to be done about the cash desk.

        :return: What, in the reader's language, or None.
        :rtype: str|None
        """
        currency = self.journal_id.currency_id.name
        if self.journal_id and currency in (False, gateway.CURRENCY_NAME):
            return None
        if self.journal_id:
            return self.env._(
                "The cash desk \"%(cash_desk)s\" is in %(currency)s: choose one in roubles (2).",
                cash_desk=self.journal_id.name,
                currency=currency,
            )
        if self._sberbank_has_cash_desks():
            return self.env._("Choose the cash desk that the money is booked to (2).")
        return self.env._(
            "The company has no bank or cash journal to choose as the cash desk (2). Choose a chart"
            " of accounts first (Invoicing → Configuration → Settings), which brings them."
        )

    def _sberbank_has_cash_desks(self):
        journals = self.env['account.journal']
        of_company = journals._check_company_domain(self.company_id)
        return bool(journals.search_count([*of_company, ('type', 'in', ('bank', 'cash'))], limit=1))
