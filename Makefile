# make demo   the whole job on an embedded mailbox, in under two minutes
# make test   every test that this machine can run
# make check  ruff, mypy --strict, the import rules, then the tests
# make lock   write constraints.txt anew from what is installed (after a deliberate upgrade)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check

.PHONY: demo test check lint lock clean

demo: $(VENV)/.demo
	$(BIN)/intake demo

test: $(VENV)/.test
	$(BIN)/pytest -n auto

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '需要 Python 3.11 或更新的版本；可用 make PYTHON=python3.12 demo 指定。'; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo '建不了虚拟环境：Debian/Ubuntu 请先安装 python3-venv。'; exit 2; }

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -c constraints.txt -e '.[demo]'
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.demo

# The tests of scans need the extra ocr (400 MB); without it make test skips them by name.
$(VENV)/.ocr: $(VENV)/.test
	$(PIP) -c constraints.txt -e '.[test,ocr]'
	@touch $@

lock:
	$(BIN)/python -m pip freeze --exclude-editable --exclude setuptools --exclude pip > constraints.txt

clean:
	rm -rf $(VENV) demo-output
