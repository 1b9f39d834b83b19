# Two commands on a fresh checkout: `make demo` shows what the program does, `make test` proves it.
# Needed beforehand: git, make, Python 3.11 or newer. `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
LOCKED := pyproject.toml uv.lock scripts/environment
#: From the quickest to the slowest.
CHECKS := ruff imports sql types unit notebooks
#: Tests that run at once; a file's tests stay together, so that a server is started once.
WORKERS ?= auto
#: More for pytest: make unit PYTEST="-k ledger -x"
PYTEST ?=

.PHONY: help demo test check lint fix ruff sql types imports unit notebooks coverage docs site build audit clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: .venv/.runs ## Audit an invented MSP and show its reports
	@scripts/system-packages demo
	@$(BIN)/msp-audit demo

test: .venv/.tests ## Everything that must hold, from a fresh checkout on
	@scripts/system-packages test
	@failed=""; \
	for check in $(CHECKS); do $(MAKE) --no-print-directory $$check || failed+=" $$check"; done; \
	if [ -n "$$failed" ]; then echo "make test: FAILED:$$failed" >&2; exit 1; fi; \
	echo "make test: all passed: $(CHECKS)"

check: $(CHECKS) ## The same, up to the first failure, without looking after system packages

lint: ruff sql imports ## Style of Python and SQL, and who imports whom

ruff: .venv/.tests ## Style of Python
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

sql: .venv/.tests ## Style of SQL
	$(BIN)/sqlfluff lint msp_audit

types: .venv/.tests ## Types
	$(BIN)/mypy

imports: .venv/.tests ## Imports point downward
	$(BIN)/lint-imports

unit: .venv/.tests ## Tests
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --durations=25 $(PYTEST)

notebooks: .venv/.tests ## Run the notebooks and compare with what they show
	$(BIN)/pytest --nbval --override-ini addopts= --override-ini filterwarnings= notebooks

coverage: .venv/.tests ## How much of the program the tests run, by branch and by room (docs/testing.md)
	rm -rf build/coverage && mkdir -p build/coverage
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadfile $(PYTEST)
	$(BIN)/coverage combine --quiet
	@rm -f build/coverage/data.* # what killed processes left half written
	$(BIN)/coverage html --quiet
	$(BIN)/coverage json --quiet -o build/coverage/coverage.json
	$(BIN)/python scripts/coverage_page.py

fix: .venv/.tests ## Mend what the linters can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix msp_audit

docs: .venv/.tests ## Write the generated pages: rules, schema, command line
	$(BIN)/msp-audit docs

site: .venv/.tests ## The documents as a site with search, into build/site/
	$(BIN)/python scripts/site.py

build: .venv/.tests ## Wheel and source archive into dist/
	$(BIN)/python -m hatchling build

audit: ## Known weaknesses of what is locked; needs uv, a package index and a network
	uv export --quiet --frozen --no-default-groups --no-emit-project --format requirements-txt --output-file .venv/audited.txt
	uvx pip-audit --strict --require-hashes --disable-pip --requirement .venv/audited.txt

clean: ## Remove what tools left behind; not .venv, not a workspace's state
	rm -rf dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.venv/.runs: $(LOCKED)
	@scripts/environment
	@touch $@

.venv/.tests: $(LOCKED)
	@scripts/environment --dev
	@touch $@ .venv/.runs
