"""What stands in a receipt, reckoned to the kopeck. Plain Python: nothing of Odoo.

========================  =====================================================================
`Line`                    a line of a document, as it is charged: taxes included, discount off
`Document`                its lines, and what is paid of it now
`Policy`                  what the accountant has decided
`compose`                 what is paid of several documents becomes the positions of a receipt
`lump`                    the position of a sum without goods: an advance
`number`                  positions become the items of a receipt
========================  =====================================================================
"""

from .documents import Document, Policy, SeveralRates, Transfer, compose
from .lines import PIECE, PIECE_UNIT, UNIT_LENGTH, Line, MissingMark, NothingToSell, settle
from .positions import PREPAYMENT, REST, Position, Terms, lump, number, part, whole
from .spread import spread

__all__ = [
    'PIECE',
    'PIECE_UNIT',
    'PREPAYMENT',
    'REST',
    'UNIT_LENGTH',
    'Document',
    'Line',
    'MissingMark',
    'NothingToSell',
    'Policy',
    'Position',
    'SeveralRates',
    'Terms',
    'Transfer',
    'compose',
    'lump',
    'number',
    'part',
    'settle',
    'spread',
    'whole',
]
