"""The codes of marked pieces: the serial numbers of what was delivered, where that app is."""

from math import ceil

# Of the place where goods are that were handed over, in the app for stock.
AT_CUSTOMER = 'customer'


def read_marks(line):
    """Return the codes of the pieces that a line of a document hands over, or takes back.

    Each code is the name of a lot or serial number, as it was scanned. Without the app for stock,
    or without deliveries, there is none.

    :param odoo.models.Model line: Of an invoice, a credit note, a sales order, an order of a point
        of sale.
    :return: The codes, in the order of the deliveries.
    :rtype: tuple[str, ...]
    """
    line = line.sudo()  # Accountants need not be allowed to see deliveries.
    if 'pack_lot_ids' in line._fields:
        return tuple(filter(None, line.pack_lot_ids.mapped('lot_name')))
    if 'sale_line_ids' in line._fields:
        codes = _of_sales(line.sale_line_ids, taken_back=line.move_id.move_type == 'out_refund')
        first = _count_told_before(line)
        return codes[first : first + ceil(line.quantity)]
    return _of_sales(line)


def describe_missing(env, error):
    """Say of which line codes are missing, and what to do about it.

    :param api.Environment env: In the reader's language.
    :param receipts.MissingMark error: Which one it is.
    :rtype: str
    """
    return env._(
        "Line \"%(line)s\": %(count)s of its marked pieces have no code of their own, which the"
        " receipt of their transfer must tell. Deliver each with its code as the serial number, or"
        " choose another subject of payment for the product.",
        line=error.name,
        count=error.missing,
    )


def _of_sales(lines, *, taken_back=False):
    """Return the codes of what is at the customer, or of what came back.

    What is ready to be delivered counts as long as nothing is.
    """
    if 'move_ids' not in lines._fields:
        return ()
    moves = lines.move_ids.filtered(lambda move: move.state not in ('draft', 'cancel'))
    moves = (moves.filtered(lambda move: move.state == 'done') or moves).sorted('id')
    came_back = _names(moves, 'location_id')
    if taken_back:
        return came_back
    return tuple(name for name in _names(moves, 'location_dest_id') if name not in came_back)


def _names(moves, side):
    """Return the names of the lots that went to the customer, or came from there, each once."""
    moved = moves.filtered(lambda move: move[side].usage == AT_CUSTOMER).move_line_ids
    return tuple(dict.fromkeys(moved.sorted('id').lot_id.mapped('name')))


def _count_told_before(line):
    """Return how many pieces the same sales have in documents of the same kind before this one."""
    kind = line.move_id.move_type
    before = line.sale_line_ids.invoice_lines.filtered(
        lambda other: (
            other.move_id.move_type == kind
            and other.move_id.state == 'posted'
            and other.move_id.id < line.move_id.id
        )
    )
    return int(sum(before.mapped('quantity')))
