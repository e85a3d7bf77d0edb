"""The cast: who comes to the addon's doors, and what each of them is answered there."""

from contextlib import contextmanager

from odoo.tests import JsonRpcException

from .bankside import BankCase

#: The group that makes each role; those who work here are employees, too.
ROLES = {
    'anonymous': None,
    'customer': 'base.group_portal',
    'other customer': 'base.group_portal',
    'employee': 'base.group_user',
    'auditor': 'account.group_account_readonly',
    'billing': 'account.group_account_invoice',
    'accountant': 'account.group_account_user',
    'manager': 'account.group_account_manager',
    'manager elsewhere': 'account.group_account_manager',
    'template editor': 'mail.group_mail_template_editor',
    'rights manager': 'base.group_erp_manager',
    'administrator': 'base.group_system',
}
OUTSIDE = frozenset({'anonymous', 'customer', 'other customer'})

NOBODY = frozenset()
ADMINISTRATOR = frozenset({'administrator'})
#: Who keeps the books of this company.
LEDGER = frozenset({'billing', 'accountant', 'manager'})
#: The same of any company.
LEDGERS = LEDGER | {'manager elsewhere'}
#: Who works with online payments.
STAFF = LEDGER | ADMINISTRATOR
EVERYBODY = frozenset(ROLES)

DONE, LOGIN, DENIED = 'done', 'SessionExpiredException', 'AccessError'


class RolesCase(BankCase):
    """A shop with one user for each role. The customer is the one of the shop's transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.create_company('Shop elsewhere')
        cls.users = {
            role: cls.env.ref('base.public_user') if group is None else cls.create_role(role, group)
            for role, group in ROLES.items()
        }

    @classmethod
    def create_role(cls, role, group):
        if role == 'customer':
            return cls.create_portal_user(role, cls.customer)
        if role in OUTSIDE:
            return cls.create_portal_user(role)
        company = cls.elsewhere if role == 'manager elsewhere' else cls.company
        return cls.create_user(
            role,
            'base.group_user',
            group,
            password=role,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def become(self, role):
        """Log in over HTTP, or log out."""
        login = None if role == 'anonymous' else role
        self.authenticate(login, login)

    def request(self, route, params):
        """Send a JSON-RPC request as whoever is logged in.

        :return: `DONE`, or the name of the error.
        """
        try:
            self.make_jsonrpc_request(route, params)
        except JsonRpcException as error:
            return str(error).rpartition('.')[2]
        return DONE

    def call(self, model, method, *args, **kwargs):
        """Call a model's method over RPC.

        :return: `DONE`, or the name of the error.
        """
        params = {'model': model, 'method': method, 'args': args, 'kwargs': kwargs}
        return self.request('/web/dataset/call_kw', params)

    @contextmanager
    def undone(self):
        """Undo in the database what is done within the block."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()


def answer_to(role, allowed, outcome=DONE):
    """Return what a role is answered over RPC where only some are allowed."""
    if role in allowed:
        return outcome
    return LOGIN if role == 'anonymous' else DENIED
