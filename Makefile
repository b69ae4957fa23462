# The two commands are `make run` and `make test`; both set up all they need. `make help` lists the
# rest: a target's help stands behind `##` on its line.

PYTHON ?= python3
STAGE ?= prod
TIME ?= 10
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.ready-for-tests
LOCKS := infra/aws/requirements.lock infra/aws/boto3.lock
ARCH ?= arm64

.DEFAULT_GOAL := help

.PHONY: help run check coverage test mutants bench walkthrough package deploy destroy lock messages \
  packs screenshots format clean

help:  ## Show this help
	@echo "Usage: make TARGET [ARGS=\"…\"]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "ARGS passes options on, for example: make run ARGS=\"--port 3456\""

run: $(READY)  ## Run the whole product on this machine, at http://localhost:3000
	@$(BIN)/python -m infra.local $(ARGS)

# Left out by their markers (pyproject.toml); folders in which nothing is left are not even read.
UNCHECKED := slow or browser or deployed or package or judge or mariadb
UNREAD := browser deployed package contract faults gates/test_style.py openbadges/test_judge.py
FAST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile -p no:schemathesis \
  -m "not ($(UNCHECKED))" $(UNREAD:%=--ignore=tests/%)

check: $(READY)  ## Run lint, types, structure gates and the fast tests on SQLite: before each commit
	@echo "Lint and format (ruff)"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Run \`make format\`"; exit 1; }
	@echo "Types (mypy)"
	@$(BIN)/mypy --no-error-summary
	@echo "Structure gates and fast tests, on SQLite"
	@HYPOTHESIS_PROFILE=dev $(FAST) $(ARGS)

coverage: $(READY)  ## Measure which branches of chalicelib the fast tests reach; fail if they are fewer
	@$(FAST) --cov --cov-report term:skip-covered $(ARGS)

# Files are begun in the order of tests/conftest.py, the long ones first; xdist's own puts last what
# has few tests, however long they take.
test: $(TESTED)  ## Run all tests and quality gates
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

# Which changes to the code would no test notice? By default of the modules that differ from main.
mutants: $(READY)  ## Break changed modules on purpose; show what no test notices (TIME=10 minutes)
	@$(BIN)/python -m infra.mutants --minutes $(TIME) $(ARGS)

bench: $(READY)  ## Measure speed, memory and cost beside the last release
	@$(BIN)/python -m bench $(ARGS)

deploy: package  ## Deploy to AWS, or upgrade: STAGE=prod ARGS="System=… MailFrom=…"
	@$(BIN)/python -m infra.aws.deploy --stage $(STAGE) --arch $(ARCH) $(ARGS)

destroy: $(READY)  ## Delete the deployment STAGE and keep its data
	@$(BIN)/python -m infra.aws.deploy --stage $(STAGE) --destroy $(ARGS)

walkthrough:  ## Play a site that uses the API, beside `make run`
	@$(PYTHON) docs/walkthrough.py

package: $(READY)  ## Write the package and the CloudFormation template to out/
	@$(BIN)/python -m infra.aws.archive --arch $(ARCH) --out out
	@$(BIN)/python -m infra.aws.template --arch $(ARCH) out/template-$(ARCH).json

lock: $(READY)  ## Pin the newest versions of what ships
	@$(BIN)/python -m infra.aws.lock

messages: $(READY)  ## Collect the texts for translators
	@$(BIN)/python -m infra.catalogs

# Versions matter: the packs are to be the same wherever they are made.
packs: $(READY)  ## Fetch the studio's graphics and fonts again
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  fonttools==4.68.0 skia-pathops==0.9.2 uharfbuzz==0.57.0
	@$(BIN)/python -m infra.assets.packs
	@$(BIN)/python -m infra.assets.fonts

screenshots: $(READY)  ## Take pictures of every page (needs Chromium)
	@$(BIN)/python -m docs.screenshots $(ARGS)

format: $(READY)  ## Format the code and fix what ruff can fix
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean:  ## Delete .venv, build output and caches; .local/ stays
	rm -rf $(VENV) .build out .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What only tests need, and nobody who runs it should wait for.
$(TESTED): $(READY) tests/axe.py infra/assets/npm.py tests/deployed/ministack.py tests/deployed/ministack.txt
	@$(BIN)/python -m tests.axe
	@$(BIN)/python -m tests.deployed.ministack
	@touch $(TESTED)

$(READY): requirements.txt requirements-dev.txt $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "BadgeKit needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is incomplete; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@# What is tested is what ships, but for the digests: these are of wheels for Lambda.
	@sed -n 's/^\([^ ]*==[^ ]*\).*/\1/p' $(LOCKS) >$(VENV)/constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  -c $(VENV)/constraints.txt -r requirements-dev.txt
	@touch $(READY)
