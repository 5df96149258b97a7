# make run     start the demo            make run PORT=8080 HOST=0.0.0.0 GUESTS=30 DATA=folder FRESH=1
# make test    run all tests             make test ARGS="-k floor -x"
# make check   lint, types and tests     make help lists the rest

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,$(shell command -v $(name) 2>/dev/null)))
# Some shells export HOST, with the machine's name in it: that one is not meant.
HOST := $(filter-out $(if $(filter environment,$(origin HOST)),$(shell hostname 2>/dev/null)),$(HOST))
DEMO = $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)") \
       $(if $(GUESTS),--guests $(GUESTS)) $(if $(FRESH),--fresh)
BIN = .venv/bin

.PHONY: help run test lint fix types check audit environment test-environment lock wheel messages clean

help:
	@sed -n '1,3s/^# //p' Makefile
	@echo "make lint    ruff, rules and format      make fix    let ruff repair what it can"
	@echo "make types   mypy, strict                make lock   write uv.lock anew"
	@echo "make messages LOCALE=fr   a catalogue of all texts, to translate (docs/translating.md)"
	@echo "make audit   known holes: packages, code, answers"
	@echo "make wheel   build the package           make clean  remove the environment and all caches"

run: environment
	@exec $(BIN)/deliberate demo $(DEMO) $(ARGS)

test: test-environment
	$(BIN)/python scripts/suite.py $(ARGS)

lint: test-environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fix: test-environment
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: test-environment
	$(BIN)/mypy $(ARGS)

check: lint types test

# 0: nothing found, 1: something found, 3: the package index could not be asked.
audit: python
	@$(PYTHON) scripts/environment.py test audit
	$(BIN)/python scripts/audit.py $(ARGS)

environment: python
	@$(PYTHON) scripts/environment.py

test-environment: python
	@$(PYTHON) scripts/environment.py test

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "There is no Python on the PATH. deliberate needs Python 3.11 or newer (Debian, Ubuntu: apt install python3)." >&2; exit 1; }

lock: UV = $(firstword $(shell command -v uv) $(BIN)/uv)
lock:
	$(UV) lock $(ARGS)

wheel: UV = $(firstword $(shell command -v uv) $(BIN)/uv)
wheel: environment
	$(UV) build --wheel $(ARGS)

messages: environment
	@$(BIN)/python scripts/messages.py $(LOCALE)

# The demo's data is not touched.
clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
