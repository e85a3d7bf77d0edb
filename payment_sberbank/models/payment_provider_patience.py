import time
from contextlib import contextmanager

from odoo import models

from .. import gateway
from ..gateway.wording import _lt

# So many times in a row somebody may wait in vain before the bank is left alone.
MAX_SILENCES = 3

# Seconds. Whoever waited for longer was kept waiting; nobody minds a failure that comes at once.
LONG = 2

# Seconds for which a silent bank is left alone, and then asked by one of those who come.
PAUSE = 30

# Seconds for which a bank that takes no more calls is left alone, if it does not say for how long,
# and for how long at most if it does: payers are turned away meanwhile, and the limit may be off.
RESPITE = 5
LONGEST_RESPITE = 300


class PaymentProvider(models.Model):
    """A bank that keeps people waiting in vain is left alone for a while, by all workers."""

    _inherit = 'payment.provider'

    @contextmanager
    def _sberbank_spare(self, is_live):
        """Ask the bank within the block, unless it is left alone.

        Whoever comes first after the pause asks, while the others still leave it alone. Its answer
        ends that, whatever it is.

        :param bool is_live: Whether it is the production or the test gateway.
        :raise gateway.Unavailable: If the bank is left alone. What was to be asked is postponed.
        """
        self.ensure_one()
        tallies = self.env['sberbank.tally']
        key = self._sberbank_get_silence_key(is_live)
        silences = tallies._read_count(key)
        if silences >= MAX_SILENCES and not tallies._reopen(key, PAUSE):
            raise gateway.Unavailable(
                _lt("The bank is left alone for now."), may_have_reached=False
            )
        begun_at = time.monotonic()
        try:
            yield
        except gateway.TooManyRequests as error:
            # Only a bank that says for how long wishes to be left alone at once.
            at_least = MAX_SILENCES if error.retry_after else 1
            respite = min(error.retry_after or RESPITE, LONGEST_RESPITE)
            tallies._note(key, respite, at_least=at_least)
            raise
        except gateway.Unavailable:
            if time.monotonic() - begun_at >= LONG:
                tallies._note(key, PAUSE)
            raise
        except gateway.GatewayError:
            tallies._forget(key, silences)
            raise
        tallies._forget(key, silences)

    def _sberbank_found_again(self, is_live):
        """Note that the bank has answered a job, so that nobody else leaves it alone any more.

        :param bool is_live: Whether it was the production or the test gateway.
        :return: None
        """
        self.ensure_one()
        tallies = self.env['sberbank.tally']
        key = self._sberbank_get_silence_key(is_live)
        tallies._forget(key, tallies._read_count(key))

    def _sberbank_get_silence_key(self, is_live):
        return f'silence/{self.id}/{"live" if is_live else "test"}'
