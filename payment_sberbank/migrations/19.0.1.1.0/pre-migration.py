"""Fields that got another name keep what is in them."""

from odoo.tools import sql

RENAMED = (
    # Model, table, the name before, the name now.
    (
        'payment.provider',
        'payment_provider',
        'sberbank_notification_email',
        'sberbank_staff_email',
    ),
    ('sberbank.attention', 'sberbank_attention', 'is_notified', 'is_mailed'),
)


def migrate(cr, version):
    """Rename the columns, and the fields wherever a database names them."""
    if not version:
        return
    for model, table, before, now in RENAMED:
        if not sql.column_exists(cr, table, before):
            continue
        sql.rename_column(cr, table, before, now)
        cr.execute(
            'UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s',
            [now, model, before],
        )
        cr.execute(
            "UPDATE ir_model_data SET name = %s WHERE module = 'payment_sberbank' AND name = %s",
            [f'field_{table}__{now}', f'field_{table}__{before}'],
        )
        cr.execute(
            """
            UPDATE ir_filters
               SET domain = replace(domain, %(before)s, %(now)s),
                   context = replace(context, %(before)s, %(now)s),
                   sort = replace(sort, %(before)s, %(now)s)
             WHERE model_id = %(model)s
            """,
            {'model': model, 'before': before, 'now': now},
        )
        cr.execute(
            """
            UPDATE ir_exports_line line
               SET name = %(now)s
              FROM ir_exports export
             WHERE export.id = line.export_id
               AND export.resource = %(model)s
               AND line.name = %(before)s
            """,
            {'model': model, 'before': before, 'now': now},
        )
