from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import single_email_re

from .. import gateway
from ..log import get_logger

_logger = get_logger(__name__)

# Documentation of Sberbank register.do, `customerDetails.email`.
RBS_EMAIL_LENGTH = 40


class PaymentTransaction(models.Model):
    """Who gets the receipt: what the payer gave, never what somebody made up."""

    _inherit = 'payment.transaction'

    def _sberbank_needs_receipt(self):
        """Tell whether a receipt goes with the order; none where nothing is bought or paid.

        :rtype: bool
        """
        self.ensure_one()
        provider = self.provider_id.sudo()
        return (
            provider.sberbank_receipts == 'register'
            and self.operation != 'validation'
            and not self._sberbank_describe_donation()
        )

    def _sberbank_lacks_contact(self):
        """Tell whether the payer has to be asked where the receipt shall be sent to.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self._sberbank_needs_receipt()
            and not self.sberbank_form_url
            and not any(self._sberbank_get_contact().values())
        )

    def _sberbank_get_contact(self):
        """Return what the register sends the receipt to: an e-mail, or else a telephone number.

        :rtype: dict[str, str]
        """
        email = (self.partner_email or '').strip()
        if self._sberbank_is_email_taken(email):
            return {'email': email}
        return {'phone': gateway.clean_phone(self.partner_phone)}

    def _sberbank_take_contact(self, text, user):
        """Keep the e-mail or the telephone number that the payer entered.

        The customer keeps it, too, if it is they who are logged in and had none: a stranger who
        pays by a link must not write into a customer's record.

        :param str text: What was typed.
        :param res.users user: Who typed it.
        :return: None
        :raise ValidationError: If it is neither; the reason is for the payer.
        """
        self.ensure_one()
        text = text.strip()
        phone = gateway.clean_phone(text)
        if not phone and not self._sberbank_is_email_taken(text):
            raise ValidationError(
                self.env._(
                    "Enter a short e-mail address in Latin letters, or a Russian telephone number"
                    " such as +7 900 123-45-67."
                )
            )
        mine, theirs = ('partner_phone', 'phone') if phone else ('partner_email', 'email')
        self[mine] = phone or text
        is_own = not user._is_public() and user.partner_id == self.partner_id
        if is_own and not self.partner_id[theirs]:
            self.partner_id[theirs] = phone or text

    def _sberbank_is_email_taken(self, email):
        """Tell whether the register behind the gateway sends receipts to an address."""
        if not (single_email_re.match(email) and gateway.is_email(email)):
            return False
        return self.provider_id.sudo().sberbank_speaks_json or len(email) <= RBS_EMAIL_LENGTH

    def _sberbank_get_buyer(self):
        """Return who gets the receipt, as `gateway.Buyer` takes it.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        if customer._sberbank_has_wrong_inn():
            _logger.warning(
                "The taxpayer number of the customer %s is wrong: the receipt of %s goes without.",
                customer.id,
                self.reference,
            )
        return {**self._sberbank_get_contact(), **customer._sberbank_get_company_data()}
