"""How a job takes its next piece of work, so that no other worker takes the same."""

import psycopg2

from odoo import fields
from odoo.tools import SQL


def claim_one(model, field_name, pause):
    """Claim the record that has been due for longest, and put it off in case it is not finished.

    No row is locked afterwards: the claim is committed.

    :param odoo.models.BaseModel model: Of the records.
    :param str field_name: The field that tells since when a record is due; empty if it is not.
    :param timedelta pause: After which it is due again.
    :return: The record, or none if nothing is due.
    :rtype: odoo.models.BaseModel
    """
    now = fields.Datetime.now()
    claim = SQL(
        """
        UPDATE %(table)s
           SET %(due)s = %(later)s
         WHERE id = (
                     SELECT id
                       FROM %(table)s
                      WHERE %(due)s <= %(now)s
                   ORDER BY %(due)s
                      LIMIT 1
                 FOR NO KEY UPDATE SKIP LOCKED
               )
     RETURNING id
        """,
        table=SQL.identifier(model._table),
        due=SQL.identifier(field_name),
        later=now + pause,
        now=now,
    )
    cr = model.env.cr
    while True:
        try:
            cr.execute(claim, log_exceptions=False)
            break
        except psycopg2.errors.SerializationFailure:
            # Another worker has written the row since we looked: look anew.
            cr.rollback()
    claimed = cr.fetchall()
    cr.commit()  # pylint: disable=invalid-commit
    model.invalidate_model([field_name])
    return model.browse(record_id for [record_id] in claimed)
