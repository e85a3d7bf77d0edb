from dataclasses import replace

from odoo import models

from .. import const, gateway
from ..log import get_logger
from ..wording import describe_failure

_logger = get_logger(__name__)

# With these codes the bank refuses a field or its value, and other things, too. A refused
# registration has no effect: the same number can be registered again.
FIELD_CODES = ('4', '5', '9')

# With these, it refuses what the contract does not have: here, verifying a card, or holding money.
# The newer gateway says so by 5, too.
PERMISSION_CODES = ('13', '14')


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
        full = self._sberbank_prepare_order(language)
        if self.operation == 'validation':
            return self._sberbank_register_verification(client, full)
        register = (
            client.register_pre_auth if self.provider_id.capture_manually else client.register
        )
        quiet, bare = replace(full, callback_url=None), _leave_out_all(full)
        # Without what is saved, a charge of it is none.
        is_charge = self._sberbank_is_charged_here()
        anyone = full if is_charge else replace(full, card=None, sbp=None)
        registered, told = self._sberbank_register_with_less(
            register, (full, anyone, quiet, bare), FIELD_CODES
        )
        if told == anyone != full and self.tokenize:
            what = 'accounts' if full.sbp else 'cards'
            self.provider_id._sberbank_note_refusal(f'sberbank_{what}_refused_by', self.is_live)
        if told == quiet != full:
            self.provider_id._sberbank_note_refusal('sberbank_callback_refused_by', self.is_live)
        return registered

    def _sberbank_register_with_less(self, register, orders, codes):
        """Register the order as it is said first, or else as it is said next.

        :param callable register: Takes a `gateway.NewOrder` and has the bank register it.
        :param Iterable[gateway.NewOrder] orders: How it can be said, the best way first.
        :param tuple[str] codes: With which refusals the next way is tried.
        :return: The order, and what the bank was told.
        :rtype: tuple[gateway.Registered, gateway.NewOrder]
        :raise gateway.GatewayError: If it was not registered.
        """
        refusals = []
        for told in dict.fromkeys(orders):
            try:
                registered = register(told)
            except gateway.OrderNumberTaken:
                raise
            except gateway.Refused as refusal:
                refusals.append(refusal)
                if refusal.code not in codes:
                    raise
            else:
                if refusals:
                    _logger.warning(
                        "The bank took order %s with less: %s", self.reference, refusals[0]
                    )
                return registered, told
        raise refusals[0]  # It is about no field that can be left out.

    # === VERIFYING A CARD === #

    def _sberbank_register_verification(self, client, full):
        """Register the order by which a card is only verified: as a hold, if there are any.

        The bank advises that, so that nothing could be taken.

        :param gateway.GatewayClient client: Whom to ask through.
        :param gateway.NewOrder full: The order with all that is convenient.
        :rtype: gateway.Registered
        :raise gateway.GatewayError: If it was not registered.
        """
        codes = (*FIELD_CODES, *PERMISSION_CODES)
        try:
            registered, _told = self._sberbank_register_with_less(
                client.register_pre_auth, (full,), codes
            )
        except gateway.Refused as refusal:
            if isinstance(refusal, gateway.OrderNumberTaken) or refusal.code not in codes:
                raise
        else:
            return registered
        orders = (full, replace(full, callback_url=None), _leave_out_all(full))
        try:
            registered, _told = self._sberbank_register_with_less(client.register, orders, codes)
        except gateway.Refused as refusal:
            self._sberbank_note_no_verification(client, refusal)
            raise
        return registered

    def _sberbank_note_no_verification(self, client, refusal):
        """Remember that the gateway verifies no cards, and tell staff; the page offers it no more.

        A gateway that does not let us in says the same, and is asked for something else first.

        :param gateway.GatewayClient client: Whom to ask through.
        :param gateway.Refused refusal: What the bank said last.
        :return: None
        """
        provider = self.provider_id
        if refusal.code in FIELD_CODES:
            try:
                gateway.try_login(client, provider._sberbank_get_base_url())
            except gateway.GatewayError as error:
                _logger.warning("It is unknown whether cards can be verified: %s", error)
                return
        elif refusal.code not in PERMISSION_CODES:
            return
        provider._sberbank_note_refusal('sberbank_verification_refused_by', self.is_live)
        tx = self.with_context(lang=self._sberbank_get_staff_lang())
        tx._sberbank_need_attention('cards_refused', describe_failure(tx.env, refusal))
        self.env.cr.commit()  # pylint: disable=invalid-commit  # The page can't be opened.

    # === WHAT THE BANK IS TOLD === #

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
        self.invoice_ids.fetch(['name'])  # One column, and not a wide row.
        if invoices := self.invoice_ids.filtered('name'):
            return ', '.join(invoices.mapped('name'))
        if self.sberbank_is_topup:
            return self.with_context(lang=self.partner_lang).env._(
                "Account top-up %(reference)s", reference=self.reference
            )
        if self.operation == 'validation':
            return self.with_context(lang=self.partner_lang).env._(
                "Saving a card, nothing is charged %(reference)s", reference=self.reference
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
        card=order.card if _needs_card(order) else None,
        sbp=order.sbp if is_from_account else None,
    )


def _needs_card(order):
    """Tell whether the order is none without what it says of a card.

    :param gateway.NewOrder order: The order.
    :rtype: bool
    """
    return bool(order.card) and (order.card.without_payer or order.card.only_verified)
