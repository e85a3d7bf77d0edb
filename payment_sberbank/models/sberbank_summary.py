from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from .. import const
from .sberbank_report import PERIODS, READ

# By what the money is told apart, as PostgreSQL's GROUPING(method, journal) numbers it.
BY_METHOD, BY_JOURNAL, ALTOGETHER = 1, 2, 3


class SberbankSummary(models.Model):
    """Online payments at a glance: today, yesterday and this month, each a card, all by one query.

    A company that takes payments has a card for a period, also if nothing was paid in it.
    """

    _name = 'sberbank.summary'
    _description = 'Online Payments at a Glance'
    _auto = False
    _order = 'company_id, id'
    _rec_name = 'period'
    _depends = {**READ, 'payment.provider': ['code', 'capture_manually', 'company_id', 'state']}

    period = fields.Selection(selection=PERIODS, readonly=True)
    since = fields.Date(readonly=True)
    until = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(comodel_name='res.currency', readonly=True)
    taken = fields.Monetary(readonly=True)
    returned = fields.Monetary(readonly=True)
    remaining = fields.Monetary(string="Taken Less Returned", readonly=True)
    payments = fields.Integer(readonly=True)
    orders = fields.Integer(
        help="Those that were opened at the bank and are at an end.", readonly=True
    )
    success_rate = fields.Float(string="Orders Paid", readonly=True)
    minutes_to_pay = fields.Float(string="Median Time to Pay", readonly=True)
    parts = fields.Json(readonly=True)
    breakdown = fields.Html(compute='_compute_breakdown')

    @property
    def _table_query(self):
        periods = self.env['sberbank.report']._get_periods()
        return SQL(
            """
            SELECT company.id * %(count)s + period.number AS id,
                   period.name AS period, period.since, period.until,
                   company.id AS company_id,
                   %(currency)s AS currency_id,
                   figures.*
              FROM res_company company
        CROSS JOIN (VALUES %(periods)s) period (number, name, since, until)
        CROSS JOIN LATERAL (
                       SELECT max(part.taken) FILTER (WHERE kind = %(all)s) AS taken,
                              max(part.returned) FILTER (WHERE kind = %(all)s) AS returned,
                              max(part.remaining) FILTER (WHERE kind = %(all)s) AS remaining,
                              max(part.payments) FILTER (WHERE kind = %(all)s) AS payments,
                              max(part.orders) FILTER (WHERE kind = %(all)s) AS orders,
                              max(part.success_rate) FILTER (WHERE kind = %(all)s) AS success_rate,
                              max(part.median) FILTER (WHERE kind = %(all)s) AS minutes_to_pay,
                              jsonb_agg(to_jsonb(part) ORDER BY kind, part.taken DESC)
                                  FILTER (WHERE part.taken != 0 OR part.returned != 0) AS parts
                         FROM (
                                  SELECT GROUPING(payment_method_id, journal_id) AS kind,
                                         payment_method_id,
                                         journal_id,
                                         sum(taken) AS taken,
                                         sum(returned) AS returned,
                                         sum(remaining) AS remaining,
                                         sum(payments) AS payments,
                                         count(success_rate) AS orders,
                                         avg(success_rate) AS success_rate,
                                         percentile_cont(0.5)
                                             WITHIN GROUP (ORDER BY minutes_to_pay) AS median
                                    FROM (%(lines)s) line
                                   WHERE line.company_id = company.id
                                     AND line.day BETWEEN period.since AND period.until
                                GROUP BY GROUPING SETS ((), (payment_method_id), (journal_id))
                              ) part
                   ) figures
             WHERE figures.payments > 0
                OR figures.returned > 0
                OR EXISTS (
                       SELECT 1
                         FROM payment_provider provider
                        WHERE provider.code = %(provider)s
                          AND provider.state != 'disabled'
                          AND provider.company_id = company.id
                   )
            """,
            count=len(periods),
            currency=self.env['ir.model.data']._xmlid_to_res_id('base.RUB'),
            periods=SQL(', ').join(
                SQL('(%s, %s, %s::date, %s::date)', number, name, *days)
                for number, (name, days) in enumerate(periods.items())
            ),
            all=ALTOGETHER,
            lines=self.env['sberbank.report']._table_query,
            provider=const.PROVIDER_CODE,
        )

    @api.depends_context('lang')
    @api.depends('parts')
    def _compute_breakdown(self):
        by_method = (BY_METHOD, 'payment_method_id', 'payment.method', self.env._("Payment method"))
        by_journal = (BY_JOURNAL, 'journal_id', 'account.journal', self.env._("Cash desk"))
        for summary in self:
            summary.breakdown = Markup().join(
                summary._tabulate(*criterion) for criterion in (by_method, by_journal)
            )

    def _tabulate(self, kind, key, model, heading):
        """Return a table of what was taken and returned, or nothing if there was no money.

        :param int kind: By what it is told apart, `BY_METHOD` or `BY_JOURNAL`.
        :param str key: The lines' key that has the id of a method or journal.
        :param str model: What that is an id of.
        :param str heading: What it is called.
        :rtype: Markup
        """
        parts = [part for part in self.parts or [] if part['kind'] == kind]
        if not parts:
            return Markup()
        # Whoever may see the payments is told the names.
        records = self.env[model].sudo().browse(part[key] for part in parts if part[key])
        names = {record.id: record.name for record in records}
        lines = [_row('fw-bolder', heading, self.env._("Taken"))]
        for part in parts:
            name = names.get(part[key]) or self.env._("Not booked yet")
            lines.append(_row('', f'{name} ({part["payments"]})', self._format(part['taken'])))
            if part['returned']:
                returned = self._format(-part['returned'])
                lines.append(_row('text-muted', self.env._("of it returned"), returned))
        return Markup('<table class="table table-sm mb-3">{}</table>').format(Markup().join(lines))

    def _format(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def action_open_report(self):
        """Open what the card is about: each transaction, and the same by other criteria."""
        self.check_access('read')
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'payment_sberbank.action_sberbank_report'
        )
        return {
            **action,
            'context': {},
            'domain': [
                ('company_id', '=', self.company_id.id),
                ('day', '>=', self.since),
                ('day', '<=', self.until),
            ],
        }


def _row(style, name, amount):
    # A card is narrow: two columns fit in it.
    return Markup(
        '<tr class="{style}"><td>{name}</td><td class="text-end text-nowrap">{amount}</td></tr>'
    ).format(style=style, name=name, amount=amount)
