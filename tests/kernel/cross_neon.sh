#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kernel check on aarch64: build it with a cross compiler and run it under an emulator, so that
# every NEON kernel is compared with its scalar reference; then compare the scalar results with
# those of the machine at hand, since templates and scores are the same bytes everywhere. TAP.
#
#   SOURCE_ROOT=. cross_neon.sh CHECK_KERNELS CROSS_CC QEMU [SEED]     "-" for what is missing
set -u
native=$1 cross_cc=$2 emulator=$3
skip() { # reason
    echo "1..0 # SKIP $1: tools/install-deps --dev, then meson setup --wipe"
    exit 0
}
[ "$cross_cc" = - ] && skip "no aarch64-linux-gnu-gcc"
[ "$emulator" = - ] && skip "no qemu-aarch64"
seed=20240601
root=${SOURCE_ROOT:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
echo '#include <stdio.h>' | "$cross_cc" -E -x c - >/dev/null 2>&1 || skip "no C library for aarch64"

build() { # output flags...
    output=$work/$1
    shift
    "$cross_cc" "$@" -static -std=c11 -D_GNU_SOURCE -Wall -Wextra -pedantic -Werror \
        -I"$root/include" -I"$root/src" -I"$root/tests" -o "$output" \
        "$root"/src/kernel/*.c "$root"/src/kernel/arm/*.c "$root"/tests/kernel/*.c >&2
}

number=0 failed=0
report() { # status what
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=1
    fi
}

build check -O3 -ffp-contract=off
report $? "built for aarch64, warnings as errors"
if [ $failed = 1 ]; then
    echo "1..$number"
    exit 1
fi

# The program's own TAP goes on counting from here; its plan is made anew below.
"$emulator" "$work/check" --untimed ${4:+"$4"} >"$work/tap"
status=$?
sed -n "/^#/p; /^ok\|^not ok/s/ok [0-9]* - /ok - /p" "$work/tap"
number=$((number + $(grep -c '^ok\|^not ok' "$work/tap")))
[ $status = 0 ] && grep -q ' neon$' "$work/tap"
report $? "every kernel checked with NEON"

"$native" --digest $seed >"$work/native" &&
    "$emulator" "$work/check" --digest $seed >"$work/cross" &&
    [ -s "$work/native" ] && diff "$work/native" "$work/cross" >&2
report $? "scalar results are those of this machine"

# The digest must see one bit: with fused multiply-add, results differ in the last.
build fused -O2 -ffp-contract=fast &&
    "$emulator" "$work/fused" --digest $seed >"$work/fused.digest" &&
    ! cmp -s "$work/native" "$work/fused.digest"
report $? "the digest tells fused multiply-add apart"

echo "1..$number"
exit $failed
