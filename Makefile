# Two commands matter: `make run` (the demo) and `make test`. `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "make %-10s %s\n", $$1, $$2}'

$(BIN)/dianxiaoer: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit("Python 3.11 is needed, found " + sys.version.split()[0] if sys.version_info[:2] != (3, 11) else 0)'
	@echo "Installing into $(VENV) (first time: about a minute) ..."
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(BIN)/dianxiaoer
	@echo "Installing the test tools ..."
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@

install: $(BIN)/dianxiaoer ## build .venv from the lock file

run: $(BIN)/dianxiaoer ## the demo at http://127.0.0.1:$(PORT), with a pretend WeCom
	PORT=$(PORT) $(BIN)/dianxiaoer demo

test: $(VENV)/.dev ## everything, on SQLite and on a real PostgreSQL and Redis
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## ratios, measured side by side in one run
	$(BIN)/python -m tests.bench $(ARGS)

lock: ## renew the lock files (hashes, no addresses)
	uv pip compile --generate-hashes --no-header --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean: ## remove .venv, caches and the demo's data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis data build *.egg-info
