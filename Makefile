# Hải Đăng. Two commands do everything: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5000

.DEFAULT_GOAL := help
.PHONY: help run test check proof bench docs setup setup-test lock clean

help: ## Show what can be asked for
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup ## Set up, start the demo province, harvest, publish, serve (PORT=5000)
	@$(BIN)/haidang up --demo --port $(PORT)

test: setup-test ## Set up and run all tests, on SQLite and PostgreSQL, in a real browser
	@$(BIN)/python -m pytest -n 4 --dist loadfile

check: setup-test ## Lint
	@$(BIN)/ruff check .

proof: setup-test ## The heavy proof, takes long, needs gcc: 200 kills in mid-harvest on each database, and among three workers; reports equal to frictionless', sanitizers, mutants
	@$(BIN)/python -m pytest tests/proof -q -s

bench: setup-test ## Print the figures: rates of harvest and of serving, server time of pages and tables, growth, checking against frictionless and a bare parse
	@PYTHONPATH=tests $(BIN)/python -m benchmarks

docs: $(VENV)/.installed ## Write the pages of docs/ that are made from the code
	@$(BIN)/python -m catalog.issue_page > docs/issue-codes.md

setup: $(VENV)/.installed
	@$(BIN)/python -m web.assets.fetch

setup-test: $(VENV)/.installed-test
	@$(BIN)/python -m web.assets.fetch
	@sh deploy/chromium.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Cần Python 3.11 trở lên; hãy cài rồi chạy lại: make PYTHON=python3.12 … · Python 3.11 or newer is needed; install it, then: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Chưa có mô-đun venv; hãy cài gói python3-venv · The venv module is missing; install the package python3-venv" >&2; rm -rf $(VENV); exit 2; }

$(VENV)/.installed: deploy/requirements.txt pyproject.toml $(wildcard catalog/native/*.[ch] catalog/validation/native/*.[ch]) | $(VENV)/bin/python
	@echo "Cài các gói Python… · Installing Python packages…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r deploy/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.installed-test: deploy/requirements-test.txt $(VENV)/.installed
	@echo "Cài các gói để kiểm thử… · Installing packages for the tests…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r deploy/requirements-test.txt
	@touch $@

lock: $(VENV)/bin/python ## Resolve the newest allowed versions and write the lock files
	@$(BIN)/python deploy/lock.py

clean: ## Remove what was set up; the data in var/ stays
	@rm -rf $(VENV) web/static/vendor *.egg-info
