"""The clients: packages of public registries, each with a script that has it make its calls.

Left out, since they don't run on a Python of today: ``pysberbps`` 0.0.1, ``sberbank`` 0.38,
``django-sberbank`` 0.2.31.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Client:
    """A package; its version is pinned in ``requirements.txt`` or ``package.json``.

    :param str registry: ``PyPI`` or ``npm``.
    :param str dialect: ``rbs`` or ``ecom``.
    """

    package: str
    registry: str
    dialect: str = 'rbs'

    @property
    def title(self) -> str:
        return f'{self.package} ({self.registry})'

    @property
    def login(self) -> str:
        return f'{self.package}-api'[-30:]

    @property
    def script(self) -> Path:
        ending = {'PyPI': 'py', 'npm': 'cjs'}[self.registry]
        return FOLDER / 'calls' / f'of_{self.package.replace("-", "_")}.{ending}'


CLIENTS = (
    Client('sber-payments', 'PyPI'),
    Client('gocream-pysberbank', 'PyPI'),
    Client('sberbank-acquiring', 'npm'),
)
