# Two commands: `make up` runs everything, `make test` proves it. Both set themselves up.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.ready

.PHONY: setup up test lint browser boards bench faults clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ningmai needs Python 3.11 or newer, this is %s. Install one and say: make PYTHON=python3.12 up" % sys.version.split()[0])'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock || { echo 'make setup could not install the packages. Is the package index reachable? Try again: what was fetched is kept.'; exit 1; }
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

up: setup
	@$(VENV)/bin/ningmai up --replay 2020-09 $(ARGS)

test: setup lint browser
	@$(VENV)/bin/python -m pytest $(ARGS)

lint: setup
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

browser: setup
	@$(VENV)/bin/python tests/browser/chromium.py

boards: setup
	@$(VENV)/bin/python -m grafana.build

# A random schedule of faults: make faults SEED=7 MINUTES=30
faults: setup
	@$(VENV)/bin/python -m tests.faults $(if $(SEED),--seed $(SEED)) --minutes $(or $(MINUTES),30)

bench: setup
	@$(VENV)/bin/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) build *.egg-info
