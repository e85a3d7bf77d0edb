"""The desk where saved cards are charged while the customers are away."""

from datetime import datetime, timedelta, timezone
from typing import Any

from dev.odoo.back_office import BackOffice, Sale

#: Days until the invoices are due that are paid by card.
DUE_DAYS = 30


class CardDesk:
    """What an accountant, or an app for subscriptions, does with saved cards.

    :param back_office: somebody who may do both
    """

    def __init__(self, back_office: BackOffice):
        self._back_office = back_office
        self._call = back_office.call

    def invoice(self, partner_id: int, kopecks: int) -> int:
        """Post an invoice, and return its id."""
        due = datetime.now(timezone.utc).date() + timedelta(days=DUE_DAYS)
        (invoice_id,) = self._back_office.add_invoices([Sale(partner_id, kopecks, due)])
        return invoice_id

    def find_token(self, partner_id: int) -> int | None:
        """Return the id of the card in use that a customer has saved, if there is one."""
        found = self._back_office.find('payment.token', [('partner_id', '=', partner_id)], ['id'])
        return found[0]['id'] if found else None

    def open_dialog(self, invoice_id: int, token_id: int, provider_id: int) -> int:
        """Fill in "Register Payment" on an invoice with a saved card, and return the dialog's id.

        :raise OdooError: Odoo does not accept the card
        """
        of_provider = [('payment_provider_id', '=', provider_id)]
        (line,) = self._back_office.find('account.payment.method.line', of_provider, ['name'])
        return self._call(
            'account.payment.register',
            'create',
            {'payment_method_line_id': line['id'], 'payment_token_id': token_id},
            context=_context(invoice_id),
        )

    def confirm(self, dialog_id: int, invoice_id: int) -> None:
        """Press "Create Payment".

        :raise OdooError: Odoo refuses
        """
        self._call(
            'account.payment.register',
            'action_create_payments',
            [dialog_id],
            context=_context(invoice_id),
        )

    def charge_by_app(self, invoice_id: int, token_id: int) -> None:
        """Have another app ask for the charge.

        :raise OdooError: Odoo refuses
        """
        self._call('account.move', 'audit_charge', [invoice_id], token_id)

    def has_open_charges(self, invoice_id: int) -> bool:
        """Tell whether a charge for an invoice has come to no end yet."""
        is_open = [
            ('invoice_ids', 'in', invoice_id),
            ('operation', '=', 'offline'),
            ('state', 'in', ('draft', 'pending')),
        ]
        return bool(self._call('payment.transaction', 'search_count', is_open))


def _context(invoice_id: int) -> dict[str, Any]:
    return {'active_model': 'account.move', 'active_ids': [invoice_id]}
