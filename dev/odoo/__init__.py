"""Odoo: where it comes from, its databases, its server, and people who use it over HTTP."""
