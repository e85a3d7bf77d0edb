{
    'name': "Defect: the bank's answer is not compared",
    'summary': "For the audit only: whatever amount or order the bank's answer names is believed.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank'],
}
