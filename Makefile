# SPDX-License-Identifier: Apache-2.0
# A thin front on meson: the README's commands.
#
#   make               build; the program is build/bonafide
#   make demo          install what is needed, build, and show it at work; pictures in demo/
#   make check         install what is needed, build, run every test (SUITE=quick: under a minute)
#   make check-deep    the tests again under valgrind, TSan and every kernel level (long)
#   make bench         speed and memory on synthetic prints
#   make bench-identify  one person among BF_PERSONS (10000 and 100000); results to BF_RESULT
#   make fuzz          every fuzz target for FUZZ_SECONDS (60) under ASan and UBSan
#   make models        fetch, check and convert the neural models into models/installed (77 MB once)
#   make install-deps  install the missing Debian packages
#   make format        clang-format over the tree
BUILD ?= build
SETUP ?=
SUITE ?=
FUZZ_SECONDS ?= 60

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD) $(SETUP)

install-deps:
	@tools/install-deps

# Without a registry everything else is built and tested all the same; the model tests say why.
models: install-deps
	@tools/get-models

check: install-deps
	@tools/get-models || :
	@$(MAKE) --no-print-directory all
	@tools/check $(BUILD) $(if $(SUITE),--suite $(SUITE))

check-deep: install-deps
	@tools/get-models || :
	@tools/install-deps --dev
	@tools/check-deep

demo: install-deps
	@tools/get-models || :
	@$(MAKE) --no-print-directory all
	@tools/demo $(BUILD)/bonafide

bench: all
	@tools/bench $(BUILD)

bench-identify: all
	@$(BUILD)/bench/bench_identify $(patsubst %,-n %,$(or $(BF_PERSONS),10000 100000)) \
	  -o $(or $(BF_RESULT),bench/results/identify.csv)

fuzz:
	@tools/install-deps --dev
	@FUZZ_SECONDS=$(FUZZ_SECONDS) fuzz/run

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf $(BUILD)

.PHONY: all models install-deps check check-deep demo bench bench-identify fuzz format clean
