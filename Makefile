# Two commands do all the set-up on a fresh machine: `make demo` runs the quickstart, `make test` passes all tests.
# Needs Python 3.11+, make and a network to the package registries.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
FRONT := $(shell find labextension -name node_modules -prune -o -name build -prune -o -name lib -prune -o -type f -print 2>/dev/null)

# What tests of the front end and of sign-in need: a browser, and Node for servers nobody here wrote.
WITH_TOOLS = CHROMIUM="$$($(BIN)/python tools/chromium.py)" PATH="$$($(BIN)/python tools/node.py)"

.PHONY: demo lab test check all-tests unit browser conformance cluster spark notebooks stored-notebooks bench screenshots clean

demo: $(VENV)/demo
	$(BIN)/python tools/demo.py

lab: $(VENV)/frontend
	$(BIN)/jupyter lab $(LAB) notebooks/01-first-dataframe.ipynb

# Two targets at a time, two processes each: most of them wait most of the time. A file's tests stay in one process.
WORKERS := --numprocesses 2 --dist loadfile --durations 10

test: check $(VENV)/kernels
	$(MAKE) --jobs 2 --output-sync=target all-tests

all-tests: browser unit cluster notebooks conformance

check: $(VENV)/frontend
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/frontend.py check

unit: $(VENV)/frontend $(VENV)/kernels
	$(WITH_TOOLS) $(BIN)/pytest $(WORKERS) --ignore tests/browser

browser: $(VENV)/frontend
	$(WITH_TOOLS) $(BIN)/pytest $(WORKERS) tests/browser

# The official MCP client suite, against our own connection layer: about three minutes, or nothing where npm has it not.
conformance: $(VENV)/dev
	$(BIN)/python tools/conformance.py $(SCENARIOS)

# Environments of their own: these bring pyarrow, without which all else is tested. Spark needs Java 17 as well.
cluster: $(VENV)/dev
	$(BIN)/python tools/cluster.py dask

spark: $(VENV)/dev
	$(BIN)/python tools/cluster.py spark

notebooks: $(VENV)/dev
	$(WITH_TOOLS) $(BIN)/python tools/notebooks.py check

# After a change of what the notebooks show: runs them and keeps the new outputs, to be read in the diff.
stored-notebooks: $(VENV)/dev
	$(WITH_TOOLS) $(BIN)/python tools/notebooks.py write

bench: $(VENV)/dev
	for each in benchmarks/bench_*.py; do $(BIN)/python $$each || exit 1; done

screenshots: $(VENV)/frontend
	CHROMIUM="$$($(BIN)/python tools/chromium.py)" $(BIN)/python tools/screenshots.py

$(VENV)/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade "pip>=25.1"
	touch $@

# The wheel's build hook would build the front end too; here that is a step of its own.
$(VENV)/demo: $(VENV)/python pyproject.toml
	SKIP_JUPYTER_BUILDER=1 $(PIP) --editable ".[ask]" nbclient nbformat
	touch $@

$(VENV)/dev: $(VENV)/demo
	SKIP_JUPYTER_BUILDER=1 $(PIP) --editable ".[ask,openai]" --group dev
	touch $@

$(VENV)/frontend: $(VENV)/dev $(FRONT)
	$(BIN)/python tools/frontend.py build
	touch $@

$(VENV)/kernels: $(VENV)/dev tools/kernels.py
	$(BIN)/python tools/kernels.py
	touch $@

clean:
	rm -rf $(VENV) .tools build dist labextension/node_modules labextension/lib labextension/build \
	  src/jupyter_connectors/labextension src/jupyter_connectors/widgets/static tests/wire/node_modules tests/oidc/node_modules
