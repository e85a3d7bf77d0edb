{
    'name': "What the bench compares with",
    'summary': "For the bench only: an empty route, and counters of what a request costs.",
    'version': '19.0.1.0.0',
    'license': 'LGPL-3',
    'depends': ['payment_sberbank', 'payment_redsys'],
}
