# Every target sets up what it needs; nothing else has to be installed by hand.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PEERS := $(VENV)/.peers

.DEFAULT_GOAL := help
.PHONY: help demo test check serve bench bench-linkage lock browser tools clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(RUNTIME): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: apt-get install python3-venv"; exit 2; }
	@echo "Installing the gateway into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/gateway-checkout.pth"
	@printf '#!/bin/sh\nexec "%s" -m gateway "$$@"\n' '$(CURDIR)/$(BIN)/python' > $(BIN)/gateway && chmod +x $(BIN)/gateway
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Installing the tools for tests and checks ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(RUNTIME)  ## three nodes and two foreign services on loopback; ONCE=1 ends with the report
	$(BIN)/python -m gateway demo $(if $(ONCE),--once)

browser:  ## a Chromium for the console's tests
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing Chromium for the console's tests ..." && \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || \
	{ echo "The console's tests need a browser: sudo apt-get install chromium"; exit 2; }

TOOLS := softhsm2 nginx-light xmlsec1 libengine-gost-openssl

tools:  ## programs that some tests work with; without them these tests say so and are skipped
	@test -n "$$(command -v softhsm2-util)" -a -x /usr/sbin/nginx -a -n "$$(command -v xmlsec1)" -a -n "$$(ls /usr/lib/*/engines-3/gost.so 2>/dev/null)" || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing $(TOOLS) for the tests ..." && \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(TOOLS) >/dev/null; } || \
	echo "Some tests will be skipped; to run them: sudo apt-get install $(TOOLS)"

# All tests run in as many processes as there are processors, four at most, each with a database server of its own;
# a file's tests stay together. Single tests are quicker in one process. JOBS=0 never divides.
JOBS ?= $(if $(ARGS),0,auto)

test: $(DEV) browser tools  ## every test, with a real PostgreSQL and a real browser
	$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --dist loadfile $(ARGS)

check: $(DEV)  ## ruff, format, mypy --strict, import contracts
	$(BIN)/ruff check gateway tests benchmarks
	$(BIN)/ruff format --check gateway tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

serve: $(RUNTIME)  ## serve the node in var/node (made on first use)
	@test -e var/node/gateway.toml || $(BIN)/python -m gateway init --state $(or $(STATE),BLR) --dir var/node
	$(BIN)/python -m gateway serve --config var/node/gateway.toml

bench: $(DEV)  ## measure, with floors and peers in the same run; writes var/bench.json
	$(BIN)/python -m benchmarks $(ARGS)

$(PEERS): $(DEV) requirements-bench.lock
	@echo "Installing the peers that linkage is measured against ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

bench-linkage: $(PEERS)  ## precision, recall, F1 and times on public truth, peers in the same run
	$(BIN)/python -m benchmarks.linkage $(ARGS)

lock: $(DEV)  ## pin the newest allowed versions again, with hashes
	@$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header --extra dev --extra bench pyproject.toml -c requirements-dev.lock -o requirements-bench.lock

clean:  ## remove the virtual environment and everything the demo wrote
	rm -rf $(VENV) var
