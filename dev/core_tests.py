"""Odoo's own tests that this addon must not break, chosen by their subject: payments."""

import importlib.util
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

#: Modules that this addon changes: all of their tests.
CHANGED = ('payment/tests', 'account_payment/tests')
#: Beside other apps, on their database: quick enough to be part of every run of the tests.
QUICK = (
    'sale/tests/test_payment_flow.py',
    'website_sale/tests/test_express_checkout_flows.py',
    'website_sale/tests/test_website_sale_cart_payment.py',
    'website_sale/tests/test_website_sale_checkout_steps.py',
    'website_payment/tests',
    'account/tests/test_account_payment.py',
    'account/tests/test_account_payment_duplicate.py',
    'account/tests/test_account_payment_items.py',
    'account/tests/test_account_payment_method_line.py',
)
#: The same, for `make test-core` alone: they take minutes.
SLOW = (
    'sale/tests/test_controllers.py',
    'sale/tests/test_sale_refund.py',
    'sale/tests/test_sale_to_invoice.py',
    'website_sale/tests/test_main_controller.py',
    'website_sale/tests/test_sale_process.py',
    'website_sale/tests/test_website_sale_cart.py',
    'website_sale/tests/test_website_sale_invoice.py',
    'website_sale/tests/test_website_sale_mail.py',
    'pos_online_payment/tests',
    'account/tests/test_account_journal.py',
    'account/tests/test_account_move_payments_widget.py',
    'account/tests/test_account_move_reconcile.py',
    'account/tests/test_account_payment_register.py',
    'account/tests/test_early_payment_discount.py',
    'account/tests/test_portal_invoice.py',
    'account/tests/test_res_partner_merge.py',
)
#: Sets what Odoo's own runner sets.
PLUGIN = '-pdev.odoo.main_thread'


def options(addons: Path, tests: Iterable[str]) -> list[str]:
    """Return pytest's arguments for tests of Odoo's own.

    :param addons: the folder of Odoo's addons
    :param tests: files and folders in it
    """
    left_out = [
        f'--deselect={test}' for missing, names in LEFT_OUT if missing(addons) for test in names
    ]
    return [PLUGIN, *left_out, *(str(addons / test) for test in tests)]


def _has_no_renderer(_addons: Path) -> bool:
    """Whether reportlab can't draw; its renderer has no wheels for Python 3.13."""
    return not importlib.util.find_spec('_rl_renderPM')


def _has_no_wkhtmltopdf(_addons: Path) -> bool:
    return not shutil.which('wkhtmltopdf')


def _has_no_video_filter(addons: Path) -> bool:
    """Whether a script of the back end's is left out, as Debian does; its tours end there."""
    return not (addons / 'mail/static/lib/selfie_segmentation/selfie_segmentation.js').exists()


#: What a machine may lack, and the tests that then fail with and without this addon. pytest names
#: no file in front where it was given one by its path.
LEFT_OUT: tuple[tuple[Callable[[Path], bool], tuple[str, ...]], ...] = (
    (
        _has_no_renderer,
        # Draws a QR code into an invoice.
        (
            'test_account_payment.py::TestAccountPayment::test_generate_and_send_invoice_with_qr_code',
        ),
    ),
    (
        _has_no_wkhtmltopdf,
        ('::TestAccountEarlyPaymentDiscount::test_invoice_report_without_invoice_date',),
    ),
    (
        _has_no_video_filter,
        (
            '::TestSaleProcess::test_01_admin_shop_tour',
            '::TestSaleProcess::test_04_admin_website_sale_tour',
            '::TestWebsiteSaleMail::test_01_shop_mail_tour',
        ),
    ),
)
