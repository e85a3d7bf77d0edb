"""Which pictures there are, where they are kept, and how they are made small."""

import io
import shutil
from pathlib import Path

from PIL import Image

from dev.env.folders import ADDON
from dev.env.progress import Problem

FOLDER = ADDON / 'static/description'
LANGUAGES = ('en', 'ru')
#: What is photographed, by the screen: the back office is worked with at a desk.
SUBJECTS = {
    'desktop': (
        'provider',
        'connection',
        'pay',
        'bank',
        'status',
        'paid',
        'top_up',
        'cards',
        'payment',
        'attention',
        'refund',
    ),
    'phone': ('pay', 'bank', 'status', 'paid', 'receipt', 'top_up', 'cards'),
}
#: Bytes of all pictures: whoever installs the addon downloads them.
MOST_BYTES = 2_500_000
#: Screens have few colours, but for a shade at the edge of each letter.
COLOURS = 128
SUFFIX = '.png'


def names() -> list[str]:
    """Return the file names of all pictures."""
    return sorted(
        file_name(language, screen, subject)
        for language in LANGUAGES
        for screen, subjects in SUBJECTS.items()
        for subject in subjects
    )


def file_name(language: str, screen: str, subject: str) -> str:
    """Return the name of one picture's file."""
    return f'{language}_{screen}_{subject}{SUFFIX}'


def save(picture: bytes, path: Path) -> None:
    """Write a picture with a palette of its own.

    :param picture: a PNG as the browser takes it
    """
    image = Image.open(io.BytesIO(picture)).convert('RGB')
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, 'PNG', optimize=True)


def replace(folder: Path) -> None:
    """Put the pictures of a folder in the place of the committed ones.

    :raise Problem: one is missing, is not in the list, or all together are too large
    """
    taken = {path.name for path in folder.glob(f'*{SUFFIX}')}
    if taken != set(names()):
        raise Problem(f'Not as listed: {", ".join(sorted(taken ^ set(names())))}')
    if (together := sum(path.stat().st_size for path in folder.iterdir())) > MOST_BYTES:
        raise Problem(f'The pictures have {together} bytes, {MOST_BYTES} are the most.')
    for path in present():
        path.unlink()
    for name in names():
        shutil.copyfile(folder / name, FOLDER / name)


def present() -> list[Path]:
    """Return the pictures that are committed: all that are of one of the languages."""
    return sorted(path for language in LANGUAGES for path in FOLDER.glob(f'{language}_*{SUFFIX}'))


def size() -> int:
    """Return the bytes of the committed pictures."""
    return sum(path.stat().st_size for path in present())
