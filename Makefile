# The commands of this project. `make` alone lists them. Needs make and Python 3.11 or newer.

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test bench check lint types layers django-checks fix lock venv venv-dev

# The first Python that is new enough; name another with `make PYTHON=…`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$p"; exit; }; done; echo python3)
BIN := .venv/bin
export SANWEI_DEMO_STARTED := $(shell date +%s)
# `manage.py check --deploy` and the other checks read the settings of a real installation; the
# addresses are never opened, the keys are made for this one run.
RANDOM_KEY = $$($(BIN)/python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')
PRODUCTION = env DEMO=0 DEBUG=0 HTTPS=1 ALLOWED_HOSTS=sanwei.example \
	SITE_URL=https://sanwei.example SECRET_KEY="$(RANDOM_KEY)$(RANDOM_KEY)" \
	FIELD_KEYS="k1:$(RANDOM_KEY)" BLIND_INDEX_KEY="$(RANDOM_KEY)" \
	SMS_ADAPTER=http SMS_GATEWAY_URL=https://sms.example SMS_GATEWAY_TOKEN=none

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: venv ## run the whole platform with invented people (PORT=8000, HOST=127.0.0.1)
	@exec $(BIN)/python -m config.demo

demo-reset: venv ## empty the demo
	@$(BIN)/python -m config.demo --reset

test: venv-dev ## run all tests on two cores (ARGS='-k roster' for some)
	@$(BIN)/pytest -n 2 $(ARGS)

# Each benchmark has servers of its own; SIZE=small takes minutes and only shows that it runs.
BENCH_small_roster := --rows 500 --naive 20
BENCH_small_ledger := --entries 500 --single 50
BENCH_small_lending := --loans 2000 --rounds 1 --naive 20
BENCH_small_scoring := --members 2000 --rounds 1 --naive 20
BENCH_small_repayments := --loans 40 --payments 200 --threads 8

bench: venv-dev ## measure speed against a floor and the naive way (SIZE=small for a short run)
	@$(foreach what,roster ledger lending scoring repayments,$(BIN)/python -m benchmarks.$(what) $(BENCH_$(SIZE)_$(what)) &&) true

check: lint types layers django-checks ## lint, types, layers, templates, translations, deployment

lint: venv-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: venv-dev
	$(BIN)/mypy

layers: venv-dev
	$(BIN)/lint-imports --no-logo

django-checks: venv-dev
	@$(PRODUCTION) $(BIN)/python -m config.checks

fix: venv-dev ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: venv-dev ## compile the locks from pyproject.toml (UPGRADE=1 takes the newest versions)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
		pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
		--extra dev --constraint requirements.txt pyproject.toml \
		--output-file requirements-dev.txt

venv:
	@command -v $(PYTHON) >/dev/null || { echo "没有找到 Python。请安装 Python 3.11 或更新版本。"; \
		echo "No Python found: install Python 3.11 or newer."; exit 1; }
	@exec $(PYTHON) config/bootstrap.py runtime

venv-dev:
	@command -v $(PYTHON) >/dev/null || { echo "没有找到 Python。请安装 Python 3.11 或更新版本。"; \
		echo "No Python found: install Python 3.11 or newer."; exit 1; }
	@exec $(PYTHON) config/bootstrap.py dev
