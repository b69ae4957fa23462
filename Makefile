# The two commands are `make run` and `make test`; both set up all they need.

PYTHON ?= python3
STAGE ?= prod
TIME ?= 10
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.ready-for-tests
LOCKS := infra/aws/requirements.lock infra/aws/boto3.lock
ARCH ?= arm64

.PHONY: run test mutants bench walkthrough package deploy destroy lock messages packs screenshots format clean

run: $(READY)
	@$(BIN)/python -m infra.local $(ARGS)

# Files are begun in the order of tests/conftest.py, the long ones first; xdist's own puts last what
# has few tests, however long they take.
test: $(TESTED)
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

# Which changes to the code would no test notice? By default of the modules that differ from main.
mutants: $(READY)  ## Break changed modules on purpose and show what no test notices (TIME=10 minutes)
	@$(BIN)/python -m infra.mutants --minutes $(TIME) $(ARGS)

bench: $(READY)
	@$(BIN)/python -m bench $(ARGS)

deploy: package
	@$(BIN)/python -m infra.aws.deploy --stage $(STAGE) --arch $(ARCH) $(ARGS)

destroy: $(READY)
	@$(BIN)/python -m infra.aws.deploy --stage $(STAGE) --destroy $(ARGS)

walkthrough:
	@$(PYTHON) docs/walkthrough.py

package: $(READY)
	@$(BIN)/python -m infra.aws.archive --arch $(ARCH) --out out
	@$(BIN)/python -m infra.aws.template --arch $(ARCH) out/template-$(ARCH).json

lock: $(READY)
	@$(BIN)/python -m infra.aws.lock

messages: $(READY)
	@$(BIN)/python -m infra.catalogs

# Versions matter: the packs are to be the same wherever they are made.
packs: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  fonttools==4.68.0 skia-pathops==0.9.2 uharfbuzz==0.57.0
	@$(BIN)/python -m infra.studio_packs
	@$(BIN)/python -m infra.studio_fonts

screenshots: $(READY)
	@$(BIN)/python -m docs.screenshots $(ARGS)

format: $(READY)
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean:
	rm -rf $(VENV) .build out .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What only tests need, and nobody who runs it should wait for.
$(TESTED): $(READY) tests/axe.py infra/npm.py tests/deployed/ministack.py tests/deployed/ministack.txt
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
