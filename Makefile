# `make demo` and `make test` do all the set-up they need. `make help` lists everything.

SWIFT ?= swift
# Tests look inside modules, so these are built for testing; the demo and the tests then share one
# optimised build.
FLAGS := -c release -Xswiftc -enable-testing
TOPOSHEET := .build/release/toposheet
# Removed before it is made anew: never taken from the environment.
DEMO := runs/demo

.PHONY: help setup build demo test test-oclgrind test-interop kernels-check check format clean

help:
	@echo "make demo           set up, build, and run the demo study (into $(DEMO))"
	@echo "make test           set up, build, and run all tests"
	@echo "make setup          install the system packages that are missing"
	@echo "make build          build $(TOPOSHEET)"
	@echo "make check          lint, and build everything without warnings"
	@echo "make test-oclgrind  run the kernels in a simulator that finds races and bad accesses"
	@echo "make test-interop   load our models in PyTorch (needs Python with torch)"
	@echo "make kernels-check  compile the kernels as for GPUs: registers, spills, vector loads"
	@echo "make format         format the sources"
	@echo "make clean          remove what was built"

setup:
	@scripts/setup.sh

build: setup
	$(SWIFT) build $(FLAGS) --product toposheet

demo: build
	rm -rf $(DEMO)
	$(TOPOSHEET) run Plans/demo.yaml --out $(DEMO)

test: setup
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build --no-parallel
	scripts/test-example.sh

test-oclgrind: build
	scripts/test-oclgrind.sh $(TOPOSHEET)

test-interop: build
	scripts/test-interop.sh $(TOPOSHEET)

kernels-check: build
	scripts/kernels-check.sh $(TOPOSHEET)

check: setup
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Kernels Examples
	scripts/build-without-warnings.sh $(SWIFT) build $(FLAGS) --build-tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Kernels Examples

clean:
	rm -rf .build
