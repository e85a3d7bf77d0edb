"""The web shop of the demonstration (eCommerce): courses, and customers who buy them."""

from dev.bank.process import BankProcess
from dev.demo.shop import DemoShop
from dev.odoo.server import OdooServer
from dev.odoo.web_shop import offer, open_web_shop

#: What is for sale, and for how many kopecks.
COURSES = (('Английский язык, ноябрь', 4500_00), ('Учебник и рабочая тетрадь', 1234_56))
ADDRESS = {
    'phone': '+7 495 765-43-21',
    'street': 'ул. Лесная, д. 7',
    'city': 'Москва',
    'zip': '101000',
}


class DemoWebShop(DemoShop):
    """A running Odoo with eCommerce that sells courses.

    :param server: Odoo, on a database with eCommerce and the addon
    :param bank: the stand-in bank
    """

    def __init__(self, server: OdooServer, bank: BankProcess):
        super().__init__(server, bank)
        open_web_shop(self.back_office)
        self.courses = [offer(self.back_office, name, price) for name, price in COURSES]
        (russia,) = self.find('res.country', [('code', '=', 'RU')], ['name'])
        for partner_id in self.partners.values():
            self.back_office.call(
                'res.partner', 'write', [partner_id], {**ADDRESS, 'country_id': russia['id']}
            )
