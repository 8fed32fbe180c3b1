# Everything a person does with this repository. Each target does its own set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := .tools/bin/uv

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint check score bench man lock deb
# Enough to keep a machine busy, and few enough that tests of timing keep their time.
SIDE_BY_SIDE := -n auto --maxprocesses 2 --dist worksteal

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make the virtual environment from the lock file

$(VENV)/.ready: requirements.lock pyproject.toml
	@# Debian without python3-venv: pip puts uv beside us, which its marker file allows.
	@test -x $(UV) || { $(PYTHON) -m venv .tools 2>/dev/null && \
		.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv==0.13.*'; } || \
		$(PYTHON) -m pip install --quiet --target .tools 'uv==0.13.*'
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: setup ## ninety days with twelve people, in seconds, on this machine alone
	$(BIN)/nurture demo

test: setup ## every test; a missing real server is skipped loudly
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE)

lint: setup ## format, lint, types and floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: lint ## all that, and the fast tests
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) -m "not slow and not real"

score: setup ## read the labelled mail of NURTURE_CORPUS (or ../shared/corpus) and score it
	@bench/score

bench: setup ## measure; prints ratios of one run, each beside its goal
	@# One of the peers is a library for node; without npm its figures are skipped, loudly.
	@test -d .tools/node/node_modules || ! command -v npm >/dev/null || \
		npm install --silent --no-audit --no-fund --prefix .tools/node nodemailer@10 nunjucks@3 || \
		echo "nodemailer cannot be installed here: its figures are skipped" >&2
	$(BIN)/python -m bench

man: setup ## write the man page anew from the commands
	$(BIN)/nurture manual > deploy/nurture.1

deb: setup ## build dist/nurture_*.deb for this Debian or Ubuntu
	UV=$(UV) deploy/build-deb

lock: ## choose versions anew and write requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
		--all-extras --group dev pyproject.toml --output-file requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header --all-extras \
		--constraint requirements.lock pyproject.toml --output-file requirements-run.lock
