# `make demo` and `make test` are all that a newcomer needs; each sets up what it needs first.
#   make check   format, lint, types, import contracts, the native core's own tests
#   make layer   dist/hauberk-python-{x86_64,arm64}.zip
#   make bench   what the guard costs
#   make fuzz    any bytes at what reads hostile input, SECONDS=600 for each of three readers
#   make train   the resemblance model anew, from labelled payloads: ARGS='PAYLOADS.jsonl --folds'
#   make lock    requirements/*.txt anew (LOCK=--upgrade: newer versions)
# Extra arguments go in ARGS: `make test ARGS='-k shell'`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test bench layer check fuzz train lock clean

PYTHON := .venv/bin/python
STAMPS := .cache/stamps
LOCAL_ARCH := $(subst aarch64,arm64,$(shell uname -m))
LOCAL_LAYER := dist/hauberk-python-$(LOCAL_ARCH).zip
SECONDS := 600
CHECK_SECONDS := 15
LOCKED := @setup/locked $(MAKE)
RUST = export PATH="$$(cat .cache/rust):$$PWD/.venv/bin:$$PATH" PYO3_PYTHON="$$PWD/$(PYTHON)";

NATIVE_SOURCES := $(shell find native -name target -prune -o -type f -print)
# Where Python 3.14 was fetched, the layer gets bytecode for it.
LAYER_SOURCES := $(NATIVE_SOURCES) $(shell find layer src/hauberk/guard src/hauberk/model -type f -not -name '*.pyc') \
	$(wildcard .cache/python3.14/root/usr/bin/python3.14)

help:
	@sed -n '/^#/!q; s/^# //p' Makefile

demo:
	$(LOCKED) ready-with-layer
	@$(PYTHON) -m demo $(ARGS)

test:
	$(LOCKED) python-3.14
	$(LOCKED) ready-with-layer test-arm64 test-servers $(STAMPS)/nodejs $(STAMPS)/runtimes
	@$(PYTHON) -m pytest --numprocesses 2 --no-loadscope-reorder $(ARGS)

bench:
	$(LOCKED) ready-with-layer
	@$(PYTHON) bench/run.py $(ARGS)

layer:
	$(LOCKED) python-3.14
	$(LOCKED) layers

check:
	$(LOCKED) --keep-going check-all

fuzz:
	$(LOCKED) run-fuzz

train:
	$(LOCKED) ready $(STAMPS)/training
	@PYTHONPATH=src:. .cache/training/bin/python -m training.train $(ARGS)

lock:
	$(LOCKED) $(STAMPS)/venv
	@setup/lock $(LOCK)

clean:
	rm -rf .venv .cache dist native/target src/hauberk/_native*.so

# --- What the commands above need; run under the lock. ---

.PHONY: ready ready-with-layer layers layer-arm64 python-3.14 test-servers test-arm64
# `@:`, or make says of each that nothing is to be done for it.
ready: $(STAMPS)/native
	@:
ready-with-layer: ready $(LOCAL_LAYER)
	@:
layer-arm64: dist/hauberk-python-arm64.zip
	@:
layers: dist/hauberk-python-x86_64.zip dist/hauberk-python-arm64.zip
	@ls $^

$(STAMPS)/venv: requirements/dev.txt setup/venv setup/python
	@mkdir -p $(STAMPS)
	@setup/step "Python packages" setup/venv
	@touch $@

$(STAMPS)/nodejs: requirements/nodejs/package-lock.json setup/nodejs
	@mkdir -p $(STAMPS)
	@setup/step "runtime client for Node.js" setup/nodejs
	@if [ -d .cache/nodejs/node_modules ]; then touch $@; fi

$(STAMPS)/runtimes: setup/runtimes $(wildcard requirements/runtimes/*) $(wildcard requirements/runtimes/node/*) $(STAMPS)/venv
	@mkdir -p $(STAMPS)
	@setup/step "other runtimes" setup/runtimes
	@touch $@

$(STAMPS)/training: requirements/training.txt setup/training
	@mkdir -p $(STAMPS)
	@setup/step "packages to train with" setup/training
	@touch $@

.cache/rust: setup/rust
	@mkdir -p .cache
	@setup/step "Rust" bash -c 'setup/rust >.cache/rust.found'
	@mv .cache/rust.found $@

$(STAMPS)/native: .cache/rust $(STAMPS)/venv $(NATIVE_SOURCES) pyproject.toml
	@$(RUST) MATURIN_PEP517_ARGS="--locked --profile checkout" setup/step "native core" $(PYTHON) -m pip install \
		--disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	@touch $@

dist/hauberk-python-%.zip: .cache/rust $(STAMPS)/venv $(LAYER_SOURCES)
	@$(RUST) setup/step "layer for $*" $(PYTHON) -m layer.build $* $(LAYER_FLAGS)

python-3.14: $(STAMPS)/venv
	@setup/step "Python 3.14" $(PYTHON) -m layer.interpreters

test-servers:
	@setup/step "test servers" setup/servers

test-arm64: test-servers $(STAMPS)/venv
	@$(MAKE) layer-arm64 LAYER_FLAGS=--if-possible
	@setup/step "Python for arm64" $(PYTHON) -m layer.arm64_python

# --- The checks. ---

CHECKS := check-format check-lint check-types check-types-39 check-imports check-names \
	check-rust-format check-rust-lint check-rust-tests check-fuzz
.PHONY: check-all $(CHECKS)
check-all: $(CHECKS)

check-format check-lint check-types check-types-39 check-imports: $(STAMPS)/venv
check-rust-format check-rust-lint check-rust-tests check-fuzz run-fuzz: .cache/rust $(STAMPS)/venv

check-format:
	@setup/step "ruff format" $(PYTHON) -m ruff format --check .
check-lint:
	@setup/step "ruff check" $(PYTHON) -m ruff check .
check-types:
	@setup/step "mypy" $(PYTHON) -m mypy
check-types-39:
	@setup/step "mypy for Python 3.9" $(PYTHON) -m mypy --python-version 3.9 -p hauberk.guard -p hauberk.model
check-imports:
	@PYTHONPATH=src setup/step "import contracts" .venv/bin/lint-imports
check-names:
	@setup/step "no names of machines" setup/names
check-rust-format:
	@$(RUST) setup/step "cargo fmt" bash -c \
		'cargo fmt --manifest-path native/Cargo.toml --all --check && cargo fmt --manifest-path native/fuzz/Cargo.toml --check'
check-rust-lint:
	@$(RUST) setup/step "cargo clippy" cargo clippy --manifest-path native/Cargo.toml --locked --workspace --all-targets -- -D warnings
check-rust-tests: # optimised, with the overflow checks left in: the properties take seconds instead of minutes
	@$(RUST) CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=0 setup/step "cargo test" cargo test --manifest-path native/Cargo.toml --locked --package hauberk-core --package hauberk-system --package hauberk-wall
check-fuzz: # for a short time; `make fuzz` is what finds things
	@$(RUST) setup/step "fuzzers" setup/fuzz $(CHECK_SECONDS)
.PHONY: run-fuzz
run-fuzz:
	@$(RUST) setup/fuzz $(SECONDS)
