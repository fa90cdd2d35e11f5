# Everything from a bare checkout: `make run` shows the whole trip, `make test` checks all of it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

.PHONY: help run test install lint audit attack bench chaos fuzz mutants lock clean

help:  ## what one can make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: install  ## the whole trip on this machine: store, agent, webhook, simulated phone
	@$(BIN)/trunkline dev

# Half of their time tests wait: for leases, retries, processes. So there are more workers than cores.
test: $(VENV)/.dev lint  ## every check: lint, types, architecture, unit, contract, integration, under fire
	PYTEST_XDIST_AUTO_NUM_WORKERS=$$(( ($$(nproc) * 3 + 1) / 2 )) $(BIN)/python -m pytest

lint: $(VENV)/.dev  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

install: $(VENV)/.installed  ## only the environment

audit: $(VENV)/.dev  ## known vulnerabilities of what is installed
	$(BIN)/pip-audit --require-hashes --disable-pip --progress-spinner off -r requirements/runtime.lock

attack: $(VENV)/.dev  ## throw 10,000 hostile inputs at a service: does it keep its bounds? (about 3 minutes)
	$(BIN)/python -m attack

bench: $(VENV)/.dev  ## how fast, beside the least possible (about 75 s)
	$(BIN)/python -m bench

chaos: $(VENV)/.dev  ## kill, freeze and unplug everything for a minute, then count what was lost
	$(BIN)/python -m chaos

fuzz: $(VENV)/.dev  ## strange input for longer (about 9 minutes)
	TRUNKLINE_FUZZ_SECONDS=30 $(BIN)/python -m pytest tests/fuzz

mutants: $(VENV)/.dev  ## take out each line of the store's scripts: does a test notice? (about 10 minutes)
	PYTHONPATH=tests $(BIN)/python -m mutation.every_line $(SCRIPTS)

lock: $(VENV)/.dev  ## renew the hashed lock files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --group build pyproject.toml --output-file requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --group build --group dev --constraint requirements/runtime.lock pyproject.toml \
	  --output-file requirements/dev.lock

clean:  ## forget the environment and the development data
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
