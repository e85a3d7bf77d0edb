import secrets

from odoo import api, models
from odoo.tools import SQL

from .. import const

UNIQUE_BYTES = 3


class PaymentTransaction(models.Model):
    """The reference of a payment that a payer begins: nobody else takes the same one meanwhile."""

    _inherit = 'payment.transaction'

    @api.model
    def _compute_reference(self, provider_code, prefix=None, separator='-', **kwargs):
        """Override of `payment` to tell apart what is begun at the same moment.

        The core takes the next reference that it can't see. Of several clicks in the same second,
        or of two tabs, all but the first would get an error instead of a page. Two refunds at once
        must collide like that, so that it is done only for those whom the payer's routes ask for.
        """
        reference = super()._compute_reference(
            provider_code, prefix=prefix, separator=separator, **kwargs
        )
        if (
            provider_code != const.PROVIDER_CODE
            or not self.env.context.get('sberbank_claim_reference')
            or self._sberbank_claim_reference(reference)
        ):
            return reference
        return f'{reference}{separator}{secrets.token_hex(UNIQUE_BYTES)}'

    @api.model
    def _sberbank_claim_reference(self, reference):
        """Claim a reference until the end of this database transaction, if nobody else has it.

        :param str reference: The reference.
        :return: Whether it is free: neither claimed nor taken, also since this database transaction
                 began.
        :rtype: bool
        """
        self.env.cr.execute(
            SQL(
                'SELECT pg_try_advisory_xact_lock(hashtext(%s), hashtext(%s))',
                'payment_sberbank.reference',
                reference,
            )
        )
        [is_claimed] = self.env.cr.fetchone()
        if not is_claimed:
            return False
        with self.env.registry.cursor() as cr:
            cr.execute(SQL('SELECT 1 FROM payment_transaction WHERE reference = %s', reference))
            return not cr.fetchone()
