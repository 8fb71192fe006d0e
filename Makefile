# Two commands matter: `make run` (the demo) and `make test`. `make help` lists the rest.
PYTHON ?= $(shell for each in python3.11 python3 python; do \
	$$each -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && command -v $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PORT ?= 8080
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /#/' | \
		awk -F'#' '{printf "make %-10s %s\n", $$1, $$2}'

# The packages come from lock files with hashes, what builds them too: hence no build isolation.
$(BIN)/dianxiaoer: requirements.lock requirements-build.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and was not found; install it, or: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Installing into $(VENV) (the first time this takes about a minute) ..."
	@$(PIP) --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	$(PIP) install --require-hashes -r requirements-build.lock
	$(PIP) install --require-hashes --no-build-isolation -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(BIN)/dianxiaoer
	@echo "Installing the test tools ..."
	$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.lock
	@touch $@

install: $(BIN)/dianxiaoer ## build .venv from the lock files

run: $(BIN)/dianxiaoer ## the demo with a pretend WeCom, at http://127.0.0.1:8080 (PORT=… changes it)
	PORT=$(PORT) $(BIN)/dianxiaoer demo

test: $(VENV)/.dev ## everything, on SQLite and on a real PostgreSQL and Redis (ARGS="-k card" for a part)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(VENV)/.dev ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## ratios, measured side by side in one run
	$(BIN)/python -m tests.bench $(ARGS)

LOCK := uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11
lock: ## renew the lock files: hashes, no addresses (needs uv)
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	echo 'setuptools>=77' | $(LOCK) --no-annotate - -o requirements-build.lock

clean: ## remove .venv, caches and the demo's data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis data build *.egg-info
