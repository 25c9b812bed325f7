# make demo   the whole job on an embedded mailbox, in under two minutes
# make test   every test that this machine can run
# make quick  what a change is held to while it is being made, under a minute: no server, no browser, no module whose tests take long
# make sweep  the same properties over hundreds of seeds: an hour or more
# make check  ruff, mypy --strict, the import rules, then the tests
# make reliability   run what docs/RELIABILITY.md and docs/SECURITY.md rest on (KILLS=510 FUZZ=1000000 for the long runs) and write both anew
# make audit  known faults of the pinned dependencies (pip-audit); says so and goes on where the network does not let it ask
# make increments  three hundred random histories, each derived step by step and all at once
# make growth      what one more letter costs in books of 100, 1 000, 10 000 and 100 000 letters, drawn into docs/pictures
# make bench       measure every stage beside its floor and its peers (half an hour) and write docs/PERFORMANCE.md
# make cluster     two thousand letters through two workers and a PostgreSQL, both killed meanwhile, and what a second worker brings
# make package     wheel and sdist into dist/, the wheel installed into an empty environment, the demo run from it in an empty folder
# make papers      docs/findings.md, docs/LICENSES.md and the tables that are made from the code
# make pictures    every picture of docs/pictures anew (Chromium, LibreOffice and the extra browser); look at each
# make lock   write constraints.txt anew from what is installed (after a deliberate upgrade)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check

.PHONY: package papers pictures increments growth demo test quick sweep check lint lock clean reliability audit bench cluster

demo: $(VENV)/.demo
	$(BIN)/intake demo

test: $(VENV)/.test
	$(BIN)/pytest -n auto

quick: $(VENV)/.test
	$(BIN)/pytest -n auto --dist worksteal --quick -m "not slow and not live and not ocr and not sweep and not samples"

sweep: $(VENV)/.test
	$(BIN)/pytest -n auto -m sweep

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

KILLS ?= 12
FUZZ ?= 2000
reliability: $(VENV)/.test
	$(BIN)/python -m benchmarks.reliability --run --kills $(KILLS) --fuzz $(FUZZ)

audit: $(VENV)/.test
	$(BIN)/python -m benchmarks.audit

lock:
	$(BIN)/python -m pip freeze --exclude-editable --exclude setuptools --exclude pip > constraints.txt

increments: $(VENV)/.test
	$(BIN)/pytest -n auto -m sweep tests/unit/intake/belt/test_increments.py

growth: $(VENV)/.test
	$(BIN)/python -m benchmarks.growth --picture docs/pictures/growth.svg

# What a user would pick instead, in a folder of its own; what does not install is named as absent on the page.
.venv-peers/.done: benchmarks/peers.txt
	@$(PYTHON) -m venv .venv-peers
	-@grep -v '^#' $< | while read -r one; do .venv-peers/bin/python -m pip install -q --disable-pip-version-check "$$one" || echo "$$one: 未装上"; done
	@touch $@

bench: $(VENV)/.test .venv-peers/.done
	$(BIN)/python -m benchmarks.performance

cluster: $(VENV)/.test
	$(PIP) -c constraints.txt -e '.[cluster]'
	$(BIN)/python -m benchmarks.cluster

package: $(VENV)/.test
	@rm -rf build dist
	@$(BIN)/python -c "import setuptools.build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')" > /dev/null
	@rm -rf build
	@ls dist/*
	@set -e; trial=$$(mktemp -d); trap 'rm -rf "$$trial"' EXIT; \
	  $(PYTHON) -m venv "$$trial/venv"; \
	  "$$trial/venv/bin/python" -m pip install -q --disable-pip-version-check -c constraints.txt "$$(ls $$PWD/dist/*.whl)[demo]"; \
	  mkdir "$$trial/empty"; cd "$$trial/empty"; "$$trial/venv/bin/intake" --version; "$$trial/venv/bin/intake" demo

papers: $(VENV)/.test
	$(BIN)/python -m benchmarks.papers

pictures: $(VENV)/.test
	$(PIP) -c constraints.txt -e '.[browser]'
	$(BIN)/python -m benchmarks.pictures

clean:
	rm -rf $(VENV) .venv-peers demo-output
