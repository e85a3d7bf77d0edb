{
    'name': "Defect: nobody remembers that an e-mail was sent",
    'summary': "For the audit only: the flag of the e-mail about a booked payment does not stick.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank'],
}
