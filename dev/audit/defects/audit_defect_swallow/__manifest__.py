{
    'name': "Defect: what fails is forgotten",
    'summary': "For the audit only: a failure of another app is caught, and nobody hears of it.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank'],
}
