from odoo import api, fields, models

from .. import gateway


class SberbankExchange(models.Model):
    """How it was verified that a notification came from the bank, and which one came last."""

    _inherit = 'sberbank.exchange'

    provider_id = fields.Many2one(
        string="Notified Provider",
        help="Whom the bank notified.",
        comodel_name='payment.provider',
        readonly=True,
        ondelete='cascade',
    )
    signature = fields.Selection(
        string="Checksum",
        help="How it was verified that the notification came from the bank.",
        selection=[
            ('symmetric', "Right, signed with the callback key"),
            ('asymmetric', "Right, signed with the key of the callback certificate"),
            ('unchecked', "Not checked"),
            ('wrong', "Wrong"),
        ],
        readonly=True,
    )

    _latest_notification_idx = models.Index('(provider_id, id) WHERE provider_id IS NOT NULL')

    @api.model
    def _prepare_signature(self, provider, notification, outcome):
        """Return what is kept of a notification's sender.

        :param payment.provider provider: Whom the bank notified.
        :param gateway.Notification notification: The notification.
        :param str outcome: What came of it; what is not forged was verified, if that can be.
        :rtype: dict
        """
        if outcome == 'forged':
            signature = 'wrong'
        elif not provider._sberbank_checks_signatures():
            signature = 'unchecked'
        elif gateway.is_symmetric(notification.checksum or ''):
            signature = 'symmetric'
        else:
            signature = 'asymmetric'
        return {'provider_id': provider.id, 'signature': signature}

    @api.model
    def _find_latest_notification(self, provider):
        """Return the latest notification of a provider, or none. Its time is that of one row.

        :param payment.provider provider: Whom the bank notified.
        :rtype: sberbank.exchange
        """
        return self.search([('provider_id', '=', provider.id)], order='id desc', limit=1)
