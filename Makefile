# Everything starts from a bare checkout: `make run` shows the whole trip, `make test` checks all of it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

# Without compiled files, each of the many processes of the tests would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# More than half of the time, tests wait: for leases, retries, processes. So there are more workers than cores. The quick
# checks wait less, and each worker needs some seconds to collect them; they need no schemathesis, which is slow to load.
TEST_WORKERS := $$(( $$(nproc) * 2 ))
CHECK_WORKERS := $$(( $$(nproc) + 1 ))

.PHONY: help run check test install lint wheel docs audit attack bench chaos fuzz mutants lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: install  ## the whole trip on this machine: store, agent, webhook, simulated phone
	@$(BIN)/trunkline dev

check: $(VENV)/.dev lint  ## the quick checks: lint, types, architecture, unit, contracts in memory (under a minute)
	$(BIN)/python -m pytest --numprocesses=$(CHECK_WORKERS) -p no:schemathesis -m 'not server' tests/unit tests/contracts

test: $(VENV)/.dev lint  ## every check: also real stores, processes and browsers, fuzz, mutants, chaos
	$(BIN)/python -m pytest --numprocesses=$(TEST_WORKERS)

lint: $(VENV)/.dev  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

install: $(VENV)/.installed  ## the environment alone

wheel: install  ## dist/trunkline-*.whl, to install without a checkout
	$(BIN)/python -m hatchling build --target wheel

docs: $(VENV)/.dev  ## dist/docs/index.html, the documents as a site with a search, to read without a connection
	@$(BIN)/python -m docs_site

audit: $(VENV)/.dev  ## known vulnerabilities of the installed packages
	$(BIN)/pip-audit --require-hashes --disable-pip --progress-spinner off -r requirements/runtime.lock

attack: $(VENV)/.dev  ## send 10,000 hostile inputs to a service: does it keep its limits? (about 3 minutes)
	$(BIN)/python -m attack

bench: $(VENV)/.dev  ## how fast, beside a minimal service (about 4 minutes)
	$(BIN)/python -m bench

chaos: $(VENV)/.dev  ## kill and freeze processes for a minute, then count what was lost
	$(BIN)/python -m chaos

fuzz: $(VENV)/.dev  ## strange input, for about 9 minutes
	TRUNKLINE_FUZZ_SECONDS=30 $(BIN)/python -m pytest tests/fuzz

mutants: $(VENV)/.dev  ## remove each line of the store's scripts: does a test fail? (about an hour)
	PYTHONPATH=tests $(BIN)/python -m mutation.every_line $(SCRIPTS)

lock: $(VENV)/.dev  ## write the lock files anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --extra tracing --group build pyproject.toml --output-file requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --extra tracing --group build --group dev --constraint requirements/runtime.lock pyproject.toml \
	  --output-file requirements/dev.lock

clean:  ## remove the environment and the development data
	rm -rf $(VENV) .trunkline

$(VENV)/bin/python:
	@for python in python3.12 python3 python3.13 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	    exec $$python -m venv $(VENV); \
	  fi; \
	done; echo "Trunkline needs Python 3.12 or newer; none was found on PATH." >&2; exit 1

$(VENV)/.installed: requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing the locked environment into $(VENV) ..."
	@$(PIP) --requirement requirements/runtime.lock
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.installed
	@echo "installing the development tools ..."
	@$(PIP) --requirement requirements/dev.lock
	@touch $@
