{
    'name': "Defect: refunds have no receipt",
    'summary': "For the audit only: the cash register is told nothing of money that goes back.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank'],
}
