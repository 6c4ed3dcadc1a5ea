# `make serve` runs the hub, `make test` checks it; `make help` lists the rest.
# Every path is relative, so that the checkout may lie in a folder with blanks in its name.

SHELL := /bin/sh
.DEFAULT_GOAL := help
# Without kept bytecode every start would compile the whole house again.
unexport PYTHONDONTWRITEBYTECODE
VENV_PYTHON := .venv/bin/python
ARGS ?=
PYTEST_ARGS ?=
# One more than there are cores in CI: a fifth of the time a process waits for what its test has started.
PROCESSES ?= 3

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock"

.PHONY: help
help: ## show this list
	@echo "UGC Hub"
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{ printf "%-17s %s\n", $$1, $$2 }'

.PHONY: serve
serve: .venv/runtime.stamp ## run the hub; ARGS="..." are passed on
	@exec $(VENV_PYTHON) -m ugc_hub serve $(ARGS)

.PHONY: compose
compose: .venv/compose.stamp ## install MoviePy, which compositions of clips need
	@echo "Compositions are there: ugc-hub doctor names what is installed."

.PHONY: test
test: .venv/dev.stamp ## install what the tests need, then check everything
	@$(VENV_PYTHON) tools/packages.py
	@$(MAKE) --no-print-directory check

.PHONY: check
check: .venv/dev.stamp ## lint, types, import contracts and tests, with what is installed
	@$(MAKE) --no-print-directory --jobs=2 types lint contracts
	@$(MAKE) --no-print-directory tests

.PHONY: lint
lint: .venv/dev.stamp ## judge style and form
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

.PHONY: types
types: .venv/dev.stamp ## judge the types
	$(VENV_PYTHON) -m mypy

.PHONY: contracts
contracts: .venv/dev.stamp ## judge who imports whom
	$(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command as run; run()"

.PHONY: tests
tests: .venv/dev.stamp ## run the tests with branch coverage; PYTEST_ARGS="..." are passed on
	$(VENV_PYTHON) -m pytest -n $(PROCESSES) --cov --cov-report=term $(PYTEST_ARGS)

.PHONY: format
format: .venv/dev.stamp ## bring the code into the form that lint expects
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

.PHONY: docs
docs: .venv/dev.stamp ## write the generated reference pages anew
	$(VENV_PYTHON) tools/reference.py

.PHONY: bench
bench: .venv/dev.stamp ## measure, side by side with peers; ARGS="name" runs one benchmark
	$(VENV_PYTHON) -m benchmarks $(ARGS)

.PHONY: wheel
wheel: .venv/dev.stamp ## build the wheel into dist/
	$(VENV_PYTHON) -m build --wheel --no-isolation

.PHONY: lock
lock: ## choose versions anew for the lock files (needs uv); ARGS="--upgrade" takes newer ones
	$(COMPILE) --quiet $(ARGS) pyproject.toml -o requirements.lock
	$(COMPILE) --quiet $(ARGS) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE) --quiet $(ARGS) --extra compose -c requirements.lock pyproject.toml -o requirements-compose.lock

.PHONY: clean
clean: ## remove the environment and everything made by tools; var/ with its data stays
	rm -rf .venv dist build .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are newer than their lock once it is installed. An environment without Python is made anew.
ifeq ($(wildcard $(VENV_PYTHON)),)
.PHONY: .venv/runtime.stamp .venv/compose.stamp .venv/dev.stamp
endif

.venv/runtime.stamp: requirements.lock pyproject.toml tools/environment.py
	@python=$$(sh tools/python.sh) && "$$python" tools/environment.py runtime

.venv/compose.stamp: requirements-compose.lock pyproject.toml tools/environment.py
	@python=$$(sh tools/python.sh) && "$$python" tools/environment.py compose

.venv/dev.stamp: requirements-dev.lock pyproject.toml tools/environment.py
	@python=$$(sh tools/python.sh) && "$$python" tools/environment.py dev
