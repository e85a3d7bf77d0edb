from contextlib import suppress

import psycopg2

from odoo import SUPERUSER_ID, api, models

from .. import const


class PaymentProvider(models.Model):
    """What a gateway takes no order with is remembered, by its address: it is only convenient."""

    _inherit = 'payment.provider'

    def _sberbank_note_refusal(self, field_name, is_live):
        """Remember that the gateway takes orders only without something.

        In a database transaction of its own: the order is registered, and must not be forgotten if
        another worker writes the same at this moment.

        :param str field_name: The field that keeps which gateway it is.
        :param bool is_live: Whether it is the production or the test gateway.
        :return: None
        """
        self.ensure_one()
        with suppress(psycopg2.OperationalError), self.env.registry.cursor() as cr:
            provider = self.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            provider[field_name] = self._sberbank_find_gateway_url(is_live)

    def _sberbank_has_refused(self, field_name, is_live):
        """Tell whether the gateway takes orders only without something.

        :param str field_name: The field that keeps which gateway it is.
        :param bool is_live: Whether it is the production or the test gateway.
        :rtype: bool
        """
        self.ensure_one()
        refused_by = self[field_name]
        return bool(refused_by) and refused_by == self._sberbank_find_gateway_url(is_live)

    def _sberbank_find_gateway_url(self, is_live):
        """Return the address of a gateway, or nothing while there is none that can be used.

        The form is asked while an address is being typed, too.

        :param bool is_live: Whether it is the production or the test gateway.
        :rtype: str|None
        """
        self.ensure_one()
        if self.code != const.PROVIDER_CODE or not self._sberbank_is_gateway_chosen():
            return None
        with suppress(ValueError):
            return self._sberbank_get_gateway_url(is_live)
        return None
