# All the work is done by the package dev/, which needs nothing but Python and its venv module.

PYTHON ?= python3
DEV := $(PYTHON) -m dev

# The size of the audit, and what it is drawn from.
N ?= 1000
SEED ?= 1
FUZZ_REQUESTS ?= 20000

.DEFAULT_GOAL := help
.PHONY: help demo audit bench test test-core test-oldest lint bank clients screenshots wheel clean distclean

help: ## list the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## show a payment from the invoice to the books, with SHOP=1 from a cart; ONCE=1 ends after it
	@$(DEV) demo $(if $(SHOP),--shop) $(if $(ONCE),--once)

test: ## run every test; ARGS="tests/gateway -k amount" is passed to pytest
	@$(DEV) test $(ARGS)

test-core: ## run Odoo's own tests of payments with the addon installed, about 10 min
	@$(DEV) test-core $(ARGS)

test-oldest: ## run the gateway's tests with the oldest libraries that Odoo 19 runs with
	@$(DEV) test-oldest $(ARGS)

audit: ## compare the bank's books with Odoo's after N=1000 payments full of faults; SEED=1
	@$(if $(DEFECT),,FUZZ_REQUESTS=$(FUZZ_REQUESTS) $(DEV) test -q tests/addon/test_fuzz.py)
	@$(DEV) audit --count $(N) --seed $(SEED) $(if $(KIND),--kind $(KIND)) $(if $(DEFECT),--defect $(DEFECT))

bench: ## measure how fast it is beside Odoo's own, 15 min; QUICK=1 3 min; ARGS="--only polling"
	@$(DEV) bench $(if $(QUICK),--quick) $(ARGS)

lint: ## check code, data files and translations
	@$(DEV) lint

bank: ## run the stand-in bank alone, for any client; ARGS=--help
	@$(DEV) bank $(ARGS)

clients: ## run clients that others wrote, unchanged, against the stand-in bank; from PyPI and npm
	@$(DEV) clients

screenshots: ## take the pictures of the description anew, from a real Odoo, about 2 min
	@$(DEV) screenshots

wheel: ## build the addon's wheel into dist/
	@$(DEV) wheel

clean: ## remove what runs left in this clone
	@$(DEV) clean

distclean: ## remove also Odoo, packages and databases, which all clones share
	@$(DEV) clean --all
