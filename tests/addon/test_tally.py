"""What is limited is counted in windows of time."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from .common import SberbankHttpCommon

LIMITS = ((2, 60), (5, 3600))


class TestTally(SberbankHttpCommon):
    def setUp(self):
        super().setUp()
        self.tally = self.env['sberbank.tally']
        self.start = fields.Datetime.now()

    def allowed(self, key, after, times):
        """Return how many of so many times are within the limits, after so many seconds."""
        with freeze_time(self.start + timedelta(seconds=after)):
            return sum(self.tally._allows(key, LIMITS) for _i in range(times))

    def test_a_window_that_is_over_begins_anew(self):
        self.assertEqual(self.allowed('customer:1', 0, 3), 2)
        self.assertEqual(self.allowed('customer:1', 59, 1), 0)
        self.assertEqual(self.allowed('customer:1', 60, 3), 2)

    def test_what_was_refused_by_the_shorter_window_is_not_counted_by_the_longer_one(self):
        self.assertEqual(self.allowed('customer:1', 0, 30), 2)
        self.assertEqual(self.allowed('customer:1', 60, 30), 2)
        self.assertEqual(self.allowed('customer:1', 120, 30), 1)
        self.assertEqual(self.allowed('customer:1', 180, 30), 0)
        self.assertEqual(self.allowed('customer:1', 3600, 30), 2)

    def test_one_is_not_counted_for_another(self):
        self.assertEqual(self.allowed('customer:1', 0, 3), 2)
        self.assertEqual(self.allowed('customer:11', 0, 3), 2)

    def test_the_table_does_not_grow_with_what_is_done(self):
        before = self.tally.search_count([])
        self.allowed('customer:1', 0, 50)

        self.assertEqual(self.tally.search_count([]) - before, len(LIMITS))

    def test_what_is_long_over_is_deleted(self):
        self.allowed('customer:1', 0, 1)
        with freeze_time(self.start + timedelta(days=2)):
            self.tally._allows('customer:2', LIMITS)
            self.tally._gc_old_tallies()

        keys = self.tally.search([('key', 'like', 'customer:')]).mapped('key')
        self.assertEqual(sorted(keys), ['customer:2/3600', 'customer:2/60'])
