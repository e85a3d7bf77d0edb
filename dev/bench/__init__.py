"""The bench: how fast it is, and what stands in the way, beside what Odoo itself does.

A live Odoo (two workers and one process for the jobs), PostgreSQL and the stand-in bank, each a
process of its own; on the same database `payment_redsys`, one of Odoo's own providers, as the peer,
and a route that does nothing as the floor (`addons`). `world` sets them up, `orders` makes many
payments of one that was begun in earnest, `load` sends requests, `meters` reads what they cost.

What is measured is in `rows`, one table of small functions. They send what the bank, payers and
staff send, start the jobs that Odoo starts, and know nothing of what is behind. `figures` holds
what was reached against what was to be, `report` prints it.

`make bench`, or `make bench QUICK=1`. It is an instrument: whatever it finds, it exits with 0.
"""
