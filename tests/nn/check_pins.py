#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""src/nn/pins.c names the hashes that models/models.json installs, and no others. TAP.

check_pins.py ROOT
"""
import json
import pathlib
import re
import sys

PIN = re.compile(r'\{"([a-z0-9_-]+)",\s*"([0-9a-f]{64})"\}')


def pins(text, table):
    body = text[text.index(f"{table}[] = {{"):]
    return PIN.findall(body[:body.index("};")])


def compare(built_in, installed):
    """Lists of (name, hash), in any order; a name there twice is a fault."""
    wrong = [f"{name} {sha256}: not once in each of pins.c and models.json"
             for name, sha256 in sorted(set(built_in + installed))
             if built_in.count((name, sha256)) != 1 or installed.count((name, sha256)) != 1]
    return wrong if installed else ["models.json names nothing"]


def main():
    root = pathlib.Path(sys.argv[1])
    source = (root / "src/nn/pins.c").read_text(encoding="utf-8")
    listed = json.loads((root / "models/models.json").read_text(encoding="utf-8"))
    results = [
        (name, compare(pins(source, table), [(n, m["sha256"]) for n, m in listed[key].items()]))
        for name, table, key in (("models", "bf_nn_pins", "models"),
                                 ("runtime library", "bf_nn_runtime_pins", "runtime"))]
    results.append(("the check catches a difference",
                    [] if all(compare(p, [("a", "1")]) for p in (
                        [("a", "0")], [], [("a", "1"), ("a", "1")])) else ["no"]))
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
