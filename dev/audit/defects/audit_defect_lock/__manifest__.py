{
    'name': "Defect: two workers may book one payment",
    'summary': "For the audit only: the row of a transaction is not locked while it is changed.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank'],
}
