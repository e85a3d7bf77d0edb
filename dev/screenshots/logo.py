"""The logo of the shop: a camomile, which its name means."""

import io
import math

from PIL import Image, ImageDraw

SIZE = 240
PETALS = 10
PETAL, HEART = '#7d9bd6', '#f2b632'


def draw() -> bytes:
    """Return the logo as a PNG."""
    image = Image.new('RGBA', (SIZE, SIZE))
    pen = ImageDraw.Draw(image)
    middle = SIZE / 2
    for number in range(PETALS):
        angle = 2 * math.pi * number / PETALS
        centre = (middle + 78 * math.cos(angle), middle + 78 * math.sin(angle))
        pen.circle(centre, 31, fill=PETAL)
    pen.circle((middle, middle), 48, fill=HEART)
    file = io.BytesIO()
    image.save(file, 'PNG')
    return file.getvalue()
