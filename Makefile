# All the work is done by the package dev/, which needs nothing but Python and its venv module.

PYTHON ?= python3
DEV := $(PYTHON) -m dev

.DEFAULT_GOAL := help
.PHONY: help test

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

test: ## run every test; ARGS="tests/gateway -k amount" chooses and is passed to pytest
	@$(DEV) test $(ARGS)
