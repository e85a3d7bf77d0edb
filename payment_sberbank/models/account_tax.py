from odoo import fields, models
from odoo.exceptions import ValidationError

from .. import gateway
from .receipt_choices import RATES

# Where the rate of a tax says by itself which VAT it is.
COUNTRY = 'RU'
WHOLE = 100
# A tax that is computed as a part of the price with it, such as 18.0328 %, is a rounded number.
TOLERANCE = 0.01


class AccountTax(models.Model):
    """Which VAT a tax is in a receipt."""

    _inherit = 'account.tax'

    sberbank_vat = fields.Selection(
        string="VAT in Receipts",
        help="What the tax is in receipts of online payments (tag 1199). Without a choice it is the"
        " VAT of its rate, if the tax is a Russian one. A tax of 0 % needs a choice: \"Without"
        " VAT\" and \"0 %\" are not the same.",
        selection=[*RATES, ('not_vat', "Not a VAT, not shown")],
    )

    def _sberbank_read_vat(self):
        """Return the rate of VAT of a line that has these taxes.

        :rtype: gateway.Vat
        :raise ValidationError: If it can't be told; the reason is for staff and names the tax.
        """
        rates = {
            vat: tax
            for tax in self._sberbank_get_single_taxes()
            if (vat := tax._sberbank_read_rate()) is not None
        }
        if len(rates) > 1:
            raise ValidationError(
                self.env._(
                    "The taxes %(taxes)s are several rates of VAT. In a receipt each line has one:"
                    " split the line, or say on one of the taxes that it is not a VAT.",
                    taxes=', '.join(tax.name for tax in rates.values()),
                )
            )
        return next(iter(rates), gateway.Vat.NONE)

    def _sberbank_get_single_taxes(self):
        groups = self.filtered(lambda tax: tax.amount_type == 'group')
        children = groups.children_tax_ids
        return (self - groups) | (children._sberbank_get_single_taxes() if children else children)

    def _sberbank_read_rate(self):
        """Return the rate of a single tax, or None if it is no VAT.

        :rtype: gateway.Vat|None
        :raise ValidationError: If it can't be told.
        """
        self.ensure_one()
        if self.sberbank_vat:
            return None if self.sberbank_vat == 'not_vat' else gateway.Vat(self.sberbank_vat)
        if self.amount_type == 'fixed':
            return None
        if (
            self.country_id.code == COUNTRY
            and self.amount
            and (known := self._sberbank_find_rate()) is not None
        ):
            return known
        raise ValidationError(
            self.env._(
                "Which VAT the tax \"%(tax)s\" is can't be told from its rate. Choose it on the"
                " tax, in the field \"VAT in Receipts\".",
                tax=self.name,
            )
        )

    def _sberbank_find_rate(self):
        """Return the VAT of the tax's percentage, if there is one."""
        if self.amount_type == 'division':
            percentage = self.amount / (WHOLE - self.amount) * WHOLE
        elif self.amount_type == 'percent':
            percentage = self.amount
        else:
            return None
        rates = [vat for vat in gateway.Vat if vat.value.isdecimal()]
        return next((vat for vat in rates if abs(percentage - int(vat.value)) < TOLERANCE), None)
