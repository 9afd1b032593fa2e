# `make` lists the targets. Everything happens in .venv, made from the hash-locked requirements.
PYTHON ?= python3
JOBS ?= 2
UV_VERSION := 0.13.9

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal
COMMANDS ?= 1000000
SEEDS ?= 500
NAIVE ?= 200000
LONG = MARGINCALL_FUZZ_COMMANDS=$(COMMANDS) MARGINCALL_FUZZ_SEEDS=$(SEEDS) \
	MARGINCALL_NAIVE_COMMANDS=$(NAIVE) MARGINCALL_REPLAY_ROWS=5000000 \
	MARGINCALL_LRVX_CASES=10000
COMPILE := build/lock/bin/uv --no-config pip compile --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --only-binary :all: pyproject.toml

# Debian's docker-compose 1.29 will do where there is no `docker compose`.
COMPOSE ?= $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

.PHONY: help demo lab lab-verify lab-secure lab-down test test-kafka test-docker long check format picture lock clean environment environment-dev

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 17

demo: environment  ## play the lab that ships with the project: a cascade, and who paid for it
	@$(BIN)/margincall demo

lab:  ## start the lab in containers and wait until all of it is healthy; needs Docker
	@$(COMPOSE) up --detach --build
	@for try in $$(seq 90); do \
		states=$$(docker inspect --format '{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{with .State.Health}}{{.Status}}{{end}}' $$($(COMPOSE) ps --quiet)) || exit 1; \
		echo "$$states" | grep -q ' starting$$' || break; \
		sleep 2; \
	done; \
	echo "$$states"; \
	! echo "$$states" | grep -E ' (starting|unhealthy)$$| exited [1-9]| (dead|restarting) '

lab-verify:  ## wait until bots have traded and somebody was liquidated, and prove it from the log
	@$(COMPOSE) run --rm verify

lab-secure:  ## start a lab whose broker asks who is there, and prove what became of it
	@$(COMPOSE) --profile secure up --detach --build \
		feed-secure maker-secure taker-secure long-secure
	@$(COMPOSE) --profile secure run --rm verify-secure

lab-down:  ## take the lab's containers away, with all that it has written
	@$(COMPOSE) --profile bots --profile watch --profile secure down --volumes --remove-orphans

test: environment-dev  ## run the whole suite with short fuzz counts, without a broker
	@$(PYTEST) tests --ignore tests/kafka --ignore tests/docker

test-kafka: environment-dev  ## run the tests on a real Apache Kafka; needs Java 17 and Maven
	@$(BIN)/python -m pytest tests/kafka

test-docker: environment-dev  ## look at the lab that `make lab` has started, and kill its engine
	@$(BIN)/python -m pytest tests/docker

long: environment-dev  ## a million commands of fuzz, 200,000 against the naive exchange, 5,000,000 rows of replay
	@$(LONG) $(PYTEST) --timeout 3600 tests/properties tests/cli/test_memory.py \
		tests/foreign/test_lrvx_engine.py

check: environment-dev  ## lint, format, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: environment-dev  ## let ruff put the code into its form
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

picture: environment-dev  ## take the README's picture of the demo's report; needs Chromium
	@$(BIN)/python -m tests.browser.picture .github/report.png

lock:  ## write requirements*.txt anew from pyproject.toml (the one target that asks for newer versions)
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --group build -o requirements.txt
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --group dev -c requirements.txt \
		-o requirements-dev.txt

clean:  ## remove what the targets made, the environment included
	rm -rf .venv .venv.lock build dist out .coverage* .hypothesis .*_cache

environment:
	@$(call bring,requirements.txt)

environment-dev:
	@$(call bring,requirements-dev.txt)

define bring
command -v "$(PYTHON)" >/dev/null || { echo "margincall needs Python 3.11 or newer and there is no $(PYTHON) here: install it (Debian, Ubuntu: apt-get install python3 python3-venv) or name another: make PYTHON=python3.12 ..." >&2; exit 1; }; \
"$(PYTHON)" .ci/environment.py .venv $(1)
endef
