"""The company that every test and the demo start from."""

from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestCompany(TransactionCase):
    def test_the_company_keeps_its_books_in_roubles(self):
        company = self.env.company

        self.assertEqual(company.currency_id.name, 'RUB')
        self.assertTrue(company.currency_id.active)
        self.assertEqual(company.country_id.code, 'RU')
        self.assertEqual(company.chart_template, 'generic_coa')

    def test_it_has_a_bank_and_a_cash_journal(self):
        journals = self.env['account.journal'].search([('type', 'in', ('bank', 'cash'))])

        self.assertEqual(set(journals.mapped('type')), {'bank', 'cash'})

    def test_texts_are_there_in_russian_and_in_english(self):
        codes = {code for code, _name in self.env['res.lang'].get_installed()}

        self.assertLessEqual({'en_US', 'ru_RU'}, codes)
