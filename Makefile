# make train | make test | make check; each sets `.venv` up first if the lock changed.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DVC := $(VENV)/dvc
EXTRA := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["dvc"])
ARGS ?=
# A test that hangs prints where every thread stands and fails; the others go on.
HUNG := -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true
# Files of tests run side by side, the longest first (tests/conftest.py has their order);
# tests that wait for processes leave cores idle.
JOBS ?= 2

# The first interpreter that runs and that the locked set was made for.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$p && break; done)

.PHONY: help setup train repro test check format lock wheel clean

help:
	@echo "make train   set up and run train.py     (make train ARGS='model=linear')"
	@echo "make repro   set up DVC and run dvc.yaml (make repro ARGS='--force')"
	@echo "make test    set up and run the tests    (make test ARGS='-m \"not slow\"')"
	@echo "make check   ruff, mypy and the tests: what has to pass before a commit"
	@echo "make format  let ruff rewrite the code   make lock   renew requirements.lock"
	@echo "make wheel   build dist/*.whl            make clean  remove .venv and caches"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "sweepkit needs Python 3.11, 3.12 or 3.13 on the PATH; set PYTHON=/path/to/python." >&2; exit 2; }
	@echo "Setting up $(VENV) (about a minute; skipped until the lock changes) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@# pip compiles to bytecode on install whatever PYTHONDONTWRITEBYTECODE says.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

train: $(STAMP)
	$(BIN)/python train.py $(ARGS)

repro: $(DVC)/.installed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(DVC)/bin/dvc repro $(ARGS)

# An environment of its own: DVC's sixty packages must not move those of the lock.
$(DVC)/.installed: $(STAMP)
	@echo "Setting up $(DVC) (half a minute, once) ..."
	@$(PYTHON) -m venv --clear $(DVC)
	@$(DVC)/bin/python -m pip install --quiet --disable-pip-version-check \
	  "$$($(BIN)/python -c '$(EXTRA)')"
	@touch $@

test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(HUNG) $(ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(MAKE) --no-print-directory test

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The resolution for Python 3.11 to 3.13 at once, with hashes and without addresses.
lock: $(STAMP)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal \
	  --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --upgrade --output-file requirements.lock

wheel: $(STAMP)
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache
