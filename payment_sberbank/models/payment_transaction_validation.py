from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, ValidationError

from .. import const
from . import payer_words


class PaymentTransaction(models.Model):
    """Cards are saved without a payment: the bank verifies one, and takes nothing.

    Odoo calls it the validation of a payment method, the bank a verification (`VERIFY`). When the
    bank has verified the card, it reverses the order at once, by its documents; where it leaves it
    held or paid, of nothing, the outcome is the same. There is nothing to book.
    """

    _inherit = 'payment.transaction'

    # === WHO MAY SAVE WHAT === #

    @api.constrains('operation', 'amount', 'partner_id', 'invoice_ids')
    def _check_sberbank_verification(self):
        """Let customers save cards of their own, after a login, and nothing else by the way.

        The core's routes take from a browser that no payment is wanted, whatever they are for.
        """
        for tx in self.filtered(lambda tx: tx._sberbank_is_verification()):
            if not tx._sberbank_may_save_for(self.env.user):
                raise AccessError(
                    self.env._("Customers save their cards themselves, after they have logged in.")
                )
            if tx.amount:
                raise ValidationError(
                    self.env._(
                        "A card is saved without money being taken. If the bank has taken some,"
                        " return it in the bank's cabinet."
                    )
                )
            pays = tx.invoice_ids or tx._sberbank_get_orders() or tx._sberbank_is_for_pos_order()
            is_card = tx.payment_method_id.code != const.SBP
            is_odd = tx.state == 'draft' and (tx.token_id or not (tx.tokenize and is_card))
            if pays or is_odd:
                raise ValidationError(self.env._("No card can be saved in this way."))

    def _sberbank_is_verification(self):
        """Tell whether a card is saved by it without a payment.

        :rtype: bool
        """
        self.ensure_one()
        return self.provider_code == const.PROVIDER_CODE and self.operation == 'validation'

    def _sberbank_may_save_for(self, user):
        """Tell whether somebody may save a card for its customer: they themselves, or the system.

        :param res.users user: Who it is.
        :rtype: bool
        """
        customer = self.partner_id.commercial_partner_id
        return user.id == SUPERUSER_ID or (
            bool(self.provider_id._sberbank_get_client_id(self.partner_id))
            and not user._is_public()
            and user.partner_id.commercial_partner_id == customer
        )

    def _sberbank_may_be_opened_by(self, user):
        """Tell whether the bank's page may be opened for somebody who has its token.

        Invoices are paid by whoever is sent the link. A card is saved by its customer only.

        :param res.users user: Who it is.
        :rtype: bool
        """
        return not self._sberbank_is_verification() or self._sberbank_may_save_for(user)

    # === WHAT THE BANK SAYS === #

    def _apply_updates(self, payment_data):
        """Override of `payment` to follow what became of the card: no money is looked for."""
        if not self._sberbank_is_verification():
            super()._apply_updates(payment_data)
            return
        order = payment_data['order']
        if mismatch := self._sberbank_describe_mismatch(order):
            self._sberbank_set_mismatch(mismatch)
        else:
            self._sberbank_attention_solved('mismatch')
            self._sberbank_note_order(order)
            self._sberbank_follow_verification(order)
        self._sberbank_end_silence()

    def _sberbank_follow_verification(self, order):
        if self.state == 'done':
            return
        if order.is_reversed or order.is_held or order.is_money_taken:
            self._sberbank_set_verified(order)
        elif order.is_declined:
            self._sberbank_set_not_saved('not_saved_in_time' if order.is_expired else 'not_saved')
        elif self.state == 'draft':
            self._set_pending()
            self.is_post_processed = True

    def _sberbank_set_verified(self, order):
        """Note that the bank has verified the card; the token is made next, if it keeps the card.

        The payer may have taken off the tick on the bank's page, and the bank may tell of what it
        keeps a moment later.
        """
        if self._sberbank_may_save_card(order):
            self._set_done(extra_allowed_states=('cancel',))
        else:
            self._sberbank_set_not_saved('not_kept')

    def _sberbank_set_not_saved(self, what):
        if self.state == 'cancel':
            return
        message = payer_words.tell_payer(self, what)
        self._set_canceled(state_message=message, extra_allowed_states=('error',))
        self._sberbank_came_to_nothing()
