from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.payment import utils as payment_utils

from .. import const, gateway
from ..core import urljoin
from ..wording import display_amount


class PaymentProvider(models.Model):
    """What customers may put on their account by themselves."""

    _inherit = 'payment.provider'

    sberbank_topup_enabled = fields.Boolean(
        string="Offer Top-Up",
        help="Customers find a card \"Top up\" in the portal, where they pay any amount onto their"
        " account.",
        default=True,
    )
    sberbank_topup_minimum = fields.Monetary(
        string="Smallest Top-Up",
        help="Zero: there is no limit.",
        currency_field='sberbank_currency_id',
    )
    sberbank_topup_maximum = fields.Monetary(
        string="Largest Top-Up",
        help="Zero: there is no limit.",
        currency_field='sberbank_currency_id',
    )
    sberbank_topup_amounts = fields.Char(
        string="Amounts to Offer",
        help="They become buttons. Separate them by semicolons, or by a comma and a space; a comma"
        " without a space begins the kopecks.",
        default='1000, 3000, 5000',
    )
    sberbank_currency_id = fields.Many2one(
        string="Currency at the Bank",
        comodel_name='res.currency',
        compute='_compute_sberbank_currency_id',
    )

    # === COMPUTE METHODS === #

    def _compute_sberbank_currency_id(self):
        self.sberbank_currency_id = self.env.ref('base.RUB')

    # === CONSTRAINT METHODS === #

    @api.constrains('sberbank_topup_minimum', 'sberbank_topup_maximum', 'sberbank_topup_amounts')
    def _check_sberbank_topup(self):
        for provider in self._sberbank_filter():
            try:
                smallest = gateway.to_kopecks(provider.sberbank_topup_minimum)
                largest = gateway.to_kopecks(provider.sberbank_topup_maximum)
            except gateway.NotWholeKopecks as error:
                raise ValidationError(
                    self.env._("The limits of a top-up must be whole kopecks.")
                ) from error
            if smallest < 0 or largest < 0:
                raise ValidationError(self.env._("The limits of a top-up can't be negative."))
            if largest and smallest > largest:
                raise ValidationError(
                    self.env._("The smallest top-up is larger than the largest one.")
                )
            provider._check_sberbank_topup_amounts()

    def _check_sberbank_topup_amounts(self):
        try:
            amounts = self._sberbank_get_topup_amounts()
        except gateway.NotAnAmount as error:
            raise ValidationError(
                self.env._(
                    "\"%(text)s\" among the amounts to offer is no amount of roubles. Separate the"
                    " amounts by semicolons, or by a comma and a space, for example: 1000, 3000,"
                    " 5000",
                    text=error,
                )
            ) from error
        for amount in amounts:
            if reason := self._sberbank_refuse_topup(amount):
                raise ValidationError(
                    self.env._(
                        "%(amount)s can't be offered for a top-up. %(reason)s",
                        amount=display_amount(self.env, amount),
                        reason=reason,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _sberbank_find_topup_providers(self, company, partner):
        """Return the providers that offer a top-up to a customer, the first choice first.

        :param res.company company: The company whose customer it is.
        :param res.partner partner: Who pays.
        :rtype: payment.provider
        """
        currency = self.env.ref('base.RUB')
        if not currency.active or (partner.company_id and partner.company_id != company):
            return self.browse()
        return (
            self
            ._get_compatible_providers(company.id, partner.id, 0, currency_id=currency.id)
            ._sberbank_filter()
            .filtered(
                lambda provider: (
                    provider.sberbank_topup_enabled and provider._sberbank_get_topup_method(partner)
                )
            )
        )

    def _sberbank_get_topup_method(self, partner):
        """Return the method that a top-up begins with; the bank's page offers the others too.

        :rtype: payment.method
        """
        return self.env['payment.method']._get_compatible_payment_methods(
            self.ids, partner.id, currency_id=self.sberbank_currency_id.id
        )[:1]

    def _sberbank_get_topup_amounts(self):
        """Return the amounts that are offered as buttons, in kopecks.

        :rtype: list[int]
        :raise gateway.NotAnAmount: If the setting can't be read, which is refused when it is saved.
        """
        self.ensure_one()
        return gateway.parse_amounts(self.sberbank_topup_amounts or '')

    def _sberbank_get_topup_limits(self):
        """Return the smallest and the largest top-up, in kopecks.

        :rtype: tuple[int, int]
        """
        self.ensure_one()
        smallest = gateway.to_kopecks(self.sberbank_topup_minimum)
        largest = gateway.to_kopecks(self.sberbank_topup_maximum)
        limits = [largest] if largest else []
        if self.maximum_amount:
            largest_of_core = self.main_currency_id._convert(
                self.maximum_amount,
                self.sberbank_currency_id,
                self.company_id,
                fields.Date.context_today(self),
                round=False,
            )
            limits.append(gateway.floor_to_kopecks(largest_of_core))
        return smallest or 1, min([gateway.MAX_AMOUNT, *limits])

    def _sberbank_read_topup_amount(self, text):
        """Read what a payer typed, and compare it with the limits as they are now.

        :param str text: The amount of roubles.
        :return: The amount in kopecks.
        :rtype: int
        :raise ValidationError: If it can't be paid; the reason is for the payer.
        """
        self.ensure_one()
        try:
            amount = gateway.parse_amount(text)
        except gateway.NotRoubles as error:
            raise ValidationError(self.env._("Only roubles can be paid here.")) from error
        except gateway.NotAnAmount as error:
            raise ValidationError(
                self.env._("Enter an amount in figures, for example 1500 or 1500,50.")
            ) from error
        if reason := self._sberbank_refuse_topup(amount):
            raise ValidationError(reason)
        return amount

    def _sberbank_get_topup_link(self, partner, amount=None, last_day=None):
        """Return the address where anybody tops up the account of that customer.

        :param res.partner partner: The customer.
        :param int amount: The amount in kopecks, if the address fixes it.
        :param date last_day: The last day in Moscow on which it is in use, if it has one.
        :rtype: str
        """
        self.ensure_one()
        text = '' if amount is None else gateway.format_plain(amount)
        until = last_day.isoformat() if last_day else ''
        fixed = {'amount': text, 'until': until}
        query = {
            'shop': self.id,
            **{name: value for name, value in fixed.items() if value},
            'access_token': self._sberbank_get_topup_token(partner, text, until),
        }
        route = f'{const.TOPUP_LINK_ROUTE}/{partner.id}'
        return f'{urljoin(self._sberbank_get_base_url(), route)}?{urlencode(query)}'

    def _sberbank_get_topup_token(self, partner, amount_text, until=''):
        """Return the token of a top-up link. It covers all that the link fixes.

        :param res.partner partner: The customer.
        :param str amount_text: The amount as the link carries it, or an empty text.
        :param str until: The last day as the link carries it, or an empty text.
        :rtype: str
        """
        self.ensure_one()
        # Links without a last day were given out before there was one.
        kind = ('sberbank_topup_until', until) if until else ('sberbank_topup',)
        return payment_utils.generate_access_token(
            *kind, partner.id, self.id, amount_text, env=self.env
        )

    # === TOOLS === #

    def _sberbank_refuse_topup(self, amount):
        """Say why an amount can't be paid, or return None.

        :param int amount: The amount in kopecks.
        :rtype: str|None
        """
        smallest, largest = self._sberbank_get_topup_limits()
        if amount < smallest:
            return self.env._(
                "The smallest amount is %(limit)s.", limit=display_amount(self.env, smallest)
            )
        if amount > largest:
            return self.env._(
                "The largest amount is %(limit)s.", limit=display_amount(self.env, largest)
            )
        nearest = gateway.to_kopecks(self.sberbank_currency_id.round(gateway.to_roubles(amount)))
        if amount != nearest:  # The rouble of this database has no kopecks.
            return self.env._(
                "This amount can't be paid here to the kopeck; %(nearest)s can.",
                nearest=display_amount(self.env, nearest),
            )
        return None
