from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import ValidationError

from .. import gateway, receipts
from ..gateway.calls import Call
from ..wording import describe_reason
from .receipt_marks import describe_missing, read_marks

# Of a quantity in Odoo; what is beyond is noise of floating point.
QUANTITY_DECIMALS = 6


class PaymentProvider(models.Model):
    """Lines of Odoo's documents become those of a receipt."""

    _inherit = 'payment.provider'

    def _sberbank_make_receipt(self, documents, amount, buyer):
        """Make the receipt of a payment.

        :param list[receipts.Document] documents: What is paid; the rest of the money is an advance.
        :param int amount: What is paid, in kopecks.
        :param dict[str, str] buyer: Who gets the receipt, as `gateway.Buyer` takes it.
        :rtype: gateway.Receipt
        :raise ValidationError: If it can't be made; the reason is for staff.
        """
        self.ensure_one()
        try:
            positions = receipts.compose(documents, self._sberbank_get_receipt_policy())
            if rest := amount - sum(document.paid for document in documents):
                positions.append(self._sberbank_make_advance(rest))
            receipt = gateway.Receipt(
                kind=gateway.Kind.SELL,
                ffd_version=gateway.FfdVersion(self.sberbank_ffd_version),
                seller=self._sberbank_get_seller(),
                buyer=gateway.Buyer(**buyer),
                items=receipts.number(positions),
                settlements=gateway.Settlements(cashless=amount),
            )
            self._sberbank_get_receipt_fields(receipt)
            return receipt
        except receipts.NothingToSell as error:
            raise ValidationError(
                self.env._("What is deducted in the document leaves no line to be paid for.")
            ) from error
        except receipts.MissingMark as error:
            raise ValidationError(describe_missing(self.env, error)) from error
        except receipts.SeveralRates as error:
            raise ValidationError(
                self.env._(
                    "A credit that is paid back has one line in its receipt, and what was sold has"
                    " several rates of VAT. Choose \"Without VAT\" for it on the payment provider."
                )
            ) from error
        except gateway.ReceiptError as error:
            raise ValidationError(describe_reason(self.env, error)) from error

    def _sberbank_get_receipt_fields(self, receipt):
        """Return how the gateway is told a receipt.

        :param gateway.Receipt receipt: The receipt.
        :rtype: dict[str, object]
        :raise gateway.ReceiptError: If the gateway has no way to say it.
        """
        self.ensure_one()
        table = gateway.VAT_TABLES[self.sberbank_vat_table]
        return self._sberbank_get_dialect().receipt_fields(Call.REGISTER, receipt, table)

    def _sberbank_make_advance(self, amount):
        """Return the position of money that is for no document.

        :param int amount: Kopecks.
        :rtype: receipts.Position
        :raise ValidationError: If its rate is not in force.
        """
        vat = gateway.Vat(self.sberbank_advance_vat)
        self._sberbank_check_rate(vat, self._sberbank_get_today())
        terms = self._sberbank_get_receipt_policy().terms_of(gateway.Method.ADVANCE)
        return receipts.lump(self.sberbank_topup_name, amount, vat, terms)

    def _sberbank_read_receipt_line(self, line, *, name, quantity, amount, taxes, day):
        """Read a line of a document.

        :param odoo.models.Model line: Of an invoice, a sales order, an order of a point of sale.
        :param str name: What is sold; its first line is what a receipt has room for.
        :param float quantity: How much of it.
        :param float amount: What it comes to, taxes included and after the discount.
        :param account.tax taxes: Its taxes.
        :param datetime.date day: Whose rates it may have.
        :rtype: receipts.Line
        :raise ValidationError: If its VAT can't be told, or is in no receipt of that day.
        """
        name = _first_line(name) or line.product_id.display_name or ''
        try:
            vat = taxes._sberbank_read_vat()
            self._sberbank_check_rate(vat, day, taxes)
        except ValidationError as error:
            raise ValidationError(
                self.env._("Line \"%(line)s\": %(reason)s", line=name, reason=error.args[0])
            ) from error
        product = line.product_id.product_tmpl_id
        subject = product._sberbank_get_subject_code() if product else self.sberbank_receipt_subject
        return receipts.Line(
            name=name,
            amount=gateway.to_kopecks(round(amount, 2)),
            vat=vat,
            subject=gateway.Subject(subject),
            marks=read_marks(line) if gateway.Subject(subject).is_marked else (),
            quantity=Decimal(repr(round(quantity, QUANTITY_DECIMALS))),
            **self._sberbank_read_unit(line.product_uom_id),
        )

    def _sberbank_read_unit(self, unit):
        measure = unit._sberbank_get_measure() if unit else receipts.PIECE
        if measure == receipts.PIECE:
            return {'measure': measure, 'unit': receipts.PIECE_UNIT}
        name = gateway.clean_name(unit.with_context(lang='ru_RU').name, receipts.UNIT_LENGTH)
        return {'measure': measure, 'unit': name or receipts.PIECE_UNIT}

    def _sberbank_check_rate(self, vat, day, taxes=()):
        """Make sure that the bank and the law know a rate; never is another one taken instead.

        :param gateway.Vat vat: The plain rate.
        :param datetime.date day: When it has to be in force.
        :param account.tax taxes: The taxes that it comes from.
        :return: None
        :raise ValidationError: If they don't.
        """
        names = ', '.join(tax.name for tax in taxes) or vat.value
        if not vat.is_in_force(day):
            raise ValidationError(
                self.env._(
                    "The tax \"%(tax)s\" is a VAT of %(vat)s %%, which no sale of %(day)s can have."
                    " Put the rate of that day on the line. If it was delivered when the rate was"
                    " in force, enter the delivery date on the invoice.",
                    tax=names,
                    vat=vat.value,
                    day=fields.Date.to_string(day),
                )
            )
        table = gateway.VAT_TABLES[self.sberbank_vat_table]
        if vat not in table.codes:
            raise ValidationError(
                self.env._(
                    "The tax \"%(tax)s\" is a VAT of %(vat)s %%, for which the bank's table has no"
                    " code. Ask the bank's support which table your account follows, and choose it"
                    " on the payment provider, page \"Receipts\".",
                    tax=names,
                    vat=vat.value,
                )
            )


def _first_line(text):
    return next(filter(None, map(str.strip, (text or '').splitlines())), '')
