from dataclasses import replace
from functools import partial

from odoo import models

from .. import gateway
from ..gateway.wording import _lt

# As long as a host's name may be.
MAX_HOST_LENGTH = 253

# How many of the latest pages are looked at; some may be on hosts that are unknown.
MAX_EXAMPLES = 10


class PaymentTransaction(models.Model):
    """The bank's payment page: where payers may be sent, and how a lost address is found again."""

    _inherit = 'payment.transaction'

    _sberbank_page_example_idx = models.Index(
        '(provider_id, is_live, id) WHERE sberbank_form_url IS NOT NULL'
    )

    def _sberbank_get_page_rule(self):
        """Return what tells whether payers may be sent to an address, without the database.

        :return: Takes the address.
        :rtype: callable
        :raise gateway.WrongSettings: If the gateway's address can't be used.
        """
        provider = self.provider_id
        try:
            return partial(
                gateway.payment_page_allowed,
                allowed_hosts=provider._sberbank_get_page_hosts(self.is_live),
                base_url=provider._sberbank_get_gateway_url(self.is_live),
                further_hosts=provider._sberbank_get_further_page_hosts(),
            )
        except ValueError as error:
            raise gateway.WrongSettings(gateway.reason_of(error)) from error

    def _sberbank_rebuild_form_url(self, order_id):
        """Return the payment page of an order by the example of the provider's latest ones.

        :param str order_id: The bank's id of the order.
        :rtype: str|None
        """
        is_allowed = self._sberbank_get_page_rule()
        examples = self.search(
            [
                ('provider_id', '=', self.provider_id.id),
                ('is_live', '=', self.is_live),
                ('sberbank_form_url', '!=', False),
            ],
            limit=MAX_EXAMPLES,
        )
        for example in examples:
            form_url = gateway.page_url_for(
                example.sberbank_form_url, example.provider_reference, order_id
            )
            if form_url and is_allowed(form_url):
                return form_url
        return None

    def _sberbank_correct_page(self, registered, is_allowed):
        """Return the order with the page that orders of this provider usually have.

        :param gateway.Registered registered: The order; its page may be on a host that is unknown.
        :param callable is_allowed: What `_sberbank_get_page_rule` returned.
        :rtype: gateway.Registered
        """
        if is_allowed(registered.form_url):
            return registered
        usual = self._sberbank_rebuild_form_url(registered.order_id)
        return replace(registered, form_url=usual) if usual else registered

    def _sberbank_check_page(self, form_url):
        """Let nobody be sent to a page that is not the bank's. It was named some time ago.

        :param str form_url: The address that the bank named.
        :return: None
        :raise gateway.WrongSettings: If it is on none of the known hosts, or these can't be told.
        """
        if not self._sberbank_get_page_rule()(form_url):
            self._sberbank_refuse_page(form_url)
        if self._sberbank_has_attention('page_refused'):
            self._sberbank_attention_solved('page_refused')

    def _sberbank_refuse_page(self, form_url):
        """Tell staff which host the bank named, that is not known to be the bank's.

        :param str form_url: The address that the bank named.
        :raise gateway.WrongSettings: Always. The order stays as it is: once an administrator has
            added the host, the same page opens.
        """
        host = gateway.printable(gateway.host_of(form_url), MAX_HOST_LENGTH)
        with self._sberbank_locked() as tx:
            tx._sberbank_need_attention(
                'page_refused',
                tx.env._(
                    "The bank named a payment page on %(host)s, which is not known to be the"
                    " bank's. The customer was not sent there and could not pay.",
                    host=host or "?",
                ),
            )
        raise gateway.WrongSettings(
            _lt(
                "The payment page that the bank named is on %(host)s, which is none of the hosts of"
                " the chosen gateway.",
                host=host or "?",
            )
        )
