# make demo    two unsubscribe pages at work, in your browser
# make test    everything, in Chromium, Firefox and WebKit
# make check   what needs no browser: format, lint, types, bandit, known vulnerabilities (as far as
#              an advisory service is reachable), dist/
# make build   sdk/ -> dist/
# make pictures  those of README.md, from the running product
#
# Needed beforehand: make, git, Python 3.11 or newer. On Debian and Ubuntu, python3-venv is its own
# package; `make` installs it when it runs as root and says so when it does not. The same goes for the
# browsers that `make test` uses where Playwright's own cannot be downloaded: chromium
# chromium-headless-shell firefox-esr libwebkit2gtk-4.1-0 xvfb fonts-dejavu-core. npm is used by
# some tests and, for its pages in Python, by the demo, where it is there (Debian's package npm);
# redis-server by some tests, where it is there.

BIN := .venv/bin
# Pinned versions for what we use, and (pip's own name for it) for what builds the package.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

IN_BROWSERS := tests/browser tests/faults tests/verify

.PHONY: demo test check build pictures format clean

demo: .venv/demo-installed
	@$(BIN)/akunsub demo --python

test: .venv/dev-installed
	@$(BIN)/akunsub engines --install
ifdef PYTEST_ARGS
	@$(BIN)/python -m pytest $(PYTEST_ARGS)
else
	@# What needs no browser; then each engine in a process of its own (tests/engine_fixtures.py).
	@$(BIN)/python -m pytest -n 2 $(addprefix --ignore ,$(IN_BROWSERS))
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(IN_BROWSERS)
endif

check: .venv/dev-installed
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive src
	@$(BIN)/python tools/audit.py
	@$(BIN)/python build.py --check

build: .venv/demo-installed
	@$(BIN)/python build.py

pictures: .venv/dev-installed
	@$(BIN)/akunsub engines --install
	@$(BIN)/python tools/pictures.py

format: .venv/dev-installed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache

.venv/demo-installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what the demo needs into .venv …"
	@$(BIN)/python -m pip install --quiet --use-pep517 --editable '.[build]'
	@touch $@

.venv/dev-installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what the tests need into .venv …"
	@$(BIN)/python -m pip install --quiet --use-pep517 --editable '.[dev]'
	@touch $@ .venv/demo-installed

.venv/bin/python:
	@sh tools/make-venv.sh
