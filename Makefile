# Two words to start with: `make run`. Everything here is thin; the work is done in scripts/.
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: run setup check test lint types web format api-types lock bench bench-web screenshots clean help

run: ## Start Tau (the first time: install it, fetch its models) and print the link to open
	@scripts/setup run
	@exec $(BIN)/tau run

setup: ## Make .venv with everything that development needs
	@scripts/setup dev

test: setup ## Check and test everything, as before a release
	@scripts/test all

check: setup ## The quick part of `make test`: for every change
	@scripts/test quick

lint: setup ## Ruff and the arrows between the packages
	@scripts/test lint

types: setup ## mypy, strict
	@scripts/test types

web: setup ## Types, lint, format and tests of the front end
	@scripts/test web

format: setup ## Format the code and mend what can be mended by rule
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python scripts/web.py format

api-types: setup ## Make the front end's types from the API anew
	@$(BIN)/python scripts/web.py types

lock: setup ## Pin dependencies anew, with hashes for every platform
	@scripts/lock

bench: ## Measure turns and the journal on this machine
	@scripts/setup run
	@$(BIN)/tau bench turn
	@$(BIN)/tau bench journal

bench-web: setup ## Measure the page in a real browser on this machine
	@$(BIN)/python scripts/bench_web

screenshots: setup ## Take a picture of every page, into build/screenshots; those of README too
	@$(BIN)/python scripts/screenshots --readme

clean: ## Remove what `make` made; a person's data is never here
	@rm -rf .venv .coverage htmlcov build dist .*_cache .hypothesis
	@rm -rf web/node_modules src/tau/server/web src/tau/server/web.new src/tau/server/web.old
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
