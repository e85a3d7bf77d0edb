"""A stand-in for the bank's internet acquiring, for the demo, the tests and the audit.

It runs as a process of its own and speaks both of the gateway's dialects over one store of
orders:

* ``rbs``: the older gateway. Form fields in, JSON out, signed GET callbacks.
* ``ecom``: the newer gateway. JSON in and out under strict schemas, unsigned JSON callbacks.

It was written from the bank's published documents (OpenAPI 1.0.4 and 1.0.7 of the newer gateway,
the documentation of the older one and of its vendor) and shares no code with the addon: two
readings of one protocol check each other. Where the documents leave a choice it takes the
stricter one, so that what works here has a fair chance of working there.

Amounts are kopecks (integers), times are seconds of bank time since the epoch, both everywhere.
"""
