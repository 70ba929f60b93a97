# Usher. `make run` and `make test` install what is missing; the other targets only use what is there.
.DEFAULT_GOAL := help
.PHONY: help run build test bench prove lint fmt setup setup-browser web e2e clean
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export CGO_ENABLED ?= 0

GO ?= go
NPM := npm --no-audit --no-fund --loglevel=error
BINARY := bin/usher
WEB := inbox/web/dist/index.html
WIDGET := inbox/widget/dist/widget.js

# What the starter suite must reach; see evals/README.md for what was measured.
FLOORS := --floor sealed.intent.macro_f1=0.85 --floor sealed.intent.ece=0.05 --floor sealed.auto.precision=0.97 --floor sealed.auto.coverage=0.5

help: ## list these targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: setup build ## install what is missing, build, and serve with demo data on http://127.0.0.1:8080
	@exec $(BINARY) serve --demo

build: web ## build bin/usher, installing nothing on the system
	@$(GO) build -trimpath -o $(BINARY) ./cmd/usher

test: setup setup-browser build ## everything that CI runs: Go with the race detector, the web apps, the suites, a real browser
	@cd inbox/web && npm run --silent lint && npm run --silent test
	@cd inbox/widget && npm run --silent test
	@CGO_ENABLED=1 $(GO) test -race -timeout 15m ./...
	@$(BINARY) eval evals/suites/starter.jsonl $(FLOORS)
	@node inbox/web/e2e/run.mjs $(BINARY)

bench: build ## how fast: `usher bench` on this machine, and the Go benchmarks
	@$(BINARY) bench
	@$(GO) test -run '^$$' -bench . -benchmem ./...

prove: setup setup-browser build ## the long proofs that CI does not run: 20,000 messages through twenty kills
	@USHER_PROVE=1 CGO_ENABLED=1 $(GO) test -count=1 -timeout 60m -run 'Fault' -v ./cmd/usher

lint: ## golangci-lint and the web apps' linters
	@$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2 run
	@cd inbox/web && npm run --silent lint

fmt: ## format the Go code and the web apps
	@gofmt -w $$(git ls-files '*.go')
	@cd inbox/web && npm run --silent format

setup: ## install PostgreSQL with pgvector when it is missing
	@migrations/pglocal/install.sh

setup-browser: ## install the browser for the end-to-end tests when it is missing
	@inbox/web/e2e/install.sh

web: $(WEB) $(WIDGET)

inbox/%/node_modules/.installed: inbox/%/package-lock.json
	@cd inbox/$* && $(NPM) ci && touch node_modules/.installed

$(WEB): inbox/web/node_modules/.installed $(shell git ls-files inbox/web/src inbox/web/public inbox/web/*.json inbox/web/*.ts inbox/web/*.html)
	@cd inbox/web && npm run --silent build

$(WIDGET): inbox/widget/node_modules/.installed $(shell git ls-files inbox/widget/src inbox/widget/*.json inbox/widget/*.ts)
	@cd inbox/widget && npm run --silent build

clean: ## remove what was built, but no data
	@rm -rf bin inbox/web/node_modules inbox/widget/node_modules
	@git clean -fdXq inbox/web/dist inbox/widget/dist
