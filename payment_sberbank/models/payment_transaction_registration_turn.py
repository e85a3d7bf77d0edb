from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, models
from odoo.tools import SQL

from .. import const, gateway
from ..gateway.wording import _lt


class PaymentTransaction(models.Model):
    """One worker at a time registers an order, or charges by it; the others wait, not for ever."""

    _inherit = 'payment.transaction'

    @contextmanager
    def _sberbank_registration_turn(self):
        """Yield the transaction for the system while no other worker registers its order.

        The lock is the session's and not the database transaction's: it outlives the commits that
        are made before and after the bank is asked. These are the caller's.

        :raise gateway.Unavailable: If another worker takes too long.
        """
        cr = self.env.cr
        lock = SQL('hashtext(%s), %s', 'payment_sberbank', self.id)
        cr.execute(SQL('SELECT pg_try_advisory_lock(%s)', lock))
        [is_free] = cr.fetchone()
        if not is_free:
            self._sberbank_await_lock(lock)
        try:
            yield self.with_user(SUPERUSER_ID)
            cr.commit()  # pylint: disable=invalid-commit
        except BaseException:
            cr.rollback()
            raise
        finally:
            cr.execute(SQL('SELECT pg_advisory_unlock(%s)', lock))

    def _sberbank_await_lock(self, lock):
        """Wait for an advisory lock, not for ever, and see what its holder has written.

        :param odoo.tools.SQL lock: The lock.
        :return: None
        :raise gateway.Unavailable: If it takes too long.
        """
        self._sberbank_look_anew()  # Hold no snapshot of the database meanwhile.
        timeout = const.BANK_PATIENCE_SECS * 1000
        try:
            self.env.cr.execute(
                SQL('SET LOCAL lock_timeout = %s; SELECT pg_advisory_lock(%s)', timeout, lock),
                log_exceptions=False,
            )
        except psycopg2.errors.LockNotAvailable as error:
            self.env.cr.rollback()
            raise gateway.Unavailable(
                _lt("Another worker is still registering the order."), may_have_reached=False
            ) from error
        self._sberbank_look_anew()

    def _sberbank_look_anew(self):
        """End the database transaction: others may have written more since it looked."""
        self.env.cr.commit()  # pylint: disable=invalid-commit
