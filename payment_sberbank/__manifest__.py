{
    'name': "Payment Provider: Sberbank",
    'version': '19.0.1.1.0',
    'category': 'Accounting/Payment Providers',
    'sequence': 350,
    # In both languages: Odoo looks for an app that is not installed yet in nothing but this.
    'summary': "Cards, SBP and SberPay through Sberbank's internet acquiring."
    " Сбербанк: интернет-эквайринг, СБП, SberPay.",
    # Odoo shows nothing else in its list of apps, unless asked to.
    'application': True,
    'author': "payment_sberbank contributors",
    # The bank's help for merchants: the addon has no site of its own.
    'website': "https://www.sberbank.ru/help/business/sbbol",
    'license': 'LGPL-3',
    'depends': ['account_payment'],
    'data': [
        'security/ir.model.access.csv',
        'security/ir_rules.xml',
        'views/sberbank_payment_type_views.xml',
        'views/payment_provider_views.xml',
        'views/payment_provider_topup_views.xml',
        'views/sberbank_exchange_views.xml',
        'views/sberbank_attention_views.xml',
        'views/sberbank_receipt_views.xml',
        'views/sberbank_report_views.xml',
        'views/sberbank_summary_views.xml',
        'views/payment_transaction_views.xml',
        'views/account_payment_views.xml',
        'wizards/sberbank_refund_views.xml',
        'views/account_move_views.xml',
        'views/mail_templates.xml',
        'views/payment_templates.xml',
        'views/receipt_portal_templates.xml',
        'views/portal_templates.xml',
        'wizards/sberbank_topup_link_views.xml',
        'wizards/sberbank_receipt_preview_views.xml',
        'views/payment_provider_receipts_views.xml',
        'views/receipt_views.xml',
        'views/res_partner_views.xml',
        'data/sberbank_payment_type_data.xml',
        'data/payment_method_data.xml',
        'data/payment_provider_data.xml',  # Depends on the methods and on payment_templates.xml
        'data/ir_config_parameter_data.xml',
        'data/ir_cron_data.xml',
        'data/mail_template_data.xml',
    ],
    'assets': {
        'web.assets_frontend': [
            'payment_sberbank/static/src/**/*',
        ],
    },
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
}
