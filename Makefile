# Countersign: `make run` starts everything, `make test` proves it. `make help` lists the rest.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# One environment per user and clone: a clone that root has used stays usable for everybody else.
VENV ?= $(shell if [ -d .venv ] && [ -w .venv ] || { [ ! -e .venv ] && [ -w . ]; }; then echo .venv; \
  elif [ -w . ]; then echo .venv-$$(id -un); \
  else echo "$${XDG_CACHE_HOME:-$$HOME/.cache}/countersign/venv-$$(pwd | cksum | cut -d' ' -f1)"; fi)
BIN := $(VENV)/bin
SEEDS ?= 20000
DAYS ?= 100
KILLS ?= 500
WEB := $(shell find miniapp/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test retest check fmt bench bench-page soak sim docs-shots env-example up build clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.installed ## install what is missing and start everything
	@$(BIN)/countersign run

test: $(VENV)/.dev ## install what is missing and run the whole suite
	@$(BIN)/python -m pytest -n auto --maxprocesses=4 --dist loadgroup

retest: $(VENV)/.dev ## run alone, once more, what failed last
	@$(BIN)/python -m pytest --last-failed --last-failed-no-failures none -v

check: $(VENV)/.dev ## format, lint, types, import contracts, front end
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.front_end check

fmt: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure against the targets, with the baseline of the same run
	@$(BIN)/python -m tests.bench

bench-page: $(VENV)/.dev ## the same, and write the table into docs/performance.md
	@$(BIN)/python -m tests.bench --page docs/performance.md

soak: $(VENV)/.dev ## kill -9 the engine 500 times over real Postgres and a real wire
	@$(BIN)/python -m tests.soak --kills $(KILLS)

sim: $(VENV)/.dev ## simulate many seeds and every mutant: make sim SEEDS=20000
	@$(BIN)/python -m tests.sim --seeds $(SEEDS) --days $(DAYS) --mutants
	@$(BIN)/python -m tests.sim.enumerate

conformance: $(VENV)/.dev ## run every venue through its promises and write the table of docs/venues
	@$(BIN)/python -m tests.conformance

docs-shots: $(VENV)/.dev ## take the pictures of the README from the running product
	@$(BIN)/python -m tests.journeys.shots

env-example: $(VENV)/.dev ## write .env.example from the settings
	@$(BIN)/python -m foundation.env_example > .env.example

up: ## the same with containers
	docker compose up --build

build: $(VENV)/.dev ## the wheel
	$(BIN)/python -m pip wheel --no-deps -w dist .

clean: ## remove environments and built files (never your data)
	rm -rf .venv .venv-* build dist miniapp/webapp miniapp/web/node_modules

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml hatch_build.py $(WEB)
	@echo "Installing Countersign (a minute the first time) ..."
	@$(BIN)/python -m pip install -qq -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(BIN)/python -m pip install -qq --group dev
	@$(BIN)/python -m tests.house.front_end install
	@touch $@
