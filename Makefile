# SPDX-License-Identifier: Apache-2.0
# A thin front on meson: the README's commands.
BUILD ?= build

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD)

install-deps:
	tools/install-deps

.PHONY: all install-deps
