"""The list of payments that need a person: what comes onto it, and what takes it off."""

from odoo.exceptions import AccessError

from .ledger import LedgerCommon


class TestAttention(LedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.create_user('accountant', 'account.group_account_invoice')

    def need_attention(self, details="Something is odd."):
        tx = self.create_tx(100)
        tx._sberbank_need_attention('mismatch', details)
        return tx, tx.sberbank_attention_ids

    def test_a_reason_is_listed_once(self):
        tx, attention = self.need_attention()

        tx._sberbank_need_attention('mismatch', "Something is odd.")
        tx._sberbank_need_attention('mismatch', "Something else is odd.")

        self.assertEqual(tx.sberbank_attention_ids, attention)
        self.assertEqual(attention.details, "Something else is odd.")

    def test_what_a_person_has_solved_comes_back_only_when_it_changes(self):
        tx, attention = self.need_attention()
        attention.action_solve()

        tx._sberbank_need_attention('mismatch', "Something is odd.")
        same = attention.is_solved
        tx._sberbank_need_attention('mismatch', "It got worse.")

        self.assertTrue(same)
        self.assertFalse(attention.is_solved)

    def test_a_mismatch_is_solved_when_the_bank_says_what_was_expected(self):
        tx = self.create_tx(100)
        self.bank_says(tx, amount=99)
        reasons = self.attentions(tx)

        self.pay(tx)

        self.assertEqual(reasons, ['mismatch'])
        self.assertFalse(self.attentions(tx))

    def test_every_reason_has_a_way_out(self):
        attentions = self.env['sberbank.attention']
        for reason, _label in attentions._fields['reason'].selection:
            with self.subTest(reason):
                self.assertTrue(attentions.new({'reason': reason}).way_out)

    def test_transactions_are_filtered_by_it(self):
        tx, attention = self.need_attention()
        fine = self.create_tx(200)
        shown = self.env['payment.transaction'].search([
            ('id', 'in', (tx + fine).ids),
            ('sberbank_needs_attention', '=', True),
        ])

        attention.action_solve()

        self.assertEqual(shown, tx)
        self.assertFalse(
            self.env['payment.transaction'].search([
                ('id', '=', tx.id),
                ('sberbank_needs_attention', '=', True),
            ])
        )

    def test_the_filter_can_be_turned_round(self):
        tx, _attention = self.need_attention()
        fine = self.create_tx(200)

        shown = self.env['payment.transaction'].search([
            ('id', 'in', (tx + fine).ids),
            ('sberbank_needs_attention', '=', False),
        ])

        self.assertEqual(shown, fine)

    def test_an_accountant_solves_it_and_changes_nothing_else(self):
        _tx, attention = self.need_attention()
        theirs = attention.with_user(self.accountant)

        theirs.action_solve()

        self.assertTrue(attention.is_solved)
        with self.assertRaises(AccessError):
            theirs.details = "Nothing was odd."

    def test_a_refused_solution_names_no_secret_of_other_companies(self):
        other = self.create_company('Other company')
        provider = self.provider.copy({'company_id': other.id})
        tx = self.create_tx(100, provider=provider)
        tx._sberbank_need_attention('mismatch', "Something is odd.")

        with self.assertRaises(AccessError):
            tx.sberbank_attention_ids.with_user(self.accountant).action_solve()

    def test_book_now_books_from_the_list(self):
        tx = self.create_tx(100)
        self.bank_says(tx)
        self.journal.active = False
        tx._sberbank_book_by_hand()
        attention = tx.sberbank_attention_ids.with_user(self.accountant)

        warning = attention.action_book_now()
        self.journal.active = True
        success = attention.action_book_now()

        self.assertEqual(warning['params']['type'], 'warning')
        self.assertIn(tx.reference, warning['params']['message'])
        self.assertEqual(success['params']['type'], 'success')
        self.assert_booked(tx)
        self.assertTrue(attention.is_solved)

    def test_from_the_list_one_gets_to_the_transaction_the_payment_and_the_customer(self):
        invoice = self.create_invoice(100)
        self.pay(self.create_tx(invoices=invoice))
        tx = self.create_tx(100, invoices=invoice)
        self.pay(tx)
        attention = tx.sberbank_attention_ids.with_user(self.accountant)

        opened = [
            (action['res_model'], action['res_id'])
            for action in (
                attention.action_open_transaction(),
                attention.action_open_payment(),
                attention.action_open_customer(),
            )
        ]

        self.assertEqual(
            opened,
            [
                ('payment.transaction', tx.id),
                ('account.payment', tx.payment_id.id),
                ('res.partner', self.customer.id),
            ],
        )

    def test_the_transaction_says_why_it_is_on_the_list_and_leads_there(self):
        tx, attention = self.need_attention()
        theirs = tx.with_user(self.accountant)

        self.assertEqual(
            theirs.sberbank_attention_summary,
            "The order's data at the bank differ: Something is odd.",
        )
        self.assertEqual(theirs.action_sberbank_open_attentions()['res_id'], attention.id)
        attention.action_solve()
        self.assertFalse(theirs.sberbank_attention_summary)

    def test_the_details_of_the_booking_are_in_the_companys_language(self):
        self.env['res.lang']._activate_lang('ru_RU')
        self.company.partner_id.lang = 'ru_RU'
        invoice = self.create_invoice(1234.5)
        self.pay(self.create_tx(invoices=invoice))
        tx = self.create_tx(1234.5, invoices=invoice)

        self.pay(tx)

        self.assertIn('1\N{NO-BREAK SPACE}234,50', tx.sberbank_attention_ids.details)


class TestUnnotified(LedgerCommon):
    def test_payments_that_the_bank_did_not_notify_us_of_are_counted(self):
        before = self.provider.sberbank_unnotified_count, self.provider.sberbank_paid_count
        notified, unnotified, unpaid, old = (self.create_tx(100) for _i in range(4))
        for tx in (notified, unnotified, old):
            self.bank_says(tx)
        notified.sberbank_notified_at = notified.last_state_change
        old.last_state_change = '2020-01-01'
        self.bank_says(unpaid, status=6)
        self.provider.invalidate_recordset()

        after = self.provider.sberbank_unnotified_count, self.provider.sberbank_paid_count

        self.assertEqual((after[0] - before[0], after[1] - before[1]), (1, 2))
