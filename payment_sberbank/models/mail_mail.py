from odoo import models


class MailMail(models.Model):
    _inherit = 'mail.mail'

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Override of `mail` to send nothing from a step that may still be undone.

        The e-mail is in the queue, and gone if the step is undone; it would be sent again by the
        next attempt.
        """
        if self.env.context.get('sberbank_may_be_undone'):
            self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()
            return True
        return super().send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )
