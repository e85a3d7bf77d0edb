"""What a person enters and looks up in the back office of a running Odoo, by a web session.

Nothing goes through the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any

from dev.odoo.money import to_roubles
from dev.odoo.session import Session

ADMINISTRATOR = ('admin', 'admin')


@dataclass(frozen=True)
class Account:
    """Somebody who can log in to Odoo."""

    login: str
    password: str
    partner_id: int = 0


@dataclass(frozen=True)
class Sale:
    """What a customer owes for something.

    :param partner_id: the customer
    :param kopecks: the price
    :param due: when it is to be paid
    """

    partner_id: int
    kopecks: int
    due: date
    what: str = 'Английский язык'


class BackOffice:
    """Somebody at work there.

    :param session: in which an administrator is logged in
    """

    def __init__(self, session: Session):
        self._session = session

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model.

        :raise OdooError: Odoo answers with an error
        """
        return self._session.call(
            f'/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
        )

    def find(self, model: str, domain: list, fields: list[str]) -> list[dict[str, Any]]:
        """Return the records of a model that match, oldest first."""
        return self.call(model, 'search_read', domain, fields, order='id')

    def freeze_address(self) -> None:
        """Keep Odoo from taking its own address from whoever logs in."""
        parameters = {'web.base.url': self._session.odoo_url, 'web.base.url.freeze': 'True'}
        for name, value in parameters.items():
            self.call('ir.config_parameter', 'set_param', name, value)

    def journal(self, kind: str) -> int:
        """Return the id of the journal of a kind, for example `bank`."""
        (journal,) = self.find('account.journal', [('type', '=', kind)], ['name'])
        return journal['id']

    # --- the provider ---------------------------------------------------------------------------

    def provider(self) -> int:
        """Return the id of the provider that the addon brings."""
        return self.find('payment.provider', [('code', '=', 'sberbank')], ['name'])[0]['id']

    def write_to_provider(self, values: dict[str, Any]) -> None:
        """Set fields of the provider that the addon brings."""
        self.call('payment.provider', 'write', [self.provider()], values)

    def enable_provider(self, values: dict[str, Any], *, provider_id: int = 0) -> None:
        """Fill in a provider's form, and offer all its payment methods.

        :param values: as :func:`dev.odoo.provider.ready_provider` gives them
        :param provider_id: the provider, if it is not the one that the addon brings
        """
        provider_id = provider_id or self.provider()
        self.call('payment.provider', 'write', [provider_id], values)
        of_provider = [('provider_ids', 'in', provider_id), ('active', 'in', (True, False))]
        method_ids = self.call('payment.method', 'search', of_provider)
        self.call('payment.method', 'write', method_ids, {'active': True})

    # --- customers and what they owe ------------------------------------------------------------

    def add_customer(
        self, name: str, login: str, password: str, *, language: str = 'ru_RU'
    ) -> Account:
        """Create a customer with access to the portal.

        :param language: an Odoo language code
        """
        values = {'name': name, 'email': login, 'lang': language}
        return self._add_user(login, password, ['base.group_portal'], values)

    def add_colleague(self, login: str, password: str, groups: Iterable[str]) -> Account:
        """Create somebody with access to the back office.

        :param groups: the external ids of the groups
        """
        return self._add_user(login, password, groups, {'name': login})

    def _add_user(
        self, login: str, password: str, groups: Iterable[str], values: dict[str, Any]
    ) -> Account:
        values = {
            'login': login,
            'password': password,
            'tz': 'Europe/Moscow',
            'group_ids': [[6, 0, [self.record(group) for group in groups]]],
            **values,
        }
        user_id = self.call('res.users', 'create', values, context={'no_reset_password': True})
        (user,) = self.find('res.users', [('id', '=', user_id)], ['partner_id'])
        return Account(login, password, user['partner_id'][0])

    def record(self, external_id: str) -> int:
        """Return the id of the record that a module brings under a name, as `module.name`."""
        module, _point, name = external_id.partition('.')
        named = [('module', '=', module), ('name', '=', name)]
        (found,) = self.find('ir.model.data', named, ['res_id'])
        return found['res_id']

    def add_invoices(self, sales: Iterable[Sale]) -> list[int]:
        """Create and post an invoice of one line for each sale, and return their ids."""
        invoice_ids = self.call('account.move', 'create', [_invoice(sale) for sale in sales])
        self.call('account.move', 'action_post', invoice_ids)
        return invoice_ids

    def payment_link(self, invoice_id: int, kopecks: int | None = None) -> str:
        """Return a link to pay an invoice, as staff send it to a customer without access.

        :param kopecks: what is to be paid, if not all of it
        """
        values = {} if kopecks is None else {'amount': to_roubles(kopecks)}
        context = {'active_model': 'account.move', 'active_id': invoice_id}
        wizard_id = self.call('payment.link.wizard', 'create', values, context=context)
        (wizard,) = self.call('payment.link.wizard', 'read', [wizard_id], ['link'])
        return wizard['link']


def _invoice(sale: Sale) -> dict[str, Any]:
    # Nothing falls due before it is issued.
    issued = min(sale.due, datetime.now(timezone.utc).date())
    line = {'name': sale.what, 'price_unit': to_roubles(sale.kopecks), 'tax_ids': [[6, 0, []]]}
    return {
        'move_type': 'out_invoice',
        'partner_id': sale.partner_id,
        'invoice_date': issued.isoformat(),
        'invoice_date_due': sale.due.isoformat(),
        'invoice_payment_term_id': False,
        'is_move_sent': True,  # Its customer has it.
        'invoice_line_ids': [[0, 0, line]],
    }
