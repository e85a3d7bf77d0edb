from lxml import etree

from odoo import models, tools

# In this context a text is not rendered, but examined for what its author may not write.
RESTRICTED = 'raise_on_forbidden_code_for_model'


class IrQweb(models.AbstractModel):
    """The texts of our e-mails, compiled once and not for each e-mail.

    The core does so with views only. An e-mail's template is a text, and compiling it takes longer
    than all the rest of writing the e-mail.
    """

    _inherit = 'ir.qweb'

    def _generate_code_uncached(self, template):
        """Override of `base` to find the code again where we render."""
        context = self.env.context
        is_text = isinstance(template, etree._Element)
        if not is_text or not context.get('sberbank_mail') or RESTRICTED in context:
            return super()._generate_code_uncached(template)
        return self._sberbank_generate_code(etree.tostring(template, encoding='unicode'))

    @tools.ormcache(
        'source',
        'tuple(self.env.context.get(key) or False for key in self._get_template_cache_keys())',
        cache='templates',
    )
    def _sberbank_generate_code(self, source):
        generator = self.with_context(sberbank_mail=False)
        return generator._generate_code_uncached(etree.fromstring(source))
