# Every target makes its own virtual environment when there is none; that is all the set-up there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

.PHONY: help demo run test cover check bench clean

help:
	@echo "make demo   a virtual home charged from the sun by the real service   (ARGS=\"--speed 120\")"
	@echo "make test   the test suite                                            (ARGS=\"-k gate\")"
	@echo "make cover  the same, and which lines it has not run (takes longer)"
	@echo "make check  formatting, lint, types, import contracts"
	@echo "make bench  speed, memory, quality of charging; takes long            (ARGS=\"decide month\")"
	@echo "make run    the service with config.toml                              (ARGS=\"--config F\")"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Sunpace needs Python 3.11 or later") if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || { echo "making $(VENV) ..."; $(PYTHON) -m venv $(VENV); } || { \
		echo "no virtual environment could be made; on Debian: apt install python3-venv"; rm -rf $(VENV); exit 1; }
	@echo "installing what Sunpace needs (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/sunpace demo $(ARGS)

run: $(READY)
	@$(BIN)/sunpace run $(ARGS)

test: $(READY)
	@$(BIN)/python -m pytest $(ARGS)

cover: $(READY)
	@$(BIN)/python -m pytest --cov=controller --cov=strategies --cov-report=term:skip-covered $(ARGS)

check: $(READY)
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff . ; exit 1; }
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(READY)
	@$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist
