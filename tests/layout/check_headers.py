#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone, as C99 and as C++, without a warning. TAP.

check_headers.py ROOT CC
"""
import pathlib
import shutil
import subprocess
import sys

STRICT = ["-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]


def compiles(command, root, text):
    run = subprocess.run(command + STRICT + ["-I", str(root / "include"), "-"], input=text,
                         capture_output=True, text=True)
    return [] if run.returncode == 0 else run.stderr.splitlines()


def main():
    root, cc = pathlib.Path(sys.argv[1]), sys.argv[2]
    headers = sorted((root / "include/bonafide").glob("*.h"))
    cxx = shutil.which("g++") or shutil.which("clang++")
    number = 0
    failed = False
    broken = compiles([cc, "-std=c99", "-x", "c"], root, "int f() { return g(); }\n")
    print(f"1..{2 * len(headers) + 1}")
    print(f"{'ok' if broken else 'not ok'} 1 - the check catches a bad header")
    failed |= not broken
    number = 1
    for header in headers:
        text = f'#include "bonafide/{header.name}"\n#include "bonafide/{header.name}"\n'
        for name, command in (("C99", [cc, "-std=c99", "-x", "c"]),
                              ("C++", [cxx, "-std=c++11", "-x", "c++"] if cxx else None)):
            number += 1
            if command is None:
                print(f"ok {number} - {header.name} as {name} # SKIP no C++ compiler")
                continue
            problems = compiles(command, root, text)
            failed |= bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {header.name} as {name}")
            for problem in problems[:10]:
                print(f"# {problem}", file=sys.stderr)
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
