# Two commands on a bare Debian or Ubuntu with git, make and Python 3.11 or newer:
# `make run` and `make test`. Everything made goes into .venv/ and var/.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
# One worker of pytest per core; four are the most one PostgreSQL is worth here.
JOBS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); [ $$cores -gt 4 ] && cores=4; echo $$cores)
# What pytest is given besides, e.g. make test T=tests/local
T ?=
# What is measured, e.g. make bench K=page.
K ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--require-hashes --only-binary :all:
CATALOGUES := $(wildcard app/*/translations/*/LC_MESSAGES/messages.po)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: help
help: ## Show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: system-run $(VENV)/.local translations ## Start Teduh here (PORT=8000); Ctrl-C stops it
	@$(BIN)/python -m app.local run --port $(PORT)

.PHONY: demo
demo: system-run $(VENV)/.local translations ## The main job without a browser; results in var/demo
	@$(BIN)/python -m app.local demo

.PHONY: test
test: system-test $(VENV)/.test translations ## Run the whole suite (T=tests/local for a part)
	@$(BIN)/python -m pytest -n $(JOBS) $(T)

.PHONY: bench
bench: system-test $(VENV)/.bench translations ## Measure what takes minutes (K=audit. for a part)
	@$(BIN)/python -m tests.benchmarks $(K)

.PHONY: bench-full
bench-full: system-test $(VENV)/.bench translations ## Measure what takes long: millions of events
	@$(BIN)/python -m tests.benchmarks --full $(K)

.PHONY: references
references: system-test $(VENV)/.test ## Make anew what letters look like; look at var/references before a commit
	@$(BIN)/python -m tests.documents.references var/references

.PHONY: lint
lint: system-run $(VENV)/.test ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: translations
translations: $(CATALOGUES:.po=.mo) ## Compile the translation catalogues that changed

%.mo: %.po | $(VENV)/.production
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

.PHONY: lock
lock: $(VENV)/.lock ## Pin and hash requirements/*.in again (UPGRADE=--upgrade for newer versions)
	@for part in production local test bench lock; do \
		$(LOCK) $(UPGRADE) requirements/$$part.in -o requirements/$$part.txt || exit 1; done

.PHONY: system-run system-test
system-run system-test: system-%:
	@$(PYTHON) -I app/local/system.py $*

# A stamp per list: a later start compares times and installs nothing. An environment that was
# moved or lost its interpreter is made anew.
$(VENV)/.made: | system-run
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		echo "teduh: making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(VENV)/.production: requirements/production.txt $(VENV)/.made
	@echo "teduh: installing what production needs"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.local: requirements/local.txt $(VENV)/.production
	@echo "teduh: installing the local stack"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.local
	@echo "teduh: installing what the tests need"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	@echo "teduh: installing what letters are measured beside"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.lock: requirements/lock.txt | $(VENV)/.made
	@$(PIP) -r $<
	@touch $@
