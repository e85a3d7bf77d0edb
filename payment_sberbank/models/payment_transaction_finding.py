from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import const


class PaymentTransaction(models.Model):
    """Which transaction an order of the bank's is of."""

    _inherit = 'payment.transaction'

    @api.model
    def _sberbank_find(self, order_id=None, order_number=None, field_names=None):
        """Find the transaction of an order by whichever of its names came.

        :param str order_id: The bank's id of the order (mdOrder), if it came.
        :param str order_number: Our number of the order, if it came.
        :param Sequence[str] field_names: What is read of it, all by default.
        :return: The transaction that bears every given name, or none.
        :rtype: payment.transaction
        """
        if not (order_number or order_id):
            return self.browse()
        # Anybody may ask for any order, and often. To take an ordinary domain apart takes as long
        # as all the rest that is done about a strange order.
        bears_names = partial(_bears_names, order_id, order_number)
        return self.search_fetch(Domain.custom(to_sql=bears_names), field_names, limit=1)

    @api.model
    def _search_by_reference(self, provider_code, payment_data):
        """Override of `payment` to find the transaction by the bank's order."""
        if provider_code != const.PROVIDER_CODE:
            return super()._search_by_reference(provider_code, payment_data)
        order = payment_data['order']
        return self._sberbank_find(order_id=order.order_id, order_number=order.order_number)


def _bears_names(order_id, order_number, model, alias, query):
    """Return the condition by which a transaction bears the names of an order.

    :param str order_id: The bank's id of the order, if it came.
    :param str order_number: Our number of the order, if it came.
    :param payment.transaction model: The model.
    :param str alias: What its table is called in the query.
    :param odoo.tools.Query query: The query.
    :rtype: odoo.tools.SQL
    """
    column = partial(model._field_to_sql, alias, query=query)
    is_payment = SQL("%s IS DISTINCT FROM 'refund'", column('operation'))
    if not order_number:
        providers = model.env['payment.provider'].search([('code', '=', const.PROVIDER_CODE)])
        return SQL(
            '%s AND %s = %s AND %s = ANY(%s)',
            is_payment,
            column('provider_reference'),
            order_id,
            column('provider_id'),
            providers.ids,
        )
    # No other provider's transactions have a number.
    has_number = SQL('%s AND %s = %s', is_payment, column('sberbank_order_number'), order_number)
    if not order_id:
        return has_number
    # Until register.do has answered, the bank's id is not known to us.
    return SQL(
        "%s AND COALESCE(%s, '') IN ('', %s)", has_number, column('provider_reference'), order_id
    )
