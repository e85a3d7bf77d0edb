from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..log import get_logger

_logger = get_logger(__name__)

# As long as, by default, what was said between the bank and us is kept.
KEPT_FOR = timedelta(days=90)
GC_BATCH_SIZE = 500


class PaymentTransaction(models.Model):
    """What came to nothing is deleted in the end, so that nobody can fill the table for good.

    That is a top-up, or a card that was to be saved, of which there is certainly no money: the bank
    was never told of it, or said that the order was declined or its time had run out, and that
    nothing was taken of it. For three months it is there for all to see, staff and, once the bank
    knew of it, the customer; then it is deleted with its exchanges. There is no entry of it in the
    ledger and no line in the bank's register, so accountants miss nothing.

    All else stays. What was begun for an invoice, an order or the like is named in that document's
    history. What was held, taken, reversed, refunded, in error, or ever on the list of what needs a
    person tells of money. And while the bank is still asked about an order, it may say something.
    """

    _inherit = 'payment.transaction'

    sberbank_discard_at = fields.Datetime(
        string="Deleted at",
        help="When it is deleted: a top-up or the saving of a card that came to nothing.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )

    # === CRUD METHODS === #

    @api.model
    def _get_specific_create_values(self, provider_code, values):
        """Override of `payment` to delete later on what the bank is never told of."""
        specific_values = super()._get_specific_create_values(provider_code, values)
        known = {**values, **specific_values}
        if (
            provider_code == const.PROVIDER_CODE
            and (known.get('sberbank_is_topup') or known.get('operation') == 'validation')
            and not known.get('sberbank_order_number')
        ):
            specific_values['sberbank_discard_at'] = fields.Datetime.now() + KEPT_FOR
        return specific_values

    def write(self, vals):
        """Override of `payment` to keep whatever becomes something."""
        if 'state' in vals or vals.get('sberbank_order_number'):
            vals = {'sberbank_discard_at': False, **vals}
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _sberbank_came_to_nothing(self):
        """Note that there is no money of it, and that none is expected.

        :return: None
        """
        passing = self.filtered(lambda tx: tx._sberbank_is_for_no_document())
        passing.sberbank_discard_at = fields.Datetime.now() + KEPT_FOR

    def _sberbank_is_for_no_document(self):
        return self.sberbank_is_topup or self.operation == 'validation'

    @api.autovacuum
    def _gc_sberbank_discarded(self):
        """Delete what came to nothing long ago, a batch at a time."""
        due = self.search(
            [
                ('sberbank_discard_at', '<=', fields.Datetime.now()),
                ('sberbank_next_ask_at', '=', False),
            ],
            order='sberbank_discard_at',
            limit=GC_BATCH_SIZE,
        ).try_lock_for_update()
        for tx in due:
            if not (tx._sberbank_may_be_discarded() and tx._sberbank_discard()):
                tx.sberbank_discard_at = False
        return len(due), len(due) == GC_BATCH_SIZE

    def _sberbank_may_be_discarded(self):
        """Tell whether nothing speaks against it, whatever was done to it meanwhile.

        :rtype: bool
        """
        self.ensure_one()
        is_nothing = self.state == 'cancel' or (
            self.state == 'draft' and not self.sberbank_order_number
        )
        return (
            is_nothing
            and self._sberbank_is_for_no_document()
            and not self.payment_id
            and not self.invoice_ids
            and not self._sberbank_get_orders()
            and not self.child_transaction_ids
            and not self.sberbank_attention_ids
        )

    def _sberbank_discard(self):
        """Delete it, unless another app has something that belongs to it.

        :return: Whether it is deleted.
        :rtype: bool
        """
        reference = self.reference
        try:
            with self.env.cr.savepoint():
                self.unlink()
        except (IntegrityError, UserError) as error:
            _logger.info("%s came to nothing, but stays: %s", reference, error)
            return False
        return True
