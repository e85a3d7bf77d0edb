"""The pages that a payer sees, by what can be done there. Names of elements are in no language."""

import re
from urllib.parse import parse_qs, urlsplit

from dev.odoo.back_office import Account

from .shop import Invoice
from .visitor import Visitor

#: Of the test cards that the bank publishes.
CARD_WITH_CODE = {'pan': '2202 2053 0006 8092', 'expiry': '05/26', 'cvc': '583'}
CARD_WITHOUT_FUNDS = {'pan': '2202 2050 0006 0910', 'expiry': '06/28', 'cvc': '810'}
CARD_CODE = '111111'

CONTINUE = '[name=o_sberbank_continue]'

#: The frame is given the height of its content in pixels when that is there.
INVOICE_IS_UNROLLED = "Number(document.querySelector('#invoice_html').height) > 0"


def is_russian(text: str) -> bool:
    """Tell whether a text is written in Russian letters."""
    return re.search('[а-яё]', text) is not None


def open_in_portal(visitor: Visitor, customer: Account, invoice: Invoice) -> 'InvoicePage':
    """Log in as a customer and find the invoice among one's own."""
    visitor.open('/my/invoices')
    visitor.log_in(customer)
    return find_in_portal(visitor, invoice)


def find_in_portal(visitor: Visitor, invoice: Invoice) -> 'InvoicePage':
    """Find the invoice among one's own, as somebody who is logged in."""
    visitor.open('/my/invoices')
    visitor.page.locator(f'a[href*="/my/invoices/{invoice.id}?"]').first.click()
    return InvoicePage(visitor)


class InvoicePage:
    """An invoice in the portal."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.page.locator('#invoice_content').wait_for()

    def go_to_bank(self, method: str = 'card', *, is_open: bool = False) -> 'BankPage':
        """Choose a payment method of Sberbank and go to the bank.

        :param method: the code of the payment method
        :param is_open: whether the choice is shown already, as a payment link does
        """
        self.choose_sberbank(method, is_open=is_open)
        return BankPage(self.visitor)

    def choose_sberbank(self, method: str = 'card', *, is_open: bool = False) -> None:
        """Choose a payment method of Sberbank and press the button, wherever that leads."""
        if not is_open:
            self.page.locator('a[data-bs-target="#pay_with"]:visible').click()
        dialog = self.page.locator('#pay_with.show')
        button = self.page.locator(
            f'[name=o_payment_radio][data-provider-code=sberbank][data-payment-method-code={method}]'
        )
        option = dialog.locator('[name=o_payment_option]').filter(has=button)
        option.locator('label.o_payment_option_label').click()
        self.visitor.photograph('choice')
        dialog.locator('[name=o_payment_submit_button]').click()

    def save_card(self) -> None:
        """Choose the card, tick that it is to be saved, and go to the bank."""
        self._save('Card|Карта')

    def save_account(self) -> None:
        """Choose SBP, tick that the account is to be saved, and go to the bank."""
        self._save('SBP|СБП')

    def _save(self, names: str) -> None:
        self.page.locator('a[data-bs-target="#pay_with"]:visible').click()
        dialog = self.page.locator('#pay_with.show')
        dialog.locator('label.o_payment_option_label', has_text=re.compile(names)).click()
        tick = dialog.locator('[name=o_payment_tokenize_checkbox]:visible')
        assert not tick.is_checked()
        tick.check()
        self.visitor.photograph('choice')
        dialog.locator('[name=o_payment_submit_button]').click()

    def choose_saved_card(self) -> None:
        """Choose the card or the account that was saved before, and pay by it."""
        self.page.locator('a[data-bs-target="#pay_with"]:visible').click()
        dialog = self.page.locator('#pay_with.show')
        card = dialog.locator('[name=o_payment_radio][data-payment-option-type=token]')
        card.check()
        self.visitor.photograph('saved-card')
        dialog.locator('[name=o_payment_submit_button]').click()

    def go_on(self) -> 'BankPage':
        """Go back to the bank with a payment that was begun before."""
        self.page.locator(f'{CONTINUE}:visible').click()
        return BankPage(self.visitor)

    def wait_until_paid(self) -> None:
        """Wait until the page says that the invoice is paid."""
        self.page.locator('[name=invoice_paid_badge]:visible').wait_for()

    def photograph(self, name: str) -> None:
        """Keep a picture when the invoice's own text, a page within the page, has come."""
        self.page.wait_for_function(INVOICE_IS_UNROLLED)
        self.visitor.photograph(name)


class BankPage:
    """The bank's payment page, and those that follow it there."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.page.locator('#card-form').wait_for()

    @property
    def order_id(self) -> str:
        """The bank's id of the order."""
        query = parse_qs(urlsplit(self.page.url).query)
        return (query.get('mdOrder') or query['orderId'])[0]

    def type_card(self, card: dict[str, str]) -> None:
        """Type in a card and send it."""
        for name, value in card.items():
            self.page.locator(f'#card-form [name={name}]').fill(value)
        self.page.locator('#pay').click()

    def pay_by(self, method: str) -> None:
        """Pay by `card`, `sbp` or `sberpay`, and be taken back to the shop."""
        if method == 'card':
            self.pay_by_card()
        else:
            self.pay_by_wallet(method)

    def pay_by_card(self) -> None:
        """Pay by a card whose issuer asks for a code, and be taken back to the shop."""
        self.type_card(CARD_WITH_CODE)
        self.page.locator('#code').fill(CARD_CODE)
        self.visitor.photograph('bank-code')
        self.page.locator('#confirm').click()
        self._wait_for_shop()

    def pay_by_saved_card(self) -> None:
        """Give the code of the saved card, then the issuer's, and be taken back to the shop."""
        self.page.locator('#saved').wait_for()
        self.page.locator('#card-form [name=cvc]').fill(CARD_WITH_CODE['cvc'])
        self.visitor.photograph('bank-saved-card')
        self.page.locator('#pay').click()
        self.page.locator('#code').fill(CARD_CODE)
        self.page.locator('#confirm').click()
        self._wait_for_shop()

    def pay_by_wallet(self, wallet: str) -> None:
        """Pay in a banking application, `sbp` or `sberpay`, and be taken back to the shop."""
        self.page.locator(f'#{wallet}').click()
        self.page.locator('#confirm').wait_for()
        self.visitor.photograph(f'bank-{wallet}')
        self.page.locator('#confirm').click()
        self._wait_for_shop()

    def wait_for_refusal(self) -> None:
        """Wait until the page says that the card was refused."""
        self.page.locator('#error').wait_for()

    def give_up(self) -> None:
        """Go back to the shop without having paid."""
        self.page.locator('#cancel').click()
        self._wait_for_shop()

    def _wait_for_shop(self) -> None:
        self.page.wait_for_url(f'{self.visitor.shop_url}/**')


class CardsPage:
    """The portal's page of saved cards."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        visitor.open('/my/payment_method')
        self.cards = self.page.locator('[name=o_payment_delete_token]')

    def save_card(self) -> 'BankPage':
        """Choose to save a card without a payment, and go to the bank."""
        self.page.locator('label.o_payment_option_label', has_text=re.compile('Card|Карта')).click()
        self.visitor.photograph('save-card')
        self.page.locator('[name=o_payment_submit_button]').click()
        return BankPage(self.visitor)

    def wait_for_card(self, digits: str) -> None:
        """Wait until the page shows the card that ends with these digits."""
        self.page.wait_for_url('**/my/payment_method*')
        self.page.get_by_text(digits).first.wait_for()

    def remove(self) -> None:
        """Remove the only card."""
        self.cards.first.click()
        self.page.locator('.o_dialog footer .btn-primary').click()
        self.cards.first.wait_for(state='detached')


class StatusPage:
    """The page that waits for the bank's word."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.continue_link = self.page.locator(f'[name=o_payment_status] {CONTINUE}')
        self.page.locator('[name=o_payment_status]').wait_for()

    def go_on(self) -> BankPage:
        """Go back to the bank to pay after all."""
        self.continue_link.click()
        return BankPage(self.visitor)

    def go_back(self) -> InvoicePage:
        """Leave it for later."""
        self.page.locator('[name=o_payment_status_alert] a').click()
        return InvoicePage(self.visitor)


class UnavailablePage:
    """The page that comes when the bank can't be reached."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.button = self.page.locator('[name=o_sberbank_try_again]')
        self.button.wait_for()

    def try_again(self) -> None:
        """Press the button, wherever that leads."""
        with self.page.expect_navigation():
            self.button.click()
