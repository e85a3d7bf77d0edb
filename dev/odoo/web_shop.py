"""What a person sets up for a web shop, in the back office of a running Odoo with eCommerce."""

from dataclasses import dataclass

from dev.odoo.back_office import BackOffice
from dev.odoo.money import to_roubles

SETTINGS = {
    # An order that is paid is invoiced by itself.
    'sale.automatic_invoice': 'True',
    # E-mails with a PDF are written by a job, so that no order waits for a missing wkhtmltopdf.
    'sale.async_emails': 'True',
}


@dataclass(frozen=True)
class Product:
    """What is for sale."""

    template_id: int
    product_id: int
    name: str
    #: Kopecks.
    price: int


def open_web_shop(back_office: BackOffice) -> None:
    """Have the site sell in roubles, in Russian and in English."""
    call = back_office.call
    for name, value in SETTINGS.items():
        call('ir.config_parameter', 'set_param', name, value)
    languages = back_office.find('res.lang', [('active', '=', True)], ['code'])
    by_code = {language['code']: language['id'] for language in languages}
    (website,) = back_office.find('website', [], ['name'])
    spoken = {
        'language_ids': [[6, 0, list(by_code.values())]],
        'default_lang_id': by_code['ru_RU'],
    }
    call('website', 'write', [website['id']], spoken)
    (rouble,) = back_office.find('res.currency', [('name', '=', 'RUB')], ['name'])
    for pricelist in back_office.find('product.pricelist', [], ['name']):
        call('product.pricelist', 'write', [pricelist['id']], {'currency_id': rouble['id']})


def offer(back_office: BackOffice, name: str, kopecks: int) -> Product:
    """Put a course up for sale; nothing of it has to be delivered."""
    values = {
        'name': name,
        'type': 'service',
        'list_price': to_roubles(kopecks),
        'taxes_id': [[6, 0, []]],
        'invoice_policy': 'order',
        'is_published': True,
    }
    template_id = back_office.call('product.template', 'create', values)
    (product,) = back_office.find(
        'product.product', [('product_tmpl_id', '=', template_id)], ['name']
    )
    return Product(template_id, product['id'], name, kopecks)
