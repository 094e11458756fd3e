# Needs GNU make and Python >= 3.11, nothing else. `make help` lists what there is.

VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))
PART ?=
SECONDS ?= 120
SEED ?= 1
CORPORA ?= ../shared/corpora
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.DEFAULT_GOAL := help
.PHONY: help demo test servers check lint torture fuzz bench backtest pictures formats corpora schema vocabulary clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{printf "make %-9s %s\n", $$1, $$2}'

demo: $(VENV)/demo.stamp ## the main job with sample letters on embedded mail servers, kept in ./demo
	@$(BIN)/mailbot demo demo

test: servers $(VENV)/dev.stamp check ## everything: ruff, mypy, pytest (Debian 12: installs Dovecot and Postfix as root)
	$(BIN)/python -m pytest -m "not torture" -n $(JOBS) --dist worksteal

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

servers:
	@.ci/servers

lint: check $(VENV)/lint.stamp ## ruff, mypy, hadolint
	$(BIN)/hadolint Dockerfile

torture: servers $(VENV)/dev.stamp ## the long runs; PART=word picks some of them
	$(BIN)/python -m pytest -m torture $(if $(PART),-k "$(PART)")

bench: $(VENV)/dev.stamp $(VENV)/bench.stamp ## how fast, beside other programs on the same mailbox
	@.ci/servers bench
	$(BIN)/python -m bench

backtest: $(VENV)/dev.stamp ## how long `rules backtest` takes over 10,000 stored letters, and how much memory
	$(BIN)/python -m bench.backtest

pictures: $(VENV)/dev.stamp ## how well the originals of pictures are found, on 200 invented scenes
	$(BIN)/python -m bench.pictures

formats: servers $(VENV)/dev.stamp ## how completely and fast each format is read, and a letter of 50 MB
	$(BIN)/python -m bench.formats

corpora: $(VENV)/dev.stamp ## read every mail of ../shared/corpora; CORPORA=folder takes another
	$(BIN)/python -m tests.corpora $(CORPORA)

fuzz: $(VENV)/dev.stamp ## break samples by chance, read them; SECONDS=600 longer, SEED=7 others; ./fuzz-found
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED)

vocabulary: $(VENV)/dev.stamp ## write what expressions in rules can see into docs/rules.md
	$(BIN)/python -m tools.vocabulary

schema: $(VENV)/dev.stamp ## write rules/schema.json anew, after a change of what rules may say
	$(BIN)/mailbot rules schema > rules/schema.json

clean: ## remove what make made; never ./storage
	rm -rf $(VENV) demo build dist fuzz-found .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "mailbot needs Python 3.11 or newer; none was found (say which: make PYTHON=/path/to/python3)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/%.stamp: pyproject.toml | $(VENV)/bin/python
	@echo "installing mailbot and what it needs ($*) into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@
