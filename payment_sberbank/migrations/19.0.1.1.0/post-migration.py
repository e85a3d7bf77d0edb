"""What was recognised by what it is not gets its mark, what staff did by hand stays theirs.

Texts of users follow the renamed field.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

# How the apps for sales, points of sale and donations mark what is paid for.
PURPOSE_RELATIONS = (('sale_order_transaction_rel', 'transaction_id'),)
PURPOSE_COLUMNS = ('pos_order_id', 'is_donation')

BEFORE, NOW = 'sberbank_notification_email', 'sberbank_staff_email'
TEMPLATE_FIELDS = (
    'email_to',
    'email_cc',
    'email_from',
    'partner_to',
    'reply_to',
    'subject',
    'body_html',
)


def migrate(cr, version):
    """Mark the top-ups of before, and correct the e-mails to staff."""
    if not version:
        return
    _mark_topups(cr)
    _leave_returns_to_staff(cr)
    _name_notified_providers(cr)
    fields = api.Environment(cr, SUPERUSER_ID, {})['mail.template']._fields
    _correct_templates(cr, [name for name in TEMPLATE_FIELDS if fields[name].translate])


def _leave_returns_to_staff(cr):
    """Record nothing by itself that staff were asked to record by hand, and may have."""
    cr.execute(
        SQL(
            """
            UPDATE payment_transaction
               SET sberbank_returned_by_hand = TRUE
             WHERE id IN (
                       SELECT transaction_id
                         FROM sberbank_attention
                        WHERE reason IN ('refunded', 'reversed')
                   )
            """
        )
    )


def _name_notified_providers(cr):
    """Tell of each notification whose it was, and that what was refused had a wrong checksum."""
    cr.execute(
        SQL(
            """
            UPDATE sberbank_exchange exchange
               SET provider_id = tx.provider_id,
                   signature = CASE exchange.outcome WHEN 'forged' THEN 'wrong' END
              FROM payment_transaction tx
             WHERE tx.id = exchange.transaction_id
               AND exchange.direction = 'notified'
               AND exchange.provider_id IS NULL
            """
        )
    )


def _mark_topups(cr):
    other_purposes = [
        SQL(
            'EXISTS (SELECT 1 FROM %s rel WHERE rel.%s = tx.id)',
            SQL.identifier(table),
            SQL.identifier(column),
        )
        for table, column in PURPOSE_RELATIONS
        if sql.table_exists(cr, table)
    ] + [
        SQL('COALESCE(tx.%s::text, %s) != %s', SQL.identifier(column), 'false', 'false')
        for column in PURPOSE_COLUMNS
        if sql.column_exists(cr, 'payment_transaction', column)
    ]
    # The sales receipt of a top-up is issued after it was paid, and is nothing that it was for.
    cr.execute(
        SQL(
            """
            UPDATE payment_transaction tx
               SET sberbank_is_topup = TRUE
              FROM payment_provider provider
             WHERE provider.id = tx.provider_id
               AND provider.code = 'sberbank'
               AND tx.operation NOT IN ('refund', 'validation')
               AND COALESCE(tx.sberbank_invoice_count, 0) = 0
               AND NOT EXISTS (
                       SELECT 1
                         FROM account_invoice_transaction_rel rel
                         JOIN account_move move ON move.id = rel.invoice_id
                        WHERE rel.transaction_id = tx.id
                          AND move.move_type != 'out_receipt'
                   )
               AND NOT (%s)
            """,
            SQL(' OR ').join([SQL('FALSE'), *other_purposes]),
        )
    )


def _correct_templates(cr, translated):
    """Let e-mail templates name the field as it is called now, in every language."""
    for field in TEMPLATE_FIELDS:
        cr.execute(
            SQL(
                'UPDATE mail_template SET %(field)s = replace(%(field)s::text, %(before)s, %(now)s)'
                '::%(type)s WHERE %(field)s::text LIKE %(wanted)s',
                field=SQL.identifier(field),
                before=BEFORE,
                now=NOW,
                type=SQL('jsonb' if field in translated else 'text'),
                wanted=f'%{BEFORE}%',
            )
        )
