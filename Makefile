# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0

# The only list of commands. Continuous integration calls the same targets (.ci/run).

SHELL := /bin/bash
SWIFT ?= swift
RELEASE := .build/release
CONTRACT ?= $(wildcard Contracts/*.yaml)
SCENARIO ?= $(wildcard $(patsubst Contracts/%,Examples/scenarios/%,$(CONTRACT)))
DATA ?= data
PAGES := .build/pages
SWIFT_PATHS := $(wildcard Package.swift Sources Tests Examples Benchmarks)

FUZZ_SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help setup run test build bench fuzz lint format docs requirements clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Install what building, running and testing need
	@scripts/setup test

run: export ROOMS_APPS ?= apps/rooms.yaml
run: export PAYCHAIN_AUTH ?= optional
run: export CORS_ALLOWED_ORIGINS ?= http://localhost:*,http://127.0.0.1:*
run: ## Build the server, serve the shipped contracts with a mock backend that plays Examples/scenarios, and show their pages
	@scripts/setup run
	$(SWIFT) build -c release --product switchboard
	@scripts/build-pages || echo "pages: going on without"
	@exec $(RELEASE)/switchboard serve $(CONTRACT) --mock $(addprefix --scenario ,$(SCENARIO)) --data $(DATA) $$(test -d $(PAGES) && echo --pages $(PAGES))

test: ## Set up, build, lint and run every test (the only command a new machine needs)
	@scripts/setup test
	@scripts/test

build: ## Build the release server: .build/release/switchboard
	@scripts/setup run
	$(SWIFT) build -c release --product switchboard

bench: ## Build for release and measure the server on this machine
	@scripts/setup run
	$(SWIFT) build -c release --product switchboard
	@scripts/bench

fuzz: ## Fuzz the JSON parser and the decoders of Engine.IO and Socket.IO (FUZZ_SECONDS=600 each)
	@scripts/setup run
	$(SWIFT) build --build-tests
	@scripts/fuzz $(FUZZ_SECONDS)

lint: ## Check the format of the Swift code, the budgets of the tree, and the JavaScript client
	$(SWIFT) format lint --strict --recursive --parallel --configuration .swift-format $(SWIFT_PATHS)
	@scripts/budgets
	@scripts/check-client

format: ## Format the Swift code and the JavaScript client in place
	$(SWIFT) format --in-place --recursive --parallel --configuration .swift-format $(SWIFT_PATHS)
	@[ ! -x .venv/bin/deno ] || (cd Clients/javascript && ../../.venv/bin/deno fmt --quiet)

docs: ## Check the documentation: links, and the OpenAPI file
	@scripts/setup test
	@.venv/bin/python scripts/check-docs.py

requirements: ## Print which requirements have a passing test, from the last test run
	@python3 scripts/requirements.py

clean: ## Remove what was built and the results of tests; keeps data/
	rm -rf .build test-output .venv .vendor Clients/javascript/dist
