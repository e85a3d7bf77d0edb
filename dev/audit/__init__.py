"""The audit: many payments with many faults, then the bank's books against Odoo's, to the kopeck.

A live Odoo (two worker processes and one for the jobs) with the app for sales and one that fails
now and then (`neighbours`), PostgreSQL and the stand-in bank, each a process of its own. `plan`
draws from a seed who pays what and what goes wrong, by the tables of `odds`; `traffic` lets it
happen over HTTP: `payer` pays invoices, quotations and onto the account, `cards` are saved, and
charged while their owners are away, `forger` lies, `intruder` tries what is not allowed, `sales`
change what is being paid, `crashes` break the machine, `staff` works on. `quiet` waits until
nothing moves any more, `books` reads Odoo's side, `verdict`, `sales_verdict`, `charges_verdict` and
`receipts_verdict` compare it with the bank's and its cash registers'.

`make audit N=1000 SEED=7`; with `KIND=card`, or another one, all that is paid is of that kind. With
`DEFECT=lock`, `amount`, `sent`, `swallow`, `receipt` or `charge` the running Odoo is broken on
purpose first (`defects`), which the audit has to notice.
"""
