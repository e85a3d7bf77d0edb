{
    'name': "A neighbour that fails now and then",
    'summary': "For the audit only: fails at the payments that it is told to fail at.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank', 'sale_management'],
}
