# Each target sets up what it needs; a second call only compares hashes.
# ARGS goes to the program behind the target: make run ARGS="--port 9000", make test ARGS="tests/bench -k table".
.DEFAULT_GOAL := help
.PHONY: help run test check bench torture lock assets words clean setup-run setup-dev

VENV := .venv/bin/python

run: setup-run ## start the product with demo data on port 8000 (data in ./data)
	@$(VENV) tools/assets.py
	@exec .venv/bin/commandpost serve --demo $(ARGS)

test: setup-dev ## run every test and hold the coverage gate
	@$(VENV) tools/assets.py
	@$(VENV) -m tools.run_tests $(ARGS)

check: setup-dev ## run linters, types, import contracts and drift checks; show every failure
	@$(VENV) tools/assets.py
	@$(VENV) tools/check.py $(ARGS)

bench: setup-dev ## measure the budgets and print one table
	@$(VENV) tools/assets.py
	@$(VENV) -m bench $(ARGS)

torture: setup-dev ## kill, fill the disk and fuzz for hours (ARGS="fuzz" does one part)
	@$(VENV) tools/torture.py $(ARGS)

assets: setup-run ## build the front-end packages into the static folder
	@$(VENV) tools/assets.py

lock: setup-dev ## compile requirements/*.in anew (ARGS="--upgrade" takes newer versions)
	@$(VENV) tools/lock.py $(ARGS)

words: setup-dev ## bring the catalogues of interface texts up to what the sources say
	@$(VENV) tools/words.py

clean: ## remove caches and build results; keeps .venv and data
	@rm -rf dist build htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
	  .import_linter_cache .hypothesis screenshots
	@find src tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +

setup-run:
	@python=$$(sh tools/find-python) && "$$python" tools/setup.py run

setup-dev:
	@python=$$(sh tools/find-python) && "$$python" tools/setup.py dev

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	  while IFS='|' read -r target what; do printf '  make %-8s %s\n' "$$target" "$$what"; done
