# `make demo` and `make test` do all the set-up they need. `make help` lists everything.

SWIFT ?= swift
# Tests look inside modules, so they are built for testing; the demo and the tests then share one
# optimized build.
FLAGS := -c release -Xswiftc -enable-testing
TOPOSHEET := .build/release/toposheet
SOURCES := Package.swift Sources Tests Kernels Examples Benchmarks/Package.swift \
  Benchmarks/Corruptions Benchmarks/Operations Benchmarks/Steps
# Removed before it is made again: never taken from the environment.
DEMO := runs/demo

.PHONY: help setup build demo test test-oclgrind test-interop test-recipes test-arrays kernels-check bench benchmarks \
  bench-peers dist test-dist graph check format clean

help:
	@echo "make demo           set up, build, and run the demo study (into $(DEMO))"
	@echo "make test           set up, build, and run all tests"
	@echo "make setup          install the system packages that are missing"
	@echo "make build          build $(TOPOSHEET)"
	@echo "make install        build and copy the program to PREFIX (PREFIX=~/.local by default)"
	@echo "make uninstall      remove it from PREFIX"
	@echo "make bench          measure this machine: peak, operations, training steps (BENCH=options)"
	@echo "make benchmarks     run the benchmark package (BENCHMARKS=its options)"
	@echo "make bench-peers    our speed beside PyTorch's (PYTHON=one with torch, PEERS=options)"
	@echo "make dist           pack a folder that runs without Swift"
	@echo "make test-dist      run that folder in an empty root folder (needs root)"
	@echo "make check          lint, and build everything without warnings"
	@echo "make graph          which modules and folders use which; no circles"
	@echo "make test-oclgrind  run the kernels in a simulator that finds races and bad accesses"
	@echo "make test-interop   load our models in PyTorch (needs Python with torch)"
	@echo "make test-arrays    analyze a layer of torchvision (needs Python with torch; CIFAR10=folder)"
	@echo "make test-recipes   run the Python of docs/files.md (needs Python with numpy and pandas)"
	@echo "make test-kills     kill studies at random moments and compare what they leave (KILLS=rounds)"
	@echo "make test-slurm     a study as an array job of a Slurm on this machine (needs root and slurm-wlm)"
	@echo "make test-tensorboard read event files with TensorBoard's reader (needs Python with tensorboard)"
	@echo "make test-atlas     use atlases in headless Chromium (skipped without it; needs Python)"
	@echo "make test-report    use reports in headless Chromium (skipped without it; needs Python)"
	@echo "make kernels-check  compile the kernels as for GPUs: registers, spills, vector loads"
	@echo "make format         format the sources"
	@echo "make clean          remove what was built"

setup:
	@scripts/setup.sh

build: setup
	$(SWIFT) build $(FLAGS) --product toposheet

# Not built for testing, and with Swift's own libraries inside, as the folder of `make dist`: Swift
# may be removed afterwards.
.PHONY: install uninstall
PREFIX ?= $(HOME)/.local
INSTALLED := .build/install
install: setup
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(INSTALLED) --product toposheet \
	  $$(scripts/commit-flags.sh)
	scripts/install.sh install $(INSTALLED)/release/toposheet "$(PREFIX)"

uninstall:
	scripts/install.sh uninstall "$(PREFIX)"

demo: build
	rm -rf $(DEMO)
	$(TOPOSHEET) run Plans/demo.yaml --out $(DEMO)

test: setup
	$(SWIFT) build $(FLAGS) --build-tests
	scripts/test.sh $(SWIFT) test $(FLAGS)
	scripts/test-example.sh

test-oclgrind: build
	scripts/test-oclgrind.sh $(TOPOSHEET)

test-interop: build
	scripts/test-interop.sh $(TOPOSHEET)

test-arrays: build
	scripts/test-arrays.sh $(TOPOSHEET)

test-recipes: build
	scripts/test-recipes.sh $(TOPOSHEET)

.PHONY: test-kills
KILLS ?= 1 "train run growth"
test-kills: build
	scripts/test-kills.sh $(TOPOSHEET) fashion-mnist $(KILLS)

.PHONY: test-slurm
test-slurm: build
	scripts/test-slurm.sh $(TOPOSHEET)

.PHONY: test-tensorboard
test-tensorboard: build
	scripts/test-tensorboard.sh $(TOPOSHEET)

.PHONY: test-atlas
test-atlas: build
	scripts/test-atlas.sh $(TOPOSHEET)

.PHONY: test-report
test-report: build
	scripts/test-report.sh $(TOPOSHEET)

kernels-check: build
	scripts/kernels-check.sh $(TOPOSHEET)

bench: build
	$(TOPOSHEET) bench $(BENCH)

benchmarks: setup
	$(SWIFT) package --package-path Benchmarks --scratch-path .build/benchmarks benchmark $(BENCHMARKS)

bench-peers: build
	scripts/bench-peers.sh $(TOPOSHEET) $(PEERS)

dist: setup
	SWIFT="$(SWIFT)" scripts/dist.sh

test-dist: dist
	scripts/test-dist.sh .build/toposheet-*-linux-*.tar.gz

graph:
	scripts/module-graph.sh

check: setup
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	scripts/build-without-warnings.sh $(SWIFT) build $(FLAGS) --build-tests

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

clean:
	rm -rf .build
