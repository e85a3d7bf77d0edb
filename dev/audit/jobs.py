"""Odoo's jobs: what they would do later, they do now."""

from collections.abc import Sequence

import psycopg2

from dev.env.postgres import connected
from dev.env.waiting import wait_until

#: Seconds that the jobs may take to be done with everything.
LIMIT = 600

MODULE = 'payment_sberbank'
ASK_BANK = 'ir_cron_ask_bank'
#: Jobs that nothing wakes: they look by themselves, every now and then.
OF_RECEIPTS = ('ir_cron_ask_for_receipts', 'ir_cron_send_second_receipts')
OF_CARDS = ('ir_cron_charge_cards', 'ir_cron_remove_cards', 'ir_cron_check_cards')
NAMES = (ASK_BANK, 'ir_cron_book_payments', *OF_CARDS, *OF_RECEIPTS)
#: What the jobs do when: the tables and their columns.
MOMENTS = {
    'payment_transaction': ('sberbank_next_ask_at', 'sberbank_turn_at', 'sberbank_charge_at'),
    'payment_token': ('sberbank_unbind_at', 'sberbank_check_at'),
    'sberbank_receipt': ('next_ask_at', 'consider_at'),
}
#: How old receipts are said to be that are not issued after a day.
A_DAY_AND_MORE = '25 hours'


class Jobs:
    """Starts the jobs that ask the bank and book, and makes their work due, as time would.

    :param database: Odoo's database
    """

    def __init__(self, database: str):
        self._database = database

    def ask_all_now(self) -> None:
        """Let it be the moment when the bank is asked about every order that Odoo watches.

        And when each payment that could not be finished is tried again, and each receipt looked at.
        """
        for table, moments in MOMENTS.items():
            for moment in moments:
                self._execute(
                    f"""
                    UPDATE {table}
                       SET {moment} = now() AT TIME ZONE 'UTC' - interval '1 second'
                     WHERE {moment} IS NOT NULL
                    """  # noqa: S608
                )
        self.start(*NAMES)

    def let_a_day_go_by(self) -> None:
        """Let it be the day after all receipts were asked for, and all cards saved."""
        self._execute(
            "UPDATE payment_token SET create_date = create_date - %s::interval", A_DAY_AND_MORE
        )
        self._execute(
            """
            UPDATE sberbank_receipt
               SET asked_at = asked_at - %s::interval,
                   create_date = create_date - %s::interval
            """,
            A_DAY_AND_MORE,
            A_DAY_AND_MORE,
        )

    def run_to_the_end(self) -> bool:
        """Let the bank be asked about every order, and let the jobs do all that follows from it.

        :return: whether they finished in time
        """
        self.ask_all_now()
        return wait_until(self._are_done, limit=LIMIT, look_every=1)

    def start(self, *names: str) -> None:
        """Start jobs as Odoo itself does."""
        self._execute(
            """
            INSERT INTO ir_cron_trigger (cron_id, call_at)
                 SELECT res_id, now() AT TIME ZONE 'UTC'
                   FROM ir_model_data
                  WHERE module = %s AND name IN %s
            """,
            MODULE,
            names,
        )
        self.wake_odoo()

    def wake_odoo(self) -> None:
        """Have the scheduler look for jobs that are due."""
        with connected() as connection, connection.cursor() as cursor:
            cursor.execute('SELECT pg_notify(%s, %s)', ['cron_trigger', self._database])

    def _are_done(self) -> bool:
        """Tell whether nothing is left to do; else make sure that Odoo is at it."""
        (waiting,) = self._execute(
            """
            SELECT (
                       SELECT count(*)
                         FROM payment_transaction
                        WHERE least(sberbank_next_ask_at, sberbank_charge_at)
                              <= now() AT TIME ZONE 'UTC'
                   ) + (
                       SELECT count(*)
                         FROM payment_token
                        WHERE least(sberbank_unbind_at, sberbank_check_at)
                              <= now() AT TIME ZONE 'UTC'
                   ) + (
                       SELECT count(*)
                         FROM payment_transaction t
                         JOIN payment_provider p ON p.id = t.provider_id
                        WHERE p.code = 'sberbank'
                          AND t.state = 'done'
                          AND (
                                (NOT t.is_post_processed AND t.sberbank_turn_at IS NULL)
                              OR t.sberbank_turn_at <= now() AT TIME ZONE 'UTC'
                          )
                   ) + (
                       SELECT count(*)
                         FROM ir_cron_trigger
                         JOIN ir_model_data ON res_id = cron_id AND model = 'ir.cron'
                        WHERE module = %s AND name IN %s AND call_at <= now() AT TIME ZONE 'UTC'
                   )
            """,
            MODULE,
            NAMES,
        )[0]
        if self._are_receipts_due():
            self.start(*OF_RECEIPTS)
            return False
        if waiting or self._are_running():
            self.wake_odoo()
            return False
        return True

    def _are_receipts_due(self) -> bool:
        return bool(
            self._execute(
                """
                SELECT id
                  FROM sberbank_receipt
                 WHERE least(next_ask_at, consider_at) <= now() AT TIME ZONE 'UTC'
                 LIMIT 1
                """
            )
        )

    def _are_running(self) -> bool:
        """Tell by the lock that Odoo holds on a job's row for as long as it runs."""
        idle = self._execute(
            """
            SELECT id
              FROM ir_cron
             WHERE id IN (
                       SELECT res_id
                         FROM ir_model_data
                        WHERE module = %s AND name IN %s AND model = 'ir.cron'
                   )
               FOR NO KEY UPDATE SKIP LOCKED
            """,
            MODULE,
            NAMES,
        )
        return len(idle) < len(NAMES)

    def _execute(self, query: str, *values: object) -> Sequence[tuple]:
        """Run a query by itself, again if Odoo was at the same rows."""
        while True:
            try:
                with connected(self._database) as connection, connection.cursor() as cursor:
                    cursor.execute(query, values)
                    return cursor.fetchall() if cursor.description else []
            except psycopg2.DatabaseError as error:
                is_cut_off = error.pgcode is None  # libpq does not always say so in one way
                if not (is_cut_off or isinstance(error, psycopg2.OperationalError)):
                    raise
                # Also while PostgreSQL starts: it does, or the audit ends.
                if not wait_until(_is_reachable, limit=60):
                    raise


def _is_reachable() -> bool:
    try:
        with connected():
            return True
    except psycopg2.DatabaseError:
        return False
