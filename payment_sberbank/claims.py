"""Jobs at the same time work on different records."""

import psycopg2

from odoo import fields
from odoo.tools import SQL

# The database in which a record's live money is taken, if it has any: see
# `payment_provider_database.py`. A scalar subquery, which PostgreSQL asks only about what is due.
DATABASE = {
    'payment.token': """
        SELECT provider.sberbank_database
          FROM payment_provider provider
         WHERE provider.id = payment_token.provider_id AND payment_token.sberbank_is_live
    """,
    'payment.transaction': """
        SELECT provider.sberbank_database
          FROM payment_provider provider
         WHERE provider.id = payment_transaction.provider_id AND payment_transaction.is_live
    """,
    'sberbank.receipt': """
        SELECT provider.sberbank_database
          FROM payment_transaction tx
          JOIN payment_provider provider ON provider.id = tx.provider_id
         WHERE tx.id = sberbank_receipt.transaction_id AND tx.is_live
    """,
}


def claim_due(model, field_name, *, until, limit):
    """Claim records that are due, in a way that no other worker claims them too.

    In a copy of the database, what is about live money stays due and is left alone. No row is
    locked afterwards. Commits the database transaction.

    :param odoo.models.BaseModel model: Whose records.
    :param str field_name: The moment when a record is due: an indexed field of date and time.
    :param datetime until: When the records are due again, if nothing comes of the claim.
    :param int limit: How many at most.
    :return: The records, the most overdue ones first.
    :rtype: odoo.models.BaseModel
    """
    cr = model.env.cr
    # Materialised, for a subquery could be run again and claim more than the limit.
    claim = SQL(
        """
        WITH due AS MATERIALIZED (
              SELECT id
                FROM %(table)s
               WHERE %(field)s <= %(now)s
                 AND COALESCE((%(database)s), %(here)s) = %(here)s
            ORDER BY %(field)s
               LIMIT %(limit)s
          FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE %(table)s AS claimed
           SET %(field)s = %(until)s
          FROM due
         WHERE claimed.id = due.id
     RETURNING claimed.id
        """,
        table=SQL.identifier(model._table),
        field=SQL.identifier(field_name),
        now=fields.Datetime.now(),
        database=SQL(DATABASE[model._name]),
        here=model.env['payment.provider']._sberbank_get_database(),
        limit=limit,
        until=until,
    )
    while True:
        try:
            cr.execute(claim, log_exceptions=False)
            break
        except psycopg2.errors.SerializationFailure:
            # Another worker has written one of the rows since we looked: look anew.
            cr.rollback()
    claimed = cr.fetchall()
    # Let go of the rows before anybody is asked about them.
    cr.commit()  # pylint: disable=invalid-commit
    model.invalidate_model([field_name])
    return model.browse(record_id for [record_id] in claimed)
