from dataclasses import replace

from odoo import models

from .. import const, gateway
from ..log import get_logger

_logger = get_logger(__name__)

# With these codes the bank refuses a field or its value, and other things, too. A refused
# registration has no effect: the same number can be registered again.
FIELD_CODES = ('4', '5', '9')


class PaymentTransaction(models.Model):
    """What the bank is told about an order. What is only convenient is no condition of paying."""

    _inherit = 'payment.transaction'

    def _sberbank_register_once(self, client, language):
        """Register the order, if need be with less than would be convenient.

        :param gateway.GatewayClient client: Whom to ask through.
        :param str language: The payer's language, an Odoo language code.
        :rtype: gateway.Registered
        :raise gateway.GatewayError: If it was not registered.
        """
        register = (
            client.register_pre_auth if self.provider_id.capture_manually else client.register
        )
        full = self._sberbank_prepare_order(language)
        quiet, bare = replace(full, callback_url=None), _leave_out_all(full)
        refusals = []
        # Without what is saved, a charge of it is none.
        is_charge = self._sberbank_is_charged_here()
        anyone = full if is_charge else replace(full, card=None, sbp=None)
        for told in dict.fromkeys((full, anyone, quiet, bare)):
            try:
                registered = register(told)
                break
            except gateway.OrderNumberTaken:
                raise
            except gateway.Refused as refusal:
                refusals.append(refusal)
                if refusal.code not in FIELD_CODES:
                    raise
        else:
            raise refusals[0]  # It is about no field that can be left out.
        if refusals:
            _logger.warning("The bank took order %s with less: %s", self.reference, refusals[0])
        if told == anyone != full and self.tokenize:
            what = 'accounts' if full.sbp else 'cards'
            self.provider_id._sberbank_note_refusal(f'sberbank_{what}_refused_by', self.is_live)
        if told == quiet != full:
            self.provider_id._sberbank_note_refusal('sberbank_callback_refused_by', self.is_live)
        return registered

    def _sberbank_prepare_order(self, language):
        """Return what register.do is told about the order.

        :param str language: The payer's language, an Odoo language code.
        :rtype: gateway.NewOrder
        """
        return gateway.NewOrder(
            order_number=self.sberbank_order_number,
            amount=self._sberbank_get_amount(),
            return_url=self._sberbank_get_return_url(),
            description=gateway.clean_description(self._sberbank_get_description()),
            language='ru' if (language or 'ru').startswith('ru') else 'en',
            email=self.partner_email or None,
            session_timeout_secs=const.SESSION_TIMEOUT_SECS,
            callback_url=self.provider_id._sberbank_get_order_callback_url(self.is_live),
            receipt=self._sberbank_get_noted_receipt(),
            card=self._sberbank_get_card(),
            sbp=self._sberbank_get_sbp(),
        )

    def _sberbank_get_description(self):
        """Return what the bank writes of the order, also in its register, which has no number else.

        :rtype: str
        """
        return f'{self.sberbank_order_number} {self._sberbank_get_subject()}'

    def _sberbank_get_subject(self):
        if invoices := self.invoice_ids.filtered('name'):
            return ', '.join(invoices.mapped('name'))
        if self.sberbank_is_topup:
            return self.with_context(lang=self.partner_lang).env._(
                "Account top-up %(reference)s", reference=self.reference
            )
        return self.reference


def _leave_out_all(order):
    """Return the order with nothing but what every gateway must know.

    :param gateway.NewOrder order: The order.
    :rtype: gateway.NewOrder
    """
    is_from_account = bool(order.sbp and order.sbp.purpose is None)
    return gateway.NewOrder(
        order_number=order.order_number,
        amount=order.amount,
        return_url=order.return_url,
        # A charge of an account needs it.
        description=order.description if is_from_account else None,
        language=None,
        session_timeout_secs=None,
        receipt=order.receipt,
        card=order.card if order.card and order.card.without_payer else None,
        sbp=order.sbp if is_from_account else None,
    )
