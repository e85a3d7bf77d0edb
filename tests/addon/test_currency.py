"""Books that are not in roubles: an administrator is told while it can be changed."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .common import SberbankCommon


class TestCurrency(SberbankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.env.ref('base.USD')
        cls.dollar.active = True
        cls.new_company = cls.create_company('New company')
        cls.new_company.currency_id = cls.dollar
        cls.new_provider = cls.provider.copy({'company_id': cls.new_company.id})

    def book_something(self):
        accounts = [
            self.create_account(name, 'income', company_ids=[Command.set(self.new_company.ids)])
            for name in ('One', 'Other')
        ]
        self.env['account.move'].with_company(self.new_company).create({
            'line_ids': [
                Command.create({'account_id': accounts[0].id, 'debit': 1}),
                Command.create({'account_id': accounts[1].id, 'credit': 1}),
            ],
        })
        self.env.invalidate_all()

    def add_rate(self):
        self.env['res.currency.rate'].create({
            'currency_id': self.roubles.id,
            'company_id': self.new_company.id,
            'name': fields.Date.today(),
            'rate': 90,
        })
        self.env.invalidate_all()

    def test_books_in_roubles_need_nothing(self):
        self.assertFalse(self.provider.sberbank_can_keep_roubles)
        self.assertNotIn('books', self.provider.sberbank_todo or '')

    def test_before_anything_is_booked_a_button_puts_it_right(self):
        first_step = self.new_provider.sberbank_todo.splitlines()[0]
        self.assertIn('USD', first_step)
        self.assertIn('button below', first_step)
        self.assertTrue(self.new_provider.sberbank_can_keep_roubles)

        self.new_provider.action_sberbank_keep_roubles()

        self.assertEqual(self.new_company.currency_id, self.roubles)
        self.assertFalse(self.new_provider.sberbank_can_keep_roubles)
        self.assertNotIn('USD', self.new_provider.sberbank_todo)

    def test_afterwards_the_rate_is_asked_for(self):
        self.book_something()

        self.assertFalse(self.new_provider.sberbank_can_keep_roubles)
        self.assertIn('no rate', self.new_provider.sberbank_todo)
        with self.assertRaises(UserError):
            self.new_provider.action_sberbank_keep_roubles()
        self.assertEqual(self.new_company.currency_id, self.dollar)

        self.add_rate()

        self.assertNotIn('USD', self.new_provider.sberbank_todo)

    def test_the_books_of_a_branch_are_its_head_companys(self):
        branch = self.env['res.company'].create({
            'name': 'Branch',
            'parent_id': self.new_company.id,
        })
        provider = self.provider.copy({'company_id': branch.id})
        self.assertTrue(provider.sberbank_can_keep_roubles)

        provider.action_sberbank_keep_roubles()

        self.assertEqual((self.new_company | branch).currency_id, self.roubles)
