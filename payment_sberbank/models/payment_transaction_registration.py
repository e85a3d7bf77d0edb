import secrets
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway
from ..gateway.wording import _lt
from ..log import get_logger

_logger = get_logger(__name__)

# Without letters and digits that are mistaken for each other when read out over the telephone.
ORDER_NUMBER_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
ORDER_NUMBER_UNIQUE_LENGTH = 12

# No document's name is longer.
MAX_PREFIX_LENGTH = 128

# What is read of a transaction to keep its order. All of it is far more.
OF_REGISTERED = (
    'amount',
    'create_date',
    'currency_id',
    'partner_id',
    'reference',
    'sberbank_next_ask_at',
    'sberbank_notified_at',
    'sberbank_order_number',
    'sberbank_registered_at',
    'state',
)


class PaymentTransaction(models.Model):
    """How a transaction gets to the bank's payment page: the order is registered once."""

    _inherit = 'payment.transaction'

    # === CONSTRAINT METHODS === #

    @api.constrains('provider_id', 'amount', 'currency_id', 'operation', 'invoice_ids')
    def _check_sberbank_can_be_paid(self):
        """Refuse what the core's routes let a browser ask for and the bank can't be paid."""
        for tx in self:
            if tx.provider_id.code != const.PROVIDER_CODE or tx.operation == 'refund':
                continue
            if tx.currency_id.name != gateway.CURRENCY_NAME:
                raise ValidationError(self.env._("Only roubles can be paid through Sberbank."))
            if tx.operation != 'validation':
                tx._check_sberbank_amount()
            if any(
                invoice.company_id.root_id != tx.provider_id.company_id.root_id
                for invoice in tx.invoice_ids
            ):
                raise ValidationError(self.env._("This invoice is of another company."))

    def _check_sberbank_amount(self):
        try:
            amount = self._sberbank_get_amount()
        except gateway.NotWholeKopecks as error:
            raise ValidationError(
                self.env._(
                    "%(amount)s roubles are no whole number of kopecks and can't be paid through"
                    " Sberbank. Nothing was charged.",
                    amount=self.amount,
                )
            ) from error
        if not 0 < amount <= gateway.MAX_AMOUNT:
            raise ValidationError(self.env._("This amount can't be paid through Sberbank."))

    # === BUSINESS METHODS - PRE-PROCESSING === #

    @api.model
    def _compute_reference(self, provider_code, prefix=None, separator='-', **kwargs):
        """Override of `payment` to make one short line of what a browser wishes it to begin with.

        The core writes references into its log, and has an index of them.
        """
        if provider_code == const.PROVIDER_CODE and prefix:
            prefix = gateway.printable(str(prefix), MAX_PREFIX_LENGTH).strip()
        return super()._compute_reference(
            provider_code, prefix=prefix, separator=separator, **kwargs
        )

    def _get_specific_rendering_values(self, processing_values):
        """Override of `payment` to send the payer to the bank by way of our own route.

        The order is registered there and not here: this method runs in the database transaction
        that creates the payment transaction. If that one is rolled back and run again, or its
        worker dies, an order at the bank must not be left behind under a number that nobody knows.
        """
        if self.provider_code != const.PROVIDER_CODE:
            return super()._get_specific_rendering_values(processing_values)
        return {
            'api_url': const.PAY_ROUTE,
            'reference': self.reference,
            'access_token': self._sberbank_get_access_token(),
        }

    def _sberbank_can_open_page(self):
        """Tell whether the payer may be sent to the bank's page.

        :rtype: bool
        """
        self.ensure_one()
        if self.state not in ('draft', 'pending') or self.provider_id.state == 'disabled':
            return False
        if self._sberbank_is_charged_here():
            return False
        if not self.sberbank_form_url:
            return self.state == 'draft'
        life = timedelta(seconds=const.SESSION_TIMEOUT_SECS)
        return fields.Datetime.now() < self.sberbank_registered_at + life

    def _sberbank_open_page(self, language):
        """Return the address of the bank's payment page, registering the order at the first call.

        Workers that come here for the same transaction wait for each other, so that the order is
        registered once; with all that the bank is asked, that takes `BANK_PATIENCE_SECS` at most.
        No database row is locked while the bank is asked: the bank may well call us back before it
        answers.

        It is done in the caller's database transaction, which is committed before the bank is asked
        and after.

        :param str language: The payer's language, an Odoo language code.
        :return: The address, which is on one of the bank's hosts.
        :rtype: str
        :raise gateway.GatewayError: If there is no page to go to.
        :raise psycopg2.errors.SerializationFailure: If another worker has registered the order
            since the caller looked: all of it begins anew then, as requests do by themselves.
        """
        self.ensure_one()
        deadline = time.monotonic() + const.BANK_PATIENCE_SECS
        with self._sberbank_registration_turn() as tx:
            if tx.sberbank_order_number:
                tx._sberbank_look_anew()
            is_allowed = tx._sberbank_get_page_rule()
            form_url = tx.sberbank_form_url
            if not form_url:
                form_url = tx._sberbank_register(language, deadline - time.monotonic()).form_url
        if not is_allowed(form_url):
            tx._sberbank_refuse_page(form_url)
        return form_url

    def _sberbank_register(self, language, time_limit):
        """Register the order at the bank, or find it there if an earlier answer was lost.

        :param str language: The payer's language, an Odoo language code.
        :param float time_limit: Seconds that all of it may take.
        :rtype: gateway.Registered
        :raise gateway.GatewayError: If the order could not be registered.
        """
        if self.is_live != (self.provider_id.state == 'enabled'):
            raise gateway.WrongSettings(
                _lt(
                    "The provider was switched between its test and its live gateway after this"
                    " payment was begun. It has to be begun anew."
                )
            )
        self._sberbank_ready_receipt()
        is_allowed = self._sberbank_get_page_rule()
        tx = self._sberbank_for_staff()
        exchanges = self.env['sberbank.exchange']._collector()
        client = self._sberbank_get_client(
            time_limit=time_limit,
            # What was written down is there for good before the bank hears of it.
            before_call=self.env.cr.commit,
            on_exchange=exchanges.recorder(self.id, tx.env.lang),
        )
        try:
            registered = self._sberbank_register_by_number(client, language)
            registered = self._sberbank_correct_page(registered, is_allowed)
            tx._sberbank_keep_order(registered, exchanges)
        finally:
            # What was asked was asked, whatever becomes of the answer.
            exchanges.save()
        return registered

    def _sberbank_register_by_number(self, client, language):
        """Register the order under a number that nobody else uses.

        :param gateway.GatewayClient client: The client to talk to the bank with.
        :param str language: The payer's language, an Odoo language code.
        :rtype: gateway.Registered
        :raise gateway.GatewayError: If the order could not be registered.
        """
        self._sberbank_look_for_card(client)
        for _attempt in range(const.MAX_ORDER_NUMBERS):
            self._sberbank_reserve_order_number()
            registered = self._sberbank_register_or_recover(client, language)
            if registered:
                return registered
            self.sberbank_order_number = False
        raise gateway.OrderNumberTaken(
            _lt("Every order number that was tried is taken."), code='1', message=''
        )

    def _sberbank_reserve_order_number(self):
        """Write down the number for when the bank hears of it: what is asked can be found again."""
        if self.sberbank_order_number:
            return
        unique = ''.join(
            secrets.choice(ORDER_NUMBER_ALPHABET) for _i in range(ORDER_NUMBER_UNIQUE_LENGTH)
        )
        self.write({
            'sberbank_order_number': gateway.order_number(self.reference, unique),
            'sberbank_next_ask_at': self._sberbank_get_next_ask_at(),
        })

    def _sberbank_register_or_recover(self, client, language):
        """Register the order under its number, or find it if it is registered already.

        :return: The order, or None: another number is needed.
        :rtype: gateway.Registered|None
        :raise gateway.GatewayError: If the order could not be registered.
        """
        try:
            return self._sberbank_register_once(client, language)
        except gateway.OrderNumberTaken:
            order = self._sberbank_find_lost_order(client)
        except gateway.Refused as refusal:
            self._sberbank_drop_refused_receipt(refusal)
            raise
        except gateway.Unavailable as error:
            order = self._sberbank_find_lost_order(client) if error.may_have_reached else None
            if not order:
                raise
        return self._sberbank_recover_order(client, order) if order else None

    def _sberbank_keep_order(self, registered, exchanges):
        """Write down the order, and what was asked for it, for good.

        The bank's notification may have come before its answer.

        :param gateway.Registered registered: The order.
        :param sberbank.exchange.Collector exchanges: What was asked.
        :return: None
        """
        self._sberbank_lock_latest_rows()
        self.fetch(OF_REGISTERED)
        self.write({
            'provider_reference': registered.order_id,
            'sberbank_form_url': registered.form_url,
            'sberbank_registered_at': fields.Datetime.now(),
        })
        self._sberbank_schedule()
        self._sberbank_supersede_others()
        self._sberbank_attention_solved('no_receipt')
        # All else is logged by one of the three, which so lead to one another.
        _logger.info(
            "%s is order %s = %s at the bank.",
            self.reference,
            self.sberbank_order_number,
            registered.order_id,
        )
        exchanges.commit_with(self.env)
