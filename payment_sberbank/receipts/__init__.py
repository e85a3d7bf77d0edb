"""What stands in a receipt, reckoned to the kopeck. Plain Python: nothing of Odoo.

========================  =====================================================================
`Line`                    a line of a document, as it is charged: taxes included, discount off
`settle`                  lines without negative ones, whose sum is what the document comes to
`whole`, `part`           the positions of a document that is paid in full, or in part
`lump`                    the position of a sum without goods: an advance, a credit that is paid
`Terms`                   how they are paid for: method, subject, rate
`number`                  positions become the items of a receipt
========================  =====================================================================
"""

from .lines import Line, NothingToSell, settle
from .positions import PREPAYMENT, REST, Position, Terms, lump, number, part, whole
from .spread import spread

__all__ = [
    'PREPAYMENT',
    'REST',
    'Line',
    'NothingToSell',
    'Position',
    'Terms',
    'lump',
    'number',
    'part',
    'settle',
    'spread',
    'whole',
]
