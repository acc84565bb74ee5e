# make run     bring data/warehouse up to date with data/raw
# make backfill YEARS=2019-2021 DISTRICTS=4105,410402   bring some years and districts up to date; ARGS=--dry-run
# make test    the tests; N=4 for another number of processes than one more than there are cores
# make test-fast  those of single modules only, in seconds
# make test-rest  the tests that make test leaves out, each of which takes seconds; FOLDERS=tests/runs for some of them
# make test-forge  make test and nearly all of make test-rest, in one go, as the forge runs them
# make test-long  make test-rest, the longest tests, and the properties with all their examples
# make check   everything that must hold before a change goes in; TEST=test-forge for more tests
# make pythons  install and run on every other supported Python that is on this machine; WHICH=ends for the ends only
# make lake    write what is published as Parquet under data/warehouse/lake, and show how to read it
# make bench   our time for a file beside that of other extractors, with the cells right for each
# make bench-scale N=2000,20000   what loads of N synthetic reports cost, and how that grows
# make bench-scale FACTS=2,32   what a warehouse of so many million facts costs, made by copying rows (docs/scale.md)
# make bench-scale KNOWN=160000   what a night takes where so many files are known and nothing, or little, has changed
# make odd   what is read of each kind of odd document in each format, as a table
# make attack SECONDS=1800  kills, wrong folders, garbage, broken notes: what they do, into docs/reliability.md
# make ui      Dagster's page on http://127.0.0.1:3000, to look at; what runs every night is in deploy/
# make lock    choose versions anew (needs uv)
# make clean   remove what is made, except data/warehouse
#
# Each of them makes .venv first, or brings it up to date: `make run`, `make backfill` and `make lake` with the packages
# of requirements.lock, the others with those of requirements-dev.lock. `uv` does it where it is installed, else pip.
# Another Python than the first suitable one: make run PYTHON=python3.12

SHELL := /bin/sh
PYTHON ?=
BIN := .venv/bin
STAMP := .venv/.complete
# A run needs half the packages; where all are installed it is content with them.
RUN_STAMP := .venv/.run

export DAGSTER_HOME ?= $(CURDIR)/.dagster
export DAGSTER_DISABLE_TELEMETRY := yes
export DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS := 1
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# Otherwise the virtual environment that happens to be active would be used in part.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
# Otherwise each of the processes that a run or its tests start would compile the whole project again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run backfill test test-fast test-rest test-forge test-long check pythons lake bench bench-scale odd attack ui lock clean
.DEFAULT_GOAL := run

run: $(RUN_STAMP)
	@$(BIN)/disclosure run

backfill: $(RUN_STAMP)
	@$(BIN)/disclosure backfill --years "$(YEARS)" --districts "$(DISTRICTS)" $(ARGS)

# A file of tests stays in one process, as its tests share what is dear to set up. N=1 for one process, e.g. to debug.
# One process more than there are cores: some tests wait for other processes. Each costs ten seconds of collecting.
CORES := $(shell nproc 2>/dev/null || echo 2)
PROCESSES := $(or $(N),$(shell expr $(CORES) + 1))
PYTEST = $(BIN)/pytest --numprocesses=$(PROCESSES) --maxprocesses=8 --dist=loadfile --no-loadscope-reorder
# Tests that start no process, open no warehouse and read no real document.
UNITS := tests/forms tests/layout tests/matching tests/narrative tests/places tests/trust \
	$(addprefix tests/test_,labels.py marks.py numbers.py schema.py settings.py)

test: $(STAMP)
	@$(PYTEST) -m "not long and not longest"

# Those wait for nothing.
test-fast: PROCESSES := $(or $(N),$(CORES))
test-fast: $(STAMP)
	@$(PYTEST) -m "not long and not longest and not slow" $(UNITS)

test-rest: $(STAMP)
	@$(PYTEST) -m "long and not longest" $(FOLDERS)

test-forge: $(STAMP)
	@$(PYTEST) -m "not longest and not by_hand"

test-long: $(STAMP)
	@TESTS=long DISCLOSURE_KILLS=1000 $(PYTEST) -m "long or longest or sampled"

# That docs/data_dictionary.md is fresh is one of the tests. What they import is loaded first, so that it is compiled
# once and not by each of their processes.
check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -c "import dagster, assets.definitions as d; dagster.Definitions.validate_loadable(d.defs)"
	$(MAKE) --no-print-directory $(or $(TEST),test)

pythons: $(STAMP)
	@scripts/pythons $(WHICH)

lake: $(RUN_STAMP)
	@$(BIN)/python scripts/lake.py

# The warning recommends dg, which is a package of its own that nothing else here needs.
bench: $(STAMP)
	@$(BIN)/python scripts/bench.py $(wildcard ../shared/reports/real)

bench-scale: $(STAMP)
	@$(if $(FACTS),$(BIN)/python scripts/bench_nation.py --facts $(FACTS),$(if $(KNOWN),$(BIN)/python \
		scripts/bench_known.py --files $(KNOWN),$(BIN)/python scripts/bench_scale.py --sizes $(or $(N),2000)))

odd: $(STAMP)
	@$(BIN)/python scripts/odd_table.py

attack: $(STAMP)
	@$(BIN)/python scripts/attack.py --seconds $(or $(SECONDS),1800)

ui: $(STAMP)
	@PYTHONWARNINGS='ignore:Function `dev_command`' $(BIN)/dagster dev --host 127.0.0.1 --port 3000

lock:
	@scripts/lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find .dagster -mindepth 1 ! -name dagster.yaml -delete
	find assets expectations pipeline scripts tests -name __pycache__ -prune -exec rm -rf {} +

# .venv/.run: what a run needs. .venv/.complete: everything, of the same versions.
$(RUN_STAMP): requirements.lock pyproject.toml scripts/install.py
	@$(call install,requirements.lock)
	@touch $@

$(STAMP): requirements-dev.lock pyproject.toml scripts/install.py
	@$(call install,requirements-dev.lock)
	@touch $(RUN_STAMP) $@

define install
set -e; \
python="$(PYTHON)"; \
for name in $${python:-python3 python3.13 python3.12 python3.11 python3.14 python}; do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$name"; break; fi; \
done; \
if [ -z "$$found" ]; then \
	echo "Python 3.11 or newer is needed, and none was found$${python:+ as $$python}." >&2; \
	echo "Install one, or name it: make run PYTHON=/path/to/python3" >&2; exit 1; \
fi; \
"$$found" scripts/install.py $(1)
endef
