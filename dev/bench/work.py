"""Work that Odoo's jobs do, watched from the database."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dev.audit.jobs import Jobs
from dev.bench.figures import biggest_gap
from dev.bench.world import World

#: Seconds between two looks.
LOOK_EVERY = 0.03


@dataclass
class Progress:
    """How much was done when.

    :param began: by the monotonic clock, in seconds
    :param steps: moments at which more was seen to be done, and how much it was by then
    :param ended: when it was looked at last
    """

    began: float
    wanted: int
    steps: list[tuple[float, int]] = field(default_factory=list)
    ended: float = 0.0

    @property
    def done(self) -> int:
        """How much was done."""
        return self.steps[-1][1] if self.steps else 0

    @property
    def is_complete(self) -> bool:
        """Whether all of it was done."""
        return self.done >= self.wanted

    @property
    def seconds(self) -> float:
        """How long it took until the last of it was done."""
        return self.steps[-1][0] - self.began if self.steps else 0.0

    @property
    def rate(self) -> float:
        """How much was done in a second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def gap(self) -> float:
        """The longest time in which nothing was done although there was something to do."""
        moments = [self.began, *(moment for moment, _done in self.steps)]
        return biggest_gap(moments if self.is_complete else [*moments, self.ended])

    @property
    def note(self) -> str:
        """What there is to say when not all of it was done."""
        return '' if self.is_complete else f'{self.done} of {self.wanted} when the time was over'


def watch(count: Callable[[], int], wanted: int, *, limit: float) -> Progress:
    """Watch work being done.

    :param count: returns how much is done
    :param wanted: how much of it there is
    :param limit: seconds after which it is left alone
    """
    progress = Progress(time.monotonic(), wanted)
    while not progress.is_complete and time.monotonic() - progress.began < limit:
        time.sleep(LOOK_EVERY)
        done = count()
        progress.ended = time.monotonic()
        if done > progress.done:
            progress.steps.append((progress.ended, done))
    return progress


def start(world: World, *names: str) -> None:
    """Let jobs of the addon run, and no others, and start them as Odoo does."""
    world.let_jobs_run(*names)
    Jobs(world.server.database).start(*names)


def finished(world: World, tx_ids: Sequence[int]) -> list[int]:
    """Return those payments that are posted, and have settled what they were for."""
    rows = world.execute(
        """
        SELECT tx.id
          FROM payment_transaction tx
          JOIN account_payment payment ON payment.id = tx.payment_id
          JOIN account_move entry ON entry.id = payment.move_id
         WHERE tx.id = ANY(%s)
           AND tx.is_post_processed
           AND entry.state = 'posted'
           AND NOT EXISTS (
                   SELECT 1
                     FROM account_invoice_transaction_rel rel
                     JOIN account_move invoice ON invoice.id = rel.invoice_id
                    WHERE rel.transaction_id = tx.id AND invoice.amount_residual != 0
               )
        """,
        [list(tx_ids)],
    )
    return [tx_id for [tx_id] in rows]


def is_at_rest(world: World, name: str) -> bool:
    """Tell by the lock that Odoo holds on a job's row for as long as it runs."""
    return bool(
        world.execute(
            """
            SELECT id
              FROM ir_cron
             WHERE id IN (
                       SELECT res_id
                         FROM ir_model_data
                        WHERE module = 'payment_sberbank' AND name = %s AND model = 'ir.cron'
                   )
               FOR NO KEY UPDATE SKIP LOCKED
            """,
            [name],
        )
    )
