# Start Tau with `make run`. The targets are thin; the work is done in scripts/.
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: run setup check test lint types web format api-types lock bench bench-web screenshots clean help

run: ## Start Tau and print a link to open (the first time, install it and download its models)
	@scripts/setup run
	@exec $(BIN)/tau run

setup: ## Create .venv with everything needed for development
	@scripts/setup dev

test: setup ## Check and test everything, as before a release
	@scripts/test all

check: setup ## The fast part of `make test`: for every change
	@scripts/test quick

coverage: setup ## Which lines the tests run, and whether they are enough
	@scripts/test coverage

lint: setup ## Ruff and the import rules between packages
	@scripts/test lint

types: setup ## mypy, strict
	@scripts/test types

web: setup ## Types, lint, format and tests of the front end
	@scripts/test web

format: setup ## Format the code and fix what can be fixed automatically
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python scripts/web.py format

api-types: setup ## Regenerate the front end's types from the API
	@$(BIN)/python scripts/web.py types

lock: setup ## Pin dependencies again, with hashes for every platform
	@scripts/lock

bench: ## Measure turns and the journal on this machine
	@scripts/setup run
	@$(BIN)/tau bench turn
	@$(BIN)/tau bench journal

bench-web: setup ## Measure the web app in a real browser on this machine
	@$(BIN)/python scripts/bench_web

screenshots: setup ## Take screenshots of every page into build/screenshots, and those for the README
	@$(BIN)/python scripts/screenshots --readme

clean: ## Remove everything that `make` created; your data is elsewhere
	@rm -rf .venv .coverage htmlcov build dist .*_cache .hypothesis
	@rm -rf web/node_modules src/tau/server/web src/tau/server/web.new src/tau/server/web.old
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
