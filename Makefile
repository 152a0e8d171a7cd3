# Every target runs on the Node that npm installs beside the other development tools: the machine's own may be older.
NODE_BIN := $(CURDIR)/node_modules/.bin
export PATH := $(NODE_BIN):$(PATH)

DOCKER ?= docker
COMPOSE ?= $(DOCKER) compose
IMAGE ?= mekhanikube
RELEASE ?= release

.DEFAULT_GOAL := help
.PHONY: help demo test control-plane e2e record lint types build bench analyze gpu certs models \
	image release-dry-run up down clean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Analyse a recorded cluster that comes with the package: needs neither a cluster nor a model
	@node bin/mekhanikube.js analyze --from demo/shop.snapshot.gz

test: node_modules/.ready ## Lint, types, build, unit tests, goldens
	@node scripts/test.ts unit

control-plane: node_modules/.ready ## Build etcd, the API server, controllers, scheduler and kwok for the tests (needs Go 1.26)
	@node scripts/control-plane.ts

e2e: build ## Test against a real Kubernetes control plane on loopback (needs Go 1.26)
	@node scripts/control-plane.ts >/dev/null
	@node scripts/test.ts e2e

record: build ## Record what the control plane does in the stories of test/e2e: make record STORIES="crash-loop"
	@node scripts/control-plane.ts >/dev/null
	@node scripts/record.ts $(STORIES)

lint: node_modules/.ready ## Lint and formatting, and code that nobody uses
	@oxlint --type-aware --deny-warnings
	@oxfmt --check
	@knip

types: node_modules/.ready ## Check the types
	@tsc -p .

build: node_modules/.ready ## Build dist/
	@node scripts/build.ts >&2 # stdout is the report's: make analyze > report.txt

bench: build ## Measure speed and memory against curl, as ratios
	@npm run --silent bench

analyze: build ## Analyse the cluster of the current kubectl context: make analyze ARGS="-n shop"
	@node bin/mekhanikube.js analyze $(ARGS)

gpu: build ## List the GPUs of that cluster, who holds them and who waits: make gpu ARGS="-o json"
	@node bin/mekhanikube.js gpu $(ARGS)

certs: build ## List the certificates of that cluster, worst first: make certs ARGS="--tree"
	@node bin/mekhanikube.js certs $(ARGS)

models: build ## List the models of Ollama and what suits this machine: make models ARGS="pull qwen3:8b"
	@node bin/mekhanikube.js models $(ARGS)

image: ## Build the container image (needs Docker): make image ARGS="--platform linux/arm64"
	$(engine)
	@$(DOCKER) build --tag $(IMAGE) $(labels) $(ARGS) .

release-dry-run: build ## Make every file of a release, in release/, and install each; publishes nothing (needs Go 1.26)
	@node scripts/release.ts $(RELEASE) $(ARGS)

up: ## Start the Ollama of docker-compose.yml and fetch a model (needs Docker): make up MODEL=qwen3:8b
	$(engine)
	@$(COMPOSE) up --detach --wait ollama
	@$(COMPOSE) run --rm models pull $(MODEL)

down: ## Stop what docker-compose.yml started; models and cache stay (needs Docker)
	$(engine)
	@$(COMPOSE) --profile '*' down

clean: ## Remove what was built and installed
	rm -rf dist node_modules

node_modules/.ready: package-lock.json package.json
	@command -v npm >/dev/null || { echo "npm is needed: install Node.js 22.19 or newer, https://nodejs.org" >&2; exit 2; }
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@test -x $(NODE_BIN)/node || { echo "Node 24 was not installed beside the tools: run npm ci without --ignore-scripts" >&2; exit 2; }
	@touch $@

labels = --build-arg VERSION=$$(sed -n 's/^ *"version": "\(.*\)",/\1/p' package.json) \
	--build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null)

define engine
@command -v $(DOCKER) >/dev/null || { echo "make $@ needs a container engine, and there is no $(DOCKER) on the PATH: install Docker, or say DOCKER=podman" >&2; exit 2; }
@$(DOCKER) version >/dev/null 2>&1 || { echo "make $@ needs a container engine: $(DOCKER) is installed, but its engine does not answer; start it, or see what $(DOCKER) version says" >&2; exit 2; }
endef
