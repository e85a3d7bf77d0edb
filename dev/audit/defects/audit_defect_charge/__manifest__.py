{
    'name': "Defect: a charge is made anew when its answer is lost",
    'summary': "For the audit only: a saved card is charged by another order then, and once more.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank'],
}
