# What to run. Each target installs what it needs; `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
CHROMIUM ?= chromium
RPDE_TOOLS := @openactive/rpde-validator@3.0.3571 @openactive/harvesting-utils@0.2.801
# They test what knows neither Wagtail nor Django (setup.cfg says of which modules that holds).
PURE := $(addprefix tests/,rulesets suggestions word $(patsubst %,test_%.py,comparison completeness \
	document due network redaction schema vocabularies))
VENV := .venv
LOWEST := .venv-lowest
BIN := $(VENV)/bin

# The demo is SQLite whatever the shell says.
DEMO := env -u DATABASE_URL DEBUG=1 PORT=$(PORT) DJANGO_RUNSERVER_HIDE_WARNING=true \
	DJANGO_SETTINGS_MODULE=example_site.settings $(BIN)/python manage.py

# Ends make with one line, if it is given one.
stop = $(if $(strip $(1)),$(error $(strip $(1))))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-lowest databases conformance browser docs bench lint smoke messages clean python port mysql-headers

help:
	@awk -F ':.* ## ' '/^[a-z-]+:.* ## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: python port $(VENV)/.installed-demo ## the example site on 127.0.0.1:8000 (PORT=... another port, SCHOOLS=90 a trust of so many); keeps what you edit
	@mkdir -p "$${SENOFFER_VAR:-var}"
	@$(DEMO) migrate --verbosity 0
	@$(DEMO) demo_content --port $(PORT) $(if $(SCHOOLS),--schools $(SCHOOLS))
	@echo
	@echo "  Site:      http://127.0.0.1:$(PORT)/"
	@echo "  Admin:     http://127.0.0.1:$(PORT)/admin/"
	@echo "  Sign in:   demo (everything) or larkfield-office (one school)"
	@echo "  Password:  demo-only"
	@echo "  Stop it with Ctrl-C."
	@echo
	@$(DEMO) runserver 127.0.0.1:$(PORT)

test: $(VENV)/.installed-test ## the tests with coverage, on SQLite or DATABASE_URL
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term

test-lowest: $(LOWEST)/.installed-test ## the tests that know Wagtail or Django, on the oldest of them supported
	@$(LOWEST)/bin/python -m pytest -n 2 --dist worksteal $(addprefix --ignore=,$(PURE)) -m "not databases and not load and not conformance and not browser and not bench"

databases: $(VENV)/.installed-databases ## the tests of order, locks and triggers on PostgreSQL and MariaDB
	@scripts/databases.sh $(BIN)/python

conformance: $(VENV)/.installed-conformance ## what other people's validators and harvesters say of the feed
	@command -v npm >/dev/null || scripts/apt.sh npm
	@npm install --silent --no-audit --no-fund --prefix "$${SENOFFER_VAR:-var}/conformance" $(RPDE_TOOLS)
	@$(BIN)/python -m pytest -m conformance

browser: $(VENV)/.installed-browser ## the journeys in a browser (Debian's Chromium)
	@command -v $(CHROMIUM) >/dev/null || scripts/apt.sh chromium
	@command -v npm >/dev/null || scripts/apt.sh npm
	@CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -m browser

docs: $(VENV)/.installed-browser ## the user guide's pictures, made anew from the real screens
	@command -v $(CHROMIUM) >/dev/null || scripts/apt.sh chromium
	@command -v npm >/dev/null || scripts/apt.sh npm
	@SENOFFER_GUIDE=write CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -m browser tests/journeys/test_guide.py

bench: $(VENV)/.installed-test ## what publishing, the history and its checks cost, as ratios
	@$(BIN)/python -m tests.bench

lint: $(VENV)/.installed-lint $(LOWEST)/.installed-test ## style, import order, templates, types, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports
	@$(BIN)/djlint --lint --quiet templates wagtail_senoffer/templates
	@$(BIN)/mypy
	@$(BIN)/python manage.py check --fail-level WARNING
	@# Migrations are made, and so checked, on the lowest Wagtail supported.
	@$(LOWEST)/bin/python manage.py check --fail-level WARNING
	@mkdir -p "$${SENOFFER_VAR:-var}"
	@$(LOWEST)/bin/python manage.py makemigrations --check --dry-run

smoke: $(VENV)/.installed-build ## the wheel in a fresh environment, where a new site publishes a report
	@.ci/smoke/smoke.sh $(BIN)/python '$(PYTHON)'

messages: $(VENV)/.installed-demo ## the source catalogues for translators
	@command -v xgettext >/dev/null || scripts/apt.sh gettext
	@mkdir -p locale wagtail_senoffer/locale
	@$(DEMO) makemessages --locale en --no-wrap --add-location file --no-obsolete \
		--ignore '.venv*' --ignore tests --ignore var

clean: ## removes environments, caches and builds; keeps var/, where the demo's content is
	rm -rf .venv .venv-lowest build dist *.egg-info .coverage* htmlcov \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-%: pyproject.toml scripts/venv.sh | python
	@scripts/venv.sh $(VENV) '$(PYTHON)' --editable . --group $*
	@touch $@

$(LOWEST)/.installed-%: pyproject.toml scripts/venv.sh .ci/lowest.txt | python
	@scripts/venv.sh $(LOWEST) '$(PYTHON)' --editable . --group $* --constraint .ci/lowest.txt
	@touch $@

# The driver of MariaDB is compiled when it is installed.
$(VENV)/.installed-databases: | mysql-headers

mysql-headers: python
	@{ command -v mariadb_config || command -v mysql_config; } >/dev/null && \
		command -v pkg-config >/dev/null && command -v gcc >/dev/null || \
		scripts/apt.sh libmariadb-dev pkg-config gcc
	@"$$(scripts/python.sh '$(PYTHON)')" -c 'import os, sys, sysconfig; \
		sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' || \
		scripts/apt.sh python3-dev

# What stands in the way is said before anything is installed.
python:
	$(call stop,$(shell scripts/python.sh '$(PYTHON)' 2>&1 >/dev/null))

port: python
	$(call stop,$(shell scripts/port.sh "$$(scripts/python.sh '$(PYTHON)')" '$(PORT)' 2>&1))
