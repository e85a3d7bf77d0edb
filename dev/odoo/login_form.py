"""Logging in by the form of the shop's pages, in a browser."""

from playwright.sync_api import Page

from dev.odoo.back_office import Account


def log_in(page: Page, account: Account) -> None:
    """Log in where the shop asks for it, and be where one wanted to go."""
    form = page.locator('form.oe_login_form')
    form.locator('[name=login]').fill(account.login)
    form.locator('[name=password]').fill(account.password)
    form.locator('[type=submit]').click()
    form.wait_for(state='detached')
