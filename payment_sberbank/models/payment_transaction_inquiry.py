from odoo import models
from odoo.exceptions import UserError

from .. import const, gateway
from ..toasts import toast_and_reload
from ..wording import describe_failure

# Transactions that staff may ask the bank about at once; they wait for the answers.
MAX_ASKED_BY_HAND = 20


class PaymentTransaction(models.Model):
    """How staff ask the bank about transactions, by a button."""

    _inherit = 'payment.transaction'

    def action_sberbank_ask_bank(self):
        """Ask the bank about the selected transactions and tell what came of it.

        :return: The action that shows the result.
        :rtype: dict
        """
        self.check_access('write')
        ours = self.sudo().filtered(
            lambda tx: tx.provider_code == const.PROVIDER_CODE and tx.sberbank_order_number
        )
        if not ours:
            raise UserError(self.env._("None of these transactions has an order at Sberbank."))
        if len(ours) > MAX_ASKED_BY_HAND:
            raise UserError(
                self.env._(
                    "Select %(maximum)s transactions at most: each is asked about one by one.",
                    maximum=MAX_ASKED_BY_HAND,
                )
            )
        patience = gateway.Patience()
        return toast_and_reload(
            '\n'.join(tx._sberbank_ask_by_hand(patience) for tx in ours),
            title=self.env._("The bank's answer"),
            sticky=True,
        )

    def _sberbank_ask_by_hand(self, patience):
        """Ask the bank and put what came of it in words.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :rtype: str
        """
        self.ensure_one()
        try:
            order = patience.ask(self.provider_id.id, self._sberbank_question())
        except gateway.GatewayError as error:
            return f'{self.reference}: {describe_failure(self.env, error)}'
        with self._sberbank_locked() as tx:
            before = tx.state
            tx._process(const.PROVIDER_CODE, {'order': order})
            states = dict(self._fields['state']._description_selection(self.env))
            if tx.state == before:
                return self.env._(
                    "%(reference)s: nothing new, it is still \"%(state)s\".",
                    reference=self.reference,
                    state=states[before],
                )
            return self.env._(
                "%(reference)s: \"%(before)s\" became \"%(after)s\".",
                reference=self.reference,
                before=states[before],
                after=states[tx.state],
            )
