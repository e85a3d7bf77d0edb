{
    'name': "Payment Provider: Sberbank",
    'version': '19.0.1.0.0',
    'category': 'Accounting/Payment Providers',
    'sequence': 350,
    'summary': "Cards, SBP and SberPay through Sberbank's internet acquiring.",
    'author': "payment_sberbank contributors",
    'license': 'LGPL-3',
    'depends': ['account_payment'],
    'data': [
        'security/ir.model.access.csv',
        'security/ir_rules.xml',
        'views/sberbank_payment_type_views.xml',
        'views/payment_provider_views.xml',
        'views/payment_provider_topup_views.xml',
        'views/payment_transaction_views.xml',
        'views/account_payment_views.xml',
        'views/payment_templates.xml',
        'views/portal_templates.xml',
        'wizards/sberbank_topup_link_views.xml',
        'views/res_partner_views.xml',
        'data/sberbank_payment_type_data.xml',
        'data/payment_method_data.xml',
        'data/payment_provider_data.xml',  # Depends on the methods and on payment_templates.xml
        'data/ir_cron_data.xml',
    ],
    'assets': {
        'web.assets_frontend': [
            'payment_sberbank/static/src/**/*',
        ],
    },
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
}
