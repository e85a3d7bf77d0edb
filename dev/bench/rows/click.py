"""From the click on "Pay" to the way to the bank."""

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from dev.audit import checkout
from dev.bench.figures import Figure, at_most_times
from dev.bench.meters import cpu_of
from dev.bench.orders import add_invoices
from dev.bench.rounds import Rounds
from dev.bench.world import Shop, World


def measure(world: World) -> Iterator[Figure]:
    """Begin payments of invoices, in turn ours and Redsys'. What the bank takes is not Odoo's."""
    world.let_jobs_run()
    clicks = _Clicks(world)
    rounds = Rounds(
        {
            'ours': partial(clicks.cpu_of_one, world.notified, clicks.to_the_bank),
            'redsys': partial(clicks.cpu_of_one, world.redsys, clicks.to_the_form),
        },
        world.size.rounds,
    )
    yield Figure(
        "from the click to the redirect, Odoo's CPU",
        1000 * rounds.median('ours', float),
        'ms',
        1000 * rounds.median('redsys', float),
        'redsys',
        at_most_times(1.5),
    )
    yield Figure("the bank's own CPU, of a registration", 1000 * median(clicks.bank_seconds), 'ms')


class _Clicks:
    """A customer who begins one payment after another."""

    def __init__(self, world: World):
        self._world = world
        self._customer = world.add_customer()
        #: Seconds of the bank's processor, for each payment of ours.
        self.bank_seconds: list[float] = []
        for shop, click in ((world.notified, self.to_the_bank), (world.redsys, self.to_the_form)):
            self._click_all(shop, click, count=2)  # The first ones fill caches.
        self.bank_seconds.clear()

    def cpu_of_one(self, shop: Shop, click: Callable[[Shop, object], None]) -> float:
        """Return how many seconds of Odoo's processors a click takes."""
        return self._click_all(shop, click, self._world.size.clicks)

    def to_the_form(self, shop: Shop, page: object) -> object:
        """Click on "Pay", and return the form that leads to the provider."""
        return checkout.begin(self._customer.session, page, shop.method)

    def to_the_bank(self, shop: Shop, page: object) -> None:
        """Click on "Pay", and follow the form as far as the bank."""
        answer = self._customer.session.send(checkout.address_of(self.to_the_form(shop, page)))
        assert answer.is_redirect, f'No way to the bank: {answer.status_code}'

    def _click_all(self, shop: Shop, click: Callable, count: int) -> float:
        session = self._customer.session
        invoices = add_invoices(self._world, self._customer, count)
        pages = [checkout.open_form(session, f'/my/invoices/{one}') for one in invoices]
        with cpu_of(self._world.bank.pid) as of_bank, cpu_of(self._world.server.process.pid) as own:
            for page in pages:
                click(shop, page)
        if shop.bank:
            self.bank_seconds.append(of_bank.seconds / count)
        return own.seconds / count
