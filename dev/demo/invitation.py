"""What somebody needs to know to try it by hand."""

from dev.demo.shop import CUSTOMERS, DemoShop
from dev.demo.web_shop import DemoWebShop
from dev.odoo.back_office import ADMINISTRATOR


def print_out(shop: DemoShop) -> None:
    """Print addresses, logins and test cards."""
    login, password = ADMINISTRATOR
    print(f'\nNow try it yourself. It runs until Ctrl-C.\n\nOdoo      {shop.server.url}')
    print(f'  administrator    {login} / {password}')
    for customer in CUSTOMERS:
        print(f'  {customer.name:<16} {customer.login} / {customer.password}')
    if isinstance(shop, DemoWebShop):
        print(f'  web shop         {shop.server.url}/shop')
    print(f'\nBank      {shop.bank.url}\n  test cards:')
    for card in shop.bank.control.cards():
        code = f', code {card["acs_code"]}' if card['acs_code'] else ''
        print(f'  {card["pan"]}  {card["expiry"]}  {card["cvc"]}  {card["note"]}{code}')
    print(f'\nOdoo logs to {shop.server.log}', flush=True)
