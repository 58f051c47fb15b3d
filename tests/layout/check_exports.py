#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What libbonafide.so exports is what the public headers declare, and what exports.txt lists. TAP.

check_exports.py ROOT LIBRARY            check
check_exports.py ROOT LIBRARY --update   write exports.txt anew, for a reviewed change of the ABI
"""
import pathlib
import re
import subprocess
import sys

DECLARED = re.compile(r"BF_API\b[^;]*?\b(bf_\w+)\s*\(", re.DOTALL)


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True,
                         text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in out.splitlines() if line.strip()}
    # Version names of the script, and what the sanitizers' run time adds.
    return {n for n in names if n != "BONAFIDE_0" and not n.startswith(("__", "_"))}


def declared(root):
    names = set()
    for header in sorted(root.glob("include/bonafide/*.h")):
        names.update(DECLARED.findall(header.read_text(encoding="utf-8")))
    return names


def compare(left, right, only_left, only_right):
    return ([f"{n}: {only_left}" for n in sorted(left - right)] +
            [f"{n}: {only_right}" for n in sorted(right - left)])


def main():
    root, library = pathlib.Path(sys.argv[1]), sys.argv[2]
    listing = root / "tests/layout/exports.txt"
    got, wanted = exported(library), declared(root)
    if sys.argv[3:] == ["--update"]:
        listing.write_text("".join(n + "\n" for n in sorted(got)), encoding="utf-8")
        return 0
    listed = set(listing.read_text(encoding="utf-8").split())
    results = [
        ("exported and declared are the same", ["nothing exported"] if len(got) < 20 else
         compare(got, wanted, "exported, in no public header", "declared, not exported")),
        ("internal names stay inside", [n for n in sorted(got) if "__" in n or n[:3] != "bf_"]),
        ("exports.txt is up to date (tests/layout/check_exports.py --update)",
         compare(got, listed, "exported, not listed", "listed, no longer exported")),
    ]
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
