from odoo import models
from odoo.http import request

from .. import gateway


class PaymentProvider(models.Model):
    """Where this system is, for the bank, for payers, and for links that are handed out."""

    _inherit = 'payment.provider'

    def _sberbank_get_base_url(self, documents=()):
        """Return the address of this system that others are told.

        It is configured, and nothing else: the domain of the website where the documents were
        sold, else of the provider's website, else of the company's first one, else `web.base.url`.
        Without the app for websites it is always `web.base.url`.

        `get_base_url` of the provider is not it: `website_payment` takes that from the request,
        whose sender writes the host as they like, and whose scheme is lost where a proxy ends TLS.

        :param documents: What is paid for: sales orders, invoices.
        :type documents: list[odoo.models.Model]
        :rtype: str
        """
        self.ensure_one()
        owners = [*documents, self, self.company_id]
        websites = [owner.sudo().website_id for owner in owners if 'website_id' in owner._fields]
        website = next(filter(None, websites), None)
        return (website or self.company_id.sudo()).get_base_url()

    def _sberbank_get_payer_base_url(self, documents=()):
        """Return the address of this system that a payer comes back to.

        A browser knows the payer again only on the host that it came by. So the host of the request
        chooses, but only among the addresses that are configured (the domains of all websites, and
        `web.base.url`): these all lead to this system, whoever wrote the request. Its port and its
        scheme choose nothing: cookies know no port, and a proxy may have changed both. Any other
        host changes nothing: the address is the one that the bank is told of otherwise, too.

        :param documents: What is paid for: sales orders, invoices.
        :type documents: list[odoo.models.Model]
        :rtype: str
        """
        usual = self._sberbank_get_base_url(documents)
        host = _host_of(f'http://{request.httprequest.host}') if request else ''
        if not host:
            return usual
        known = [usual, *self._sberbank_get_configured_urls()]
        return next((url for url in known if _host_of(url) == host), usual)

    def _sberbank_get_configured_urls(self):
        parameter = self.env['ir.config_parameter'].sudo().get_param('web.base.url')
        if 'website' not in self.env:
            return [parameter]
        websites = self.env['website'].sudo().search([('domain', '!=', False)])
        return [*websites.mapped('domain'), parameter]


def _host_of(url):
    """Return the host of an address as browsers write it, or nothing if it is not valid.

    :param str url: The address.
    :rtype: str
    """
    try:
        return gateway.host_of(gateway.ascii_url(url))
    except ValueError:
        return ''
