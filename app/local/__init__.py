"""The local stack: PostgreSQL and Valkey without an installed server.

Behind `make run`, `make demo` and `make test`. Production starts the lines of the Procfile
against servers of its own and never imports this package.
"""
