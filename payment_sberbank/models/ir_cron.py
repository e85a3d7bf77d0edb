from odoo import SUPERUSER_ID, api, fields, models

# Those for which somebody waits.
URGENT = ('book_payments', 'ask_bank')


class IrCron(models.Model):
    """No payment waits because our job was just ending when it was called anew."""

    _inherit = 'ir.cron'

    @api.model
    def _sberbank_get_job(self, name):
        """Return a job of ours, without a look whether it is there: nobody deletes it.

        :param str name: What it does, as its XML id says.
        :rtype: ir.cron
        """
        job_id = self.env['ir.model.data']._xmlid_to_res_id(f'payment_sberbank.ir_cron_{name}')
        return self.sudo().browse(job_id)

    def _sberbank_is_overdue(self, patience):
        """Tell whether the job is switched off, or nobody has come to run it for so long.

        :param timedelta patience: How long that may take.
        :rtype: bool
        """
        self.ensure_one()
        return not self.active or self.nextcall < fields.Datetime.now() - patience

    @classmethod
    def _process_job(cls, cron_cr, job):  # pylint: disable=missing-return
        """Override of `base` to wake the scheduler's workers once a job of ours has ended.

        While it runs, they leave it alone, also when it was called anew meanwhile. The worker that
        ran it may have another job to do next, of minutes.
        """
        super()._process_job(cron_cr, job)
        crons = api.Environment(cron_cr, SUPERUSER_ID, {})['ir.cron']
        if any(crons._sberbank_get_job(name).id == job['id'] for name in URGENT):
            cron_cr.postcommit.add(crons._notifydb)
