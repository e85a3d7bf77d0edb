from odoo import fields, models

from .. import gateway


class PaymentTransaction(models.Model):
    """What the bank did with an order's money, each operation by its own numbers.

    Later matching with the bank's register needs them, of captures and refunds, too. The bank
    tells them only where that is switched on; what it does not tell is not missed.
    """

    _inherit = 'payment.transaction'

    sberbank_operation_ids = fields.One2many(
        string="Operations at Sberbank",
        comodel_name='sberbank.operation',
        inverse_name='transaction_id',
        readonly=True,
    )

    def _sberbank_note_operations(self, order):
        """Keep the operations of an order, and give each refund its own numbers.

        Those of several orders whose word is applied together are kept at the end of that.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        :return: None
        """
        told = order.operations or ()
        if not self.env.context.get('sberbank_among_others'):
            self._sberbank_keep_operations({self.id: told})
        pairs, _others = self._sberbank_pair_refunds(told)
        for refund in self._sberbank_get_refunds('done'):
            refund._sberbank_note_own_numbers(pairs.get(refund))

    def _sberbank_keep_operations_together(self, orders):
        """Keep the operations of several orders whose word was applied, written down at once.

        Of an order that is not as it was made, none are kept.

        :param dict[int, gateway.Order] orders: The bank's word, by the transaction's id.
        :return: None
        """
        matching = self.filtered(lambda tx: not tx._sberbank_has_attention('mismatch'))
        told = {tx.id: orders[tx.id].operations or () for tx in matching}
        matching._sberbank_keep_operations(told)

    def _sberbank_keep_operations(self, told):
        """Keep the operations of orders, unless they are known.

        :param dict[int, Sequence[gateway.Operation]] told: What the bank told, by the transaction's
            id.
        :return: None
        """
        outdated = self.env['sberbank.operation']
        news = []
        for tx in self:
            known = tx.sberbank_operation_ids
            # An answer that was under way for long may know fewer of them.
            if len(told[tx.id]) < len(known):
                continue
            values_list = [_prepare_operation(operation) for operation in told[tx.id]]
            if values_list != [
                {name: operation[name] for name in values}
                for operation, values in zip(known, values_list, strict=False)
            ]:
                outdated += known
                news += [{'transaction_id': tx.id, **values} for values in values_list]
        outdated.unlink()
        self.env['sberbank.operation'].create(news)

    def _sberbank_pair_refunds(self, told):
        """Find which operation each confirmed refund was: by its key, else by its sum.

        :param tuple told: The order's operations, of `gateway.Operation`.
        :return: The operations by refund, of those that were found; and those that gave money back
                 and are none of them.
        :rtype: tuple[dict[payment.transaction, gateway.Operation], list[gateway.Operation]]
        """
        left = [operation for operation in told if operation.gives_back]
        refunds = self._sberbank_get_refunds('done').sorted('id')
        pairs = {}
        for is_it in (_has_key, _has_sum):
            for refund in refunds.filtered(lambda refund: refund not in pairs):
                if found := next((one for one in left if is_it(refund, one)), None):
                    left.remove(found)
                    pairs[refund] = found
        return pairs, left

    def _sberbank_note_own_numbers(self, operation):
        """Keep a refund's own numbers, and what it shares with the payment that it returns.

        :param gateway.Operation operation: Its operation at the bank, or None.
        :return: None
        """
        source = self.source_transaction_id
        told = {
            'sberbank_masked_pan': source.sberbank_masked_pan,
            'sberbank_terminal': source.sberbank_terminal,
            'sberbank_payment_way': source.sberbank_payment_way,
        }
        if operation:
            told |= {
                'sberbank_reference_number': operation.reference_number or False,
                'sberbank_approval_code': operation.approval_code or False,
                'sberbank_paid_at': self.sberbank_paid_at or _get_moment(operation),
            }
        if news := {name: value for name, value in told.items() if self[name] != value}:
            self._sberbank_lock_rows()  # It may be being booked.
            self.write(news)


def _has_key(refund, operation):
    return operation.external_refund_id == refund._sberbank_get_refund_id()


def _has_sum(refund, operation):
    is_possible = refund.sberbank_returned_by or not operation.external_refund_id
    return is_possible and operation.amount == refund._sberbank_get_amount()


def _prepare_operation(operation):
    return {
        'date': _get_moment(operation),
        'type': operation.type,
        'amount': gateway.to_roubles(operation.amount),
        'reference_number': operation.reference_number or False,
        'approval_code': operation.approval_code or False,
        'external_refund_id': operation.external_refund_id or False,
        'action_code': operation.action_code or 0,
    }


def _get_moment(operation):
    """Return when it was, as Odoo keeps moments, or False if that is not told.

    :param gateway.Operation operation: The operation.
    :rtype: datetime|bool
    """
    if not operation.date:
        return False
    # The bank's clock may be ahead of ours; nothing is booked in the future.
    return min(operation.date.replace(tzinfo=None, microsecond=0), fields.Datetime.now())
