# Everything a person needs on a machine that has make and Python 3.11 to 3.14. `make` alone lists it.
SUPPORTED := 3.11 3.12 3.13 3.14
VENV ?= .venv
BIN := $(VENV)/bin
RUN_LOCK ?= locks/run.txt
DEV_LOCK ?= locks/dev.txt
STATE ?=
SOURCES ?=
SETTINGS ?=

# The interpreter: the one named by PYTHON=…, else that of the environment there is, else the first supported one.
version = $(shell "$(1)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
INSTALLED := $(call version,$(BIN)/python)
ifeq ($(origin PYTHON),undefined)
  PYTHON := $(if $(filter $(INSTALLED),$(SUPPORTED)),$(BIN)/python,$(firstword $(foreach name,python3 \
    $(foreach one,3.14 3.13 3.12 3.11,python$(one)),$(if $(filter $(call version,$(name)),$(SUPPORTED)),$(name))) python3))
endif
VERSION := $(call version,$(PYTHON))

# Stamps say what is installed for which interpreter; another interpreter gets a new environment.
RUN := $(VENV)/.run-$(VERSION)
DEV := $(VENV)/.dev-$(VERSION)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
LOCKED := $(PIP) --no-deps --require-hashes -r

.PHONY: help install run dev test tests lint format types contracts spelling scripts docs docs-serve code-coverage coverage bench peers \
  robustness container weaknesses bill lock test-oldest test-newest clean supported renewed
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "make run STATE=RI SOURCES=dir SETTINGS=file.yaml    a real state from a folder of files, with settings"
	@echo "PYTHON=python3.13 before or after any of these names the interpreter; VENV=folder the environment"

run: $(RUN) ## the fictional sample state (or STATE=), from publishers' files to map and lists
	@$(BIN)/onramp run $(if $(STATE),--state "$(STATE)") $(if $(SOURCES),--sources "$(SOURCES)") $(if $(SETTINGS),--settings "$(SETTINGS)")

dev: $(RUN) ## the Dagster UI, everything loaded
	@$(BIN)/onramp dev

install: $(DEV) ## the environment for developing, from the locks

test: lint tests ## every check and every test

tests: $(DEV) ## every test
	$(BIN)/python -m pytest -n 2 --max-worker-restart 0 --dist loadfile --no-loadscope-reorder -p tests.support.processor_time -p tests.support.failures_at_once

# Two at a time, as there are two cores; what each says is kept together where make can.
lint: $(DEV) ## every check that runs no test: the six below
	@$(MAKE) --no-print-directory -j 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) docs types format contracts spelling scripts

format: $(DEV) ## style and layout of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## types of the code
	$(BIN)/mypy

contracts: $(DEV) ## who may import whom
	$(BIN)/lint-imports

spelling: $(DEV) ## misspelled words and British spellings (word list: docs/words.txt)
	$(BIN)/codespell

# Both are packages of the npm registry, kept by npx; without node, or where the registry cannot be reached and npx does not
# have them yet, the scripts are checked by the browser tests alone.
NPX := npx --yes --prefer-offline --package typescript@7.0.2 --package prettier@3.10.1
scripts: ## types and layout of the maps' scripts, where node and its packages are available
	@if ! command -v npx >/dev/null; then echo "scripts: not checked, node is not installed"; \
	elif ! npm_config_fetch_retries=0 $(NPX) tsc --version >/dev/null 2>&1; then \
	  echo "scripts: not checked, npx could not obtain TypeScript and Prettier (no network?)"; \
	else $(NPX) tsc --project maps/static/tsconfig.json \
	  && $(NPX) prettier --log-level warn --check "maps/static/*.js"; fi

docs: $(DEV) ## the documentation site, its links and its references into the code, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

docs-serve: $(DEV) ## the documentation site while you write
	$(BIN)/mkdocs serve

code-coverage: $(DEV) ## lines the quick tests reach; never fewer than tests/coverage_floor.txt says
	COVERAGE_CORE=$(if $(filter 3.11,$(VERSION)),ctrace,sysmon) $(BIN)/python -m pytest -n 2 --max-worker-restart 0 --dist loadfile --no-loadscope-reorder \
	  -m "not slow and not browser and not services and not realdata" --ignore tests/integration --ignore tests/golden \
	  --cov --cov-report term:skip-covered --cov-fail-under $$(cat tests/coverage_floor.txt)

coverage: $(DEV) ## whether intervals of 90 % hold nine true ranks of ten (STATE=, SOURCES=; docs/methodology.md)
	$(BIN)/python -m bench.coverage $(if $(STATE),--state "$(STATE)") $(if $(SOURCES),--sources "$(SOURCES)")

bench: $(DEV) ## measurements beside the usual tools, hours (docs/performance.md)
	$(BIN)/python -m bench

peers: $(VENV)/.peers-$(VERSION) ## tools that are only measured against, in an environment of their own

robustness: $(DEV) ## campaigns that break things on purpose, an hour (docs/reliability.md)
	$(BIN)/python -m tests.robustness

container: $(DEV) ## the image built and a deployment of it tried, as root on Debian (FOLDER=, OPTIONS=; docs/reliability.md)
	$(BIN)/python -m deploy.scripts.try_container $(OPTIONS) "$(if $(FOLDER),$(FOLDER),$(error FOLDER= names a scratch folder with 12 GB of room))"

weaknesses: $(DEV) ## known weaknesses of what the locks name, by a database you bring (DATABASE=; docs/dependencies.md)
	$(BIN)/python -m deploy.scripts.known_weaknesses "$(if $(DATABASE),$(DATABASE),$(error DATABASE= names a zip file or folder of OSV records))"

bill: $(DEV) ## what the image is made of by its lock, as CycloneDX, in bill-of-materials.json
	$(BIN)/python -m deploy.scripts.bill_of_materials lock locks/deploy.txt > bill-of-materials.json

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
  --no-emit-index-url

lock: $(DEV) ## newest releases of everything into locks/
	$(COMPILE) --upgrade pyproject.toml -o locks/run.txt
	$(COMPILE) --upgrade pyproject.toml --extra deploy -o locks/deploy.txt
	$(COMPILE) --upgrade pyproject.toml --extra dev --extra deploy -o locks/dev.txt
	$(COMPILE) --upgrade --group pyproject.toml:build -o locks/build.txt
	$(COMPILE) --upgrade --group pyproject.toml:peers -o locks/peers.txt
	$(COMPILE) --resolution lowest-direct pyproject.toml --extra dev --extra deploy -o locks/oldest.txt
	$(BIN)/python docs/scripts/list_dependencies.py

test-oldest: ## every test with the oldest releases that pyproject.toml allows
	$(MAKE) tests VENV=$(VENV)-oldest RUN_LOCK=locks/oldest.txt DEV_LOCK=locks/oldest.txt

test-newest: $(DEV) ## every test with the newest releases, whatever the locks say
	$(COMPILE) --upgrade pyproject.toml --extra dev --extra deploy -o $(VENV)-newest.txt
	$(MAKE) tests VENV=$(VENV)-newest RUN_LOCK=$(VENV)-newest.txt DEV_LOCK=$(VENV)-newest.txt

clean: ## environments, results and what tools leave behind
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-newest $(VENV)-newest.txt data site .*_cache .coverage

supported:
	$(if $(filter $(VERSION),$(SUPPORTED)),@:,$(error Onramp runs on Python $(firstword $(SUPPORTED)) to \
	$(lastword $(SUPPORTED)) and $(PYTHON) is $(if $(VERSION),Python $(VERSION),not there): install one of these or name \
	it, as in make run PYTHON=python3.13))

# Nothing is resolved here: the locks name every package with its hash. What builds the editable install lies apart.
$(RUN): $(RUN_LOCK) locks/build.txt pyproject.toml $(if $(filter $(VERSION),$(INSTALLED)),,renewed) | supported
	@$(if $(filter $(VERSION),$(INSTALLED)),:,"$(PYTHON)" -m venv --clear $(VENV))
	$(LOCKED) $(RUN_LOCK)
	$(LOCKED) locks/build.txt --target $(VENV)/build --upgrade
	PYTHONPATH=$(VENV)/build $(PIP) --no-deps --no-build-isolation --editable .
	@rm -rf $(VENV)/build
	@touch $@

$(DEV): $(DEV_LOCK) $(RUN)
	$(LOCKED) $(DEV_LOCK)
	@touch $@

$(VENV)/.peers-$(VERSION): locks/peers.txt $(DEV)
	$(BIN)/python -m venv --clear $(VENV)/peers
	$(VENV)/peers/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r locks/peers.txt
	@touch $@
