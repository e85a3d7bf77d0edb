from lxml import etree

from odoo import models, tools


class IrQweb(models.AbstractModel):
    """The texts of our e-mails, compiled once and not for each e-mail.

    The core does so with views only. An e-mail's template is a text, and compiling it takes longer
    than all the rest of writing the e-mail.
    """

    _inherit = 'ir.qweb'

    def _generate_code_uncached(self, template):
        """Override of `base` to find the code again where we render."""
        if self.env.context.get('sberbank_mail') and isinstance(template, etree._Element):
            return self._sberbank_generate_code(etree.tostring(template, encoding='unicode'))
        return super()._generate_code_uncached(template)

    @tools.ormcache(
        'source',
        'tuple(self.env.context.get(key) or False for key in self._get_template_cache_keys())',
        cache='templates',
    )
    def _sberbank_generate_code(self, source):
        generator = self.with_context(sberbank_mail=False)
        return generator._generate_code_uncached(etree.fromstring(source))
