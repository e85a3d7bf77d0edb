import logging
import re
import secrets
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlencode

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.payment import utils as payment_utils

from .. import const, gateway
from ..core import urljoin

_logger = logging.getLogger(__name__)

# A path of this system: not `//host`, which browsers take for another site, nor with a backslash,
# which they take for a slash.
LOCAL_ROUTE = re.compile(r'/(?![/\\])[^\x00-\x20\\]*')

# Without letters and digits that are mistaken for each other when read out over the telephone.
ORDER_NUMBER_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
ORDER_NUMBER_UNIQUE_LENGTH = 12

# How long a visitor waits, in milliseconds, while another worker registers the same order.
REGISTRATION_PATIENCE_MS = 15_000


class PaymentTransaction(models.Model):
    """How a transaction gets to the bank's payment page."""

    _inherit = 'payment.transaction'

    provider_reference = fields.Char(index='btree_not_null')  # Callbacks search by it.
    sberbank_order_number = fields.Char(
        string="Order Number at the Bank",
        help="The order's number that the bank's cabinet shows (orderNumber).",
        readonly=True,
        copy=False,
    )
    sberbank_form_url = fields.Char(
        string="Payment Page",
        help="The address of the order's payment page at the bank (formUrl).",
        readonly=True,
        copy=False,
    )
    sberbank_registered_at = fields.Datetime(
        string="Registered at the Bank", readonly=True, copy=False
    )

    _sberbank_order_number_uniq = models.UniqueIndex(
        '(sberbank_order_number) WHERE sberbank_order_number IS NOT NULL'
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('provider_id', 'amount', 'currency_id', 'operation', 'invoice_ids')
    def _check_sberbank_can_be_paid(self):
        """Refuse what the core's routes let a browser ask for and the bank can't be paid."""
        for tx in self:
            if tx.provider_id.code != const.PROVIDER_CODE or tx.operation == 'refund':
                continue
            if tx.currency_id.name != const.CURRENCY_NAME:
                raise ValidationError(self.env._("Only roubles can be paid through Sberbank."))
            if not 0 < tx._sberbank_get_amount() <= gateway.MAX_AMOUNT:
                raise ValidationError(self.env._("This amount can't be paid through Sberbank."))
            if any(
                invoice.company_id.root_id != tx.provider_id.company_id.root_id
                for invoice in tx.invoice_ids
            ):
                raise ValidationError(self.env._("This invoice is of another company."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to keep the payer's way within this system."""
        txs = super().create(vals_list)
        txs._sberbank_check_landing_route()
        return txs

    def write(self, vals):
        """Override of `payment` to keep the payer's way within this system."""
        result = super().write(vals)
        if vals.get('landing_route'):
            self._sberbank_check_landing_route()
        return result

    def _sberbank_check_landing_route(self):
        """Let no payer be led elsewhere at the end.

        The core takes the route from the browser, for whoever made the transaction. Our links take
        others there too, so that it must be neither another site's address nor a script.
        """
        self.filtered(
            lambda tx: (
                tx.provider_code == const.PROVIDER_CODE
                and tx.landing_route
                and not LOCAL_ROUTE.fullmatch(tx.landing_route)
            )
        ).landing_route = '/my'

    # === BUSINESS METHODS - PRE-PROCESSING === #

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

    def _sberbank_get_access_token(self, purpose='pay'):
        """Return the token that lets its holder pay this transaction and see what came of it.

        :param str purpose: `pay`, or `return` for the address that the bank is told.
        :rtype: str
        """
        self.ensure_one()
        return payment_utils.generate_access_token(
            'sberbank', purpose, self.reference, env=self.env
        )

    def _sberbank_get_pay_url(self):
        """Return the local address that leads to the bank's payment page.

        :rtype: str
        """
        self.ensure_one()
        query = {'reference': self.reference, 'access_token': self._sberbank_get_access_token()}
        return f'{const.PAY_ROUTE}?{urlencode(query)}'

    def _sberbank_get_return_url(self):
        self.ensure_one()
        query = {
            'ref': self.sberbank_order_number,
            'access_token': self._sberbank_get_access_token('return'),
        }
        return f'{urljoin(self.provider_id.get_base_url(), const.RETURN_ROUTE)}?{urlencode(query)}'

    def _sberbank_can_open_page(self):
        """Tell whether the payer may be sent to the bank's page.

        :rtype: bool
        """
        self.ensure_one()
        if self.state not in ('draft', 'pending') or self.provider_id.state == 'disabled':
            return False
        if not self.sberbank_form_url:
            return self.state == 'draft'
        life = timedelta(seconds=const.SESSION_TIMEOUT_SECS)
        return fields.Datetime.now() < self.sberbank_registered_at + life

    def _sberbank_open_page(self, language):
        """Return the address of the bank's payment page, registering the order at the first call.

        Workers that come here for the same transaction wait for each other, though not for ever, so
        that the order is registered once. No database row is locked while the bank is asked: the
        bank may well call us back before it answers.

        :param str language: The payer's language, an Odoo language code.
        :return: The address, which is on one of the bank's hosts.
        :rtype: str
        :raise gateway.GatewayError: If there is no page to go to.
        """
        self.ensure_one()
        with self._sberbank_registration_turn() as tx:
            return tx.sberbank_form_url or tx._sberbank_register(language).form_url

    @contextmanager
    def _sberbank_registration_turn(self):
        """Yield the transaction in a cursor of its own when no other worker registers its order.

        The lock is the session's and not the database transaction's: it outlives the commits that
        are made before and after the bank is asked.
        """
        lock = ('payment_sberbank', self.id)
        with self.env.registry.cursor() as cr:
            cr.execute(SQL('SET LOCAL lock_timeout = %s', REGISTRATION_PATIENCE_MS))
            try:
                cr.execute(
                    SQL('SELECT pg_advisory_lock(hashtext(%s), %s)', *lock), log_exceptions=False
                )
            except psycopg2.errors.LockNotAvailable as error:
                raise gateway.Unavailable(
                    "Another worker is still registering the order.", may_have_reached=False
                ) from error
            try:
                cr.commit()  # pylint: disable=invalid-commit  # See what the worker before us has written.
                yield self.with_env(api.Environment(cr, SUPERUSER_ID, dict(self.env.context)))
                cr.commit()  # pylint: disable=invalid-commit
            except BaseException:
                cr.rollback()
                raise
            finally:
                cr.execute(SQL('SELECT pg_advisory_unlock(hashtext(%s), %s)', *lock))

    def _sberbank_register(self, language):
        """Register the order at the bank, or find it there if an earlier answer was lost.

        :param str language: The payer's language, an Odoo language code.
        :rtype: gateway.Registered
        :raise gateway.GatewayError: If the order could not be registered.
        """
        client = self._sberbank_get_client()
        for _attempt in range(const.MAX_ORDER_NUMBERS):
            self._sberbank_reserve_order_number()
            registered = self._sberbank_register_or_recover(client, language)
            if registered:
                self._sberbank_keep_order(registered)
                return registered
            self.sberbank_order_number = False
        raise gateway.OrderNumberTaken(
            "Every order number that was tried is taken.", code='1', message=''
        )

    def _sberbank_reserve_order_number(self):
        """Write down the number before the bank hears of it: what is asked can be found again."""
        if self.sberbank_order_number:
            return
        unique = ''.join(
            secrets.choice(ORDER_NUMBER_ALPHABET) for _i in range(ORDER_NUMBER_UNIQUE_LENGTH)
        )
        self.write({
            'sberbank_order_number': gateway.order_number(self.reference, unique),
            'sberbank_next_ask_at': self._sberbank_get_next_ask_at(),
        })
        self.env.cr.commit()  # pylint: disable=invalid-commit

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
        except gateway.Unavailable as error:
            order = self._sberbank_find_lost_order(client) if error.may_have_reached else None
            if not order:
                raise
        return self._sberbank_recover_order(client, order) if order else None

    def _sberbank_register_once(self, client, language):
        order = self._sberbank_prepare_order(language)
        if self.provider_id.capture_manually:
            registered = client.register_pre_auth(order)
        else:
            registered = client.register(order)
        self._sberbank_check_page(registered.form_url)
        return registered

    def _sberbank_prepare_order(self, language):
        """Return what register.do is told about the order.

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
            callback_url=self.provider_id.sberbank_callback_url,
        )

    def _sberbank_get_amount(self):
        """Return the amount in kopecks. A refund's amount is negative in Odoo, not at the bank.

        :rtype: int
        """
        self.ensure_one()
        amount = -self.amount if self.operation == 'refund' else self.amount
        return payment_utils.to_minor_currency_units(amount, self.currency_id)

    def _sberbank_get_description(self):
        if invoices := self.invoice_ids.filtered('name'):
            return ', '.join(invoices.mapped('name'))
        if self._sberbank_is_on_account():
            return self.with_context(lang=self.partner_lang).env._(
                "Account top-up %(reference)s", reference=self.reference
            )
        return self.reference

    def _sberbank_find_lost_order(self, client):
        """Look for the order of our number, whose answer was lost.

        :return: The order, or None if the bank knows none.
        :rtype: gateway.Order|None
        :raise gateway.Unavailable: If the bank can't be asked.
        """
        try:
            return client.get_order_status_extended(order_number=self.sberbank_order_number)
        except gateway.Refused:
            return None

    def _sberbank_recover_order(self, client, order):
        """Go on with an order whose answer was lost.

        :param gateway.GatewayClient client: The client to talk to the bank with.
        :param gateway.Order order: The order of our number.
        :return: The order if it is ours and can still be paid, else None: another number is needed.
        :rtype: gateway.Registered|None
        :raise gateway.GatewayError: If the order is being paid already, or nobody could ever pay
                                     it and it can't be withdrawn.
        """
        if not (order.order_id and self._sberbank_is_same_order(order)) or order.is_declined:
            return None
        if not order.is_registered:
            self._sberbank_apply(order)
            raise gateway.Unavailable("The order is being paid already.", may_have_reached=True)
        form_url = self._sberbank_rebuild_form_url(order.order_id)
        if form_url:
            return gateway.Registered(order_id=order.order_id, form_url=form_url)
        client.decline(order_id=order.order_id)
        return None

    def _sberbank_is_same_order(self, order):
        return (
            order.order_number == self.sberbank_order_number
            and order.amount == self._sberbank_get_amount()
            and order.currency == const.CURRENCY_NUMBER
        )

    def _sberbank_rebuild_form_url(self, order_id):
        """Return the payment page of an order by the example of the provider's latest one.

        :param str order_id: The bank's id of the order.
        :rtype: str|None
        """
        example = self.search(
            [
                ('provider_id', '=', self.provider_id.id),
                ('is_live', '=', self.is_live),
                ('sberbank_form_url', '!=', False),
            ],
            limit=1,
        )
        if not example:
            return None
        form_url = gateway.page_url_for(
            example.sberbank_form_url, example.provider_reference, order_id
        )
        return form_url if form_url and self._sberbank_is_page_allowed(form_url) else None

    def _sberbank_check_page(self, form_url):
        if not self._sberbank_is_page_allowed(form_url):
            raise gateway.WrongSettings(
                "The payment page that the bank named is not on one of the hosts of the chosen"
                " gateway."
            )

    def _sberbank_is_page_allowed(self, form_url):
        return gateway.payment_page_allowed(
            form_url,
            self.provider_id._sberbank_get_page_hosts(self.is_live),
            base_url=self.provider_id._sberbank_get_gateway_url(self.is_live),
        )

    def _sberbank_keep_order(self, registered):
        """Write down the order; the bank's notification may have come before its answer.

        :param gateway.Registered registered: The order.
        :return: None
        """
        with self._sberbank_locked() as tx:
            tx.write({
                'provider_reference': registered.order_id,
                'sberbank_form_url': registered.form_url,
                'sberbank_registered_at': fields.Datetime.now(),
            })
            tx.sberbank_next_ask_at = tx._sberbank_get_next_ask_at()

    # === BUSINESS METHODS - THE BANK === #

    def _sberbank_get_client(self, session=None, on_exchange=None):
        """Return a client of the gateway for this transaction.

        :param requests.Session session: The session to keep connections in, if any.
        :param callable on_exchange: Given each call, masked; by default it is written down.
        :rtype: gateway.GatewayClient
        """
        self.ensure_one()
        return self.provider_id._sberbank_get_client(
            is_live=self.is_live,
            session=session,
            on_exchange=on_exchange or self.env['sberbank.exchange']._recorder(self),
        )

    @contextmanager
    def _sberbank_locked(self):
        """Yield the transaction, its row locked, in a cursor of its own that is committed after.

        A worker that waited for the lock sees what the one before it has written: the wait ends in
        a serialisation failure when the row was changed, and then the lock is simply taken anew.
        """
        self.ensure_one()
        context = {
            **self.env.context,
            'allowed_company_ids': self.company_id.ids,
            'lang': self._sberbank_get_staff_lang(),
        }
        with self.env.registry.cursor() as cr:
            while True:
                try:
                    cr.execute(
                        SQL(
                            'SELECT 1 FROM payment_transaction WHERE id = %s FOR NO KEY UPDATE',
                            self.id,
                        ),
                        log_exceptions=False,
                    )
                    break
                except psycopg2.errors.SerializationFailure:
                    cr.rollback()
            yield self.with_env(api.Environment(cr, SUPERUSER_ID, context))

    def _sberbank_get_staff_lang(self):
        """Return the language of what is written for staff, whoever made us write it.

        :return: An Odoo language code.
        :rtype: str
        """
        self.ensure_one()
        return self.company_id.sudo().partner_id.lang

    def _sberbank_translate_for_payer(self):
        """Return the transaction in the language of its payer, for texts that the payer reads.

        :rtype: payment.transaction
        """
        self.ensure_one()
        return self.with_context(lang=self.partner_lang or self.env.context.get('lang'))
