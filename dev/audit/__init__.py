"""The audit: many payments with many faults, then the bank's books against Odoo's, to the kopeck.

A live Odoo (two worker processes and one for the jobs), PostgreSQL and the stand-in bank, each a
process of its own. `plan` draws from a seed who pays what and what goes wrong, `traffic` lets it
happen over HTTP: `payer` pays, `forger` lies, `crashes` break the machine, `staff` works on.
`quiet` waits until nothing moves any more, `books` reads Odoo's side, `verdict` compares it with
the bank's.

`make audit N=1000 SEED=7`. With `DEFECT=lock`, `amount` or `sent` the running Odoo is broken on
purpose first (`defects`), which the audit has to notice.
"""
