"""The one set-up of a Sberbank provider: what it takes to be ready for payments."""

from typing import Any

from dev.bank.process import BankProcess

STAFF_EMAIL = 'cashier@shop.example'

#: The page "Receipts" filled in, for a gateway of the dialect `rbs` with a cash register behind it.
RECEIPTS = {
    'sberbank_receipts': 'register',
    'sberbank_ffd_version': '1.2',
    'sberbank_tax_system': 'osn',
    'sberbank_inn': '7707083893',
    'sberbank_receipt_email': 'shop@shop.example',
    'sberbank_payment_address': 'https://shop.example',
    'sberbank_vat_table': 'rbs',
    'sberbank_advance_vat': '22',
}


def gateway_url(bank: BankProcess, dialect: str) -> str:
    """Return the address of the bank's gateway of a dialect, `rbs` or `ecom`."""
    return {'rbs': bank.rbs_url, 'ecom': bank.ecom_url}[dialect]


def ready_provider(
    url: str,
    *,
    login: str,
    password: str,
    journal_id: int,
    dialect: str = 'rbs',
    key: str = '',
    **others: Any,
) -> dict[str, Any]:
    """Return the values of a provider that takes payments, as an administrator fills them in.

    :param url: where the bank's gateway is
    :param login: of the API, as is the password
    :param journal_id: the cash desk
    :param dialect: what the gateway speaks, `rbs` or `ecom`
    :param key: what notifications are signed with, if they are
    :param others: more values, or other ones
    """
    return {
        'sberbank_gateway': 'custom',
        'sberbank_custom_url': url,
        'sberbank_custom_dialect': dialect,
        'sberbank_username': login,
        'sberbank_password': password,
        'sberbank_callback_key': key or False,
        'sberbank_staff_email': STAFF_EMAIL,
        'journal_id': journal_id,
        'state': 'test',
        'is_published': True,
        **others,
    }
