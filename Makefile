# Everything a person needs on a machine that has Python 3.11 to 3.13 and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STATE ?=
SOURCES ?=
SETTINGS ?=

.PHONY: run test dev lint bench peers clean help

help:
	@echo "make run                       the fictional sample state, from files to map"
	@echo "make run STATE=RI SOURCES=dir  a real state, from a folder of downloaded files"
	@echo "make run SETTINGS=file.yaml    with other settings, such as industries/heat_pumps.yaml"
	@echo "make dev                       the Dagster UI, everything loaded"
	@echo "make test                      all checks and tests"
	@echo "make bench                     measurements beside the usual tools (make peers: beside all of them)"

run: $(VENV)/.run
	@$(BIN)/onramp run $(if $(STATE),--state "$(STATE)") $(if $(SOURCES),--sources "$(SOURCES)") $(if $(SETTINGS),--settings "$(SETTINGS)")

dev: $(VENV)/.run
	@$(BIN)/onramp dev

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations 15

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m bench

# Tools that are only measured against, some under licences this project must not depend on, live apart.
peers: $(VENV)/.peers

$(VENV)/.peers: locks/peers.txt $(VENV)/.dev
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/peers.txt
	@touch $@

# The lock names every package with its hash, so nothing is resolved here. A stamp tells what is installed.
$(VENV)/.run: locks/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: locks/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/dev.txt
	@touch $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) data
