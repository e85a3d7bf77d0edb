from odoo import api, fields, models

from odoo.addons.payment import utils as payment_utils

from .. import const, gateway
from ..gateway.wording import _lt
from ..log import get_logger
from ..wording import translate

_logger = get_logger(__name__)


class PaymentProvider(models.Model):
    """Live money is taken in one database, and in none of its copies.

    A copy has the login, the cards on file and the links that were given out, and its jobs would go
    on with all that was under way, and write to customers and staff about it. Test money is
    nobody's: it may be taken anywhere.
    """

    _inherit = 'payment.provider'

    sberbank_database = fields.Char(
        string="Database of Live Payments",
        compute='_compute_sberbank_database',
        store=True,
        copy=False,
        exportable=False,
        groups=fields.NO_ACCESS,
    )
    sberbank_copy_notice = fields.Char(string="Database", compute='_compute_sberbank_copy_notice')

    # === COMPUTE METHODS === #

    @api.depends('code', 'state')
    def _compute_sberbank_database(self):
        """Note where the provider is enabled first. Only a button says that it is elsewhere now.

        A provider that was enabled before there was this field is at home where it is upgraded.
        """
        here = self._sberbank_get_database()
        for provider in self:
            is_new = provider.code == const.PROVIDER_CODE and provider.state == 'enabled'
            provider.sberbank_database = provider.sberbank_database or (is_new and here)

    @api.depends('code', 'state', 'sberbank_database')
    @api.depends_context('lang')
    def _compute_sberbank_copy_notice(self):
        for provider in self:
            reason = provider._origin._sberbank_explain_copy(provider.state == 'enabled')
            provider.sberbank_copy_notice = reason and translate(reason, self.env.lang)

    # === ACTION METHODS === #

    def action_sberbank_take_payments_here(self):
        """Take live money in this database from now on, after it was moved or renamed."""
        self.check_access('write')
        providers_sudo = self._sberbank_filter().sudo()  # Nobody else writes the database.
        _logger.warning(
            "User %s has live payments taken in this database: providers %s, before in %s.",
            self.env.uid,
            providers_sudo.ids,
            providers_sudo.mapped('sberbank_database'),
        )
        providers_sudo.sberbank_database = self._sberbank_get_database()
        for name in ('ask_bank', 'book_payments'):
            self.env['ir.cron']._sberbank_get_job(name)._trigger()

    # === BUSINESS METHODS === #

    def _sberbank_leave_out_copied(self, report):
        """Leave out the providers whose live payments are taken in another database.

        :param dict|None report: Why providers are not offered, see the core.
        :rtype: payment.provider
        """
        offered = self
        for provider in self._sberbank_filter():
            if reason := provider._sberbank_explain_copy(provider.state == 'enabled'):
                payment_utils.add_to_report(
                    report, provider, available=False, reason=translate(reason, self.env.lang)
                )
                offered -= provider
        return offered

    @api.model
    def _sberbank_get_database(self):
        """Return what tells this database from its copies.

        A copy that Odoo makes gets a `database.uuid` of its own, one that PostgreSQL makes only
        another name.

        :return: The uuid, a space and the name.
        :rtype: str
        """
        uuid = self.env['ir.config_parameter'].sudo().get_param('database.uuid')
        return f'{uuid} {self.env.cr.dbname}'

    def _sberbank_is_in_copy(self, is_live):
        """Tell whether this database must leave the bank alone.

        :param bool is_live: Whether it is about the production or the test gateway.
        :rtype: bool
        """
        self.ensure_one()
        database = is_live and self.sudo().sberbank_database  # Nobody else reads it.
        return bool(database) and database != self._sberbank_get_database()

    def _sberbank_filter_copied(self):
        """Return the providers whose live payments are taken in another database.

        :rtype: payment.provider
        """
        return self.filtered(lambda provider: provider._sberbank_is_in_copy(True))

    def _sberbank_explain_copy(self, is_live):
        """Return why this database leaves the bank alone, for staff, or None if it does not.

        :param bool is_live: Whether it is about the production or the test gateway.
        :rtype: gateway.Sentence|None
        """
        if not (self and self._sberbank_is_in_copy(is_live)):
            return None
        _uuid, _separator, name = self.sudo().sberbank_database.partition(' ')
        return _lt(
            "Live payments are taken in the database \"%(database)s\"; this one is a copy of it or"
            " has got another name. From here, nothing is paid, returned or asked at the bank,"
            " nothing is booked by itself, and no e-mails are written. If payments are to be taken"
            " here, an administrator confirms it on the payment provider.",
            database=name,
        )

    def _sberbank_check_database(self, is_live):
        """Make sure that this database may talk to the bank.

        :param bool is_live: Whether to the production or the test gateway.
        :return: None
        :raise gateway.WrongSettings: If live money is taken in another database.
        """
        if reason := self._sberbank_explain_copy(is_live):
            raise gateway.WrongSettings(reason)
