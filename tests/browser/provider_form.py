"""The provider's form in the back office. Fields go by their names, choices by their labels."""

from playwright.sync_api import Locator, expect

from .pages import BankPage
from .visitor import Visitor

SAVE = '.o_form_button_save'


class ProviderForm:
    """The form of the Sberbank provider."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.field('sberbank_username').wait_for()

    @classmethod
    def find(cls, visitor: Visitor, provider_name: str) -> 'ProviderForm':
        """Go through the menus, from the home page to the form."""
        page = visitor.page
        page.locator('.o_navbar_apps_menu button').click()
        page.locator('.o_app[data-menu-xmlid="account.menu_finance"]').click()
        page.locator('[data-menu-xmlid="account.menu_finance_configuration"]').click()
        page.locator('[data-menu-xmlid="account_payment.payment_provider_menu"]').click()
        page.locator('.o_kanban_record').get_by_text(provider_name, exact=True).click()
        return cls(visitor)

    def field(self, name: str) -> Locator:
        """Return the field `name`, with all that belongs to it."""
        return self.page.locator(f'.o_field_widget[name={name}]:visible')

    def type(self, name: str, text: str) -> None:
        """Type a text into a field."""
        self.field(name).locator('input, textarea').fill(text)

    def choose(self, name: str, label: str) -> None:
        """Choose from the list of a field."""
        self.field(name).locator('input').click()
        self.page.locator('.o_select_menu_item').get_by_text(label, exact=True).click()

    def turn_to(self, name: str) -> None:
        """Open a page of the form."""
        self.page.locator(f'.o_notebook_headers [name={name}]').click()

    def press(self, name: str) -> str:
        """Press a button and return what is told at the screen then."""
        self.page.locator(f'button[name={name}]:visible').click()
        told = self.page.locator('.o_notification')
        told.wait_for()
        message = told.inner_text()
        self.visitor.photograph(name)
        told.locator('.o_notification_close').click()
        told.wait_for(state='detached')
        return message

    def make_test_payment(self) -> BankPage:
        """Press the button, and turn to the window that the bank's page opens in."""
        with self.page.expect_popup() as opened:
            self.page.locator('button[name=action_sberbank_make_trial]:visible').click()
        self.visitor.page = opened.value
        return BankPage(self.visitor)

    def come_back(self) -> None:
        """Close the window in which the test payment was made."""
        self.visitor.page.close()
        self.visitor.page = self.page

    def walked(self) -> list[bool]:
        """Open the form anew and return which steps of the test payment are ticked off."""
        self.page.reload()
        lines = self.field('sberbank_trial_steps').inner_text().splitlines()
        return [line.startswith('\N{CHECK MARK}') for line in lines]

    def look_up(self, name: str, text: str) -> None:
        """Choose a record by its name."""
        self.field(name).locator('input').fill(text)
        found = self.page.locator('.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)')
        found.get_by_text(text, exact=True).click()

    def clear(self, name: str) -> None:
        """Take the record out that Odoo has filled in."""
        box = self.field(name).locator('input')
        expect(box).not_to_have_value('')
        box.fill('')
        box.blur()

    def tick(self, name: str, value: str) -> None:
        """Choose one of the values that a field shows side by side."""
        self.field(name).locator(f'input[data-value={value}]').check()

    def copy(self, name: str) -> str:
        """Press the copy button of a field and return what is in the clipboard then."""
        self.field(name).locator('.o_clipboard_button').click()
        return self.page.evaluate('navigator.clipboard.readText()')

    def save(self) -> None:
        """Save, and wait until it is done."""
        self.page.locator(SAVE).click()
        self.page.locator(SAVE).wait_for(state='hidden')

    def save_in_vain(self) -> str:
        """Save what Odoo does not take, and return the reason that it gives."""
        self.page.locator(SAVE).click()
        dialog = self.page.locator('.o_error_dialog')
        reason = dialog.locator('.modal-body').inner_text()
        self.visitor.photograph('refused')
        dialog.locator('.modal-footer button').first.click()
        dialog.wait_for(state='detached')
        return reason

    def save_incomplete(self) -> set[str]:
        """Save too early, and return the names of the fields that are pointed out."""
        self.page.locator(SAVE).click()
        invalid = self.page.locator('.o_field_widget.o_field_invalid')
        self.page.locator('.o_notification').wait_for()
        self.visitor.photograph('incomplete')
        self.page.locator('.o_notification_close').click()
        self.page.locator('.o_notification').wait_for(state='detached')
        return {field.get_attribute('name') for field in invalid.all()}

    def publish(self) -> None:
        """Let customers see the provider."""
        self.page.locator('[name=action_toggle_is_published]:visible').click()
        self.page.locator('[name=action_toggle_is_published] .text-success').wait_for()
