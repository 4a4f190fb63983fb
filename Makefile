# Passerelle: everything a person or a machine needs has a target here.
#   make run      set up, make the demo, serve http://127.0.0.1:8000
#   make test     set up and run every test (at most 20 minutes on two cores)

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

export PASSERELLE_VAR_DIR ?= $(CURDIR)/var

.PHONY: help setup setup-dev assets run test test-long check format bench lock clean

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

# --- setting up ----------------------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Passerelle needs Python 3.11 or newer as '$(PYTHON)'."; \
	  echo "Debian 12 or Ubuntu 24.04 bring it: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. Install it: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements-dev.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(VENV)/.runtime $@

$(VENV)/.package: $(VENV)/.runtime pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: node
node:
	@command -v node >/dev/null && command -v npm >/dev/null || { \
	  echo "Node.js 20 or newer with npm is needed to build the pages' style sheets."; \
	  echo "See https://nodejs.org/en/download (Debian 13 and Ubuntu 25.04: apt-get install nodejs npm)."; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || { \
	  echo "Node.js 20 or newer is needed; this is $$(node --version)."; \
	  echo "See https://nodejs.org/en/download"; exit 1; }

web/assets/node_modules/.made: web/assets/package.json web/assets/package-lock.json | node
	cd web/assets && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/assets/dist/manifest.json: web/assets/node_modules/.made web/assets/build.mjs $(shell find web/assets/js web/assets/scss -type f 2>/dev/null)
	cd web/assets && node build.mjs

assets: web/assets/dist/manifest.json ## Build the style sheets and scripts

.PHONY: translations
translations: $(VENV)/.runtime
	@$(BIN)/pybabel -q compile -d web/translations

setup: $(VENV)/.package assets translations ## Install everything that running needs

setup-dev: $(VENV)/.dev $(VENV)/.package assets translations ## Install everything that testing needs

# --- running -------------------------------------------------------------------------------

run: export PASSERELLE_DEMO = 1
run: setup ## Set up, make the demo, serve it
	@$(BIN)/passerelle db upgrade
	@$(BIN)/passerelle deploy processes
	@$(BIN)/passerelle demo fill
	@$(BIN)/passerelle serve

# --- checking ------------------------------------------------------------------------------

test: setup-dev ## Run every test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not long"

test-long: setup-dev ## Run the full matrices
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

check: setup-dev ## Lint, types, assets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-dev ## Put code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev ## Print the benchmarks' ratios
	$(BIN)/python -m tests.bench

lock: $(VENV)/.dev ## Pin every package anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header pyproject.toml --extra dev -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header pyproject.toml --extra build -c requirements-dev.lock -o requirements.lock

clean: ## Remove what was built and the demo (var/)
	rm -rf $(VENV) var web/assets/node_modules web/assets/dist
