#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House style that a machine can see: SPDX line first, length of lines and files, comments. TAP.

check_files.py ROOT
"""
import pathlib
import re
import sys

SPDX = "SPDX-License-Identifier: Apache-2.0"
FOLDERS = ["include", "src", "cli", "eval", "tests", "fuzz", "bench", "models", "tools", ".ci"]
LINES_MAX = 600
COLUMNS_MAX = 100
STRING_OR_COMMENT = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|/\*.*?\*/|//[^\n]*', re.DOTALL)


def is_code(path):
    return path.suffix in (".c", ".h")


def is_script(path):
    return path.suffix in (".py", ".sh", ".mjs") or (
        path.parent.name in ("tools", ".ci") and not path.suffix)


def spdx_fault(path, lines):
    at = 1 if lines and lines[0].startswith("#!") else 0
    if len(lines) > at and SPDX in lines[at]:
        return []
    return ["no SPDX line at the top"]


def length_faults(path, lines):
    faults = [f"line {n} has {len(line)} columns" for n, line in enumerate(lines, 1)
              if len(line) > COLUMNS_MAX]
    if len(lines) > LINES_MAX:
        faults.append(f"{len(lines)} lines, more than {LINES_MAX}")
    return faults


def comment_faults(path, lines):
    if not is_code(path):
        return []
    return [f"comment {m.group(0)[:30]!r}" for m in STRING_OR_COMMENT.finditer("\n".join(lines))
            if m.group(0).startswith("//") or re.search(r"\b(TODO|FIXME|XXX)\b", m.group(0))]


CHECKS = [("SPDX line first", spdx_fault), ("lines and files are short", length_faults),
          ("comments are /* */ and say what is, not what is missing", comment_faults)]


def self_test():
    c = pathlib.Path("x.c")
    problems = []
    for check, bad in ((spdx_fault, ["int x;"]), (length_faults, ["y" * 200]),
                       (length_faults, [""] * 601), (comment_faults, ["int x; // why"]),
                       (comment_faults, ["/* TODO */"])):
        if not check(c, bad):
            problems.append(f"{check.__name__} missed {bad[0][:20]!r}")
    good = [f"/* {SPDX} */", 'const char *s = "http://x";', "/* y */"]
    for _, check in CHECKS:
        if check(c, good):
            problems.append(f"{check.__name__} false alarm")
    return problems


def main():
    root = pathlib.Path(sys.argv[1])
    files = [p for f in FOLDERS for p in sorted((root / f).rglob("*"))
             if p.is_file() and (is_code(p) or is_script(p)) and "corpus" not in p.parts]
    results = [("the checks catch bad files", self_test())]
    for name, check in CHECKS:
        faults = []
        for path in files:
            lines = path.read_text(encoding="utf-8").splitlines()
            faults += [f"{path.relative_to(root)}: {fault}" for fault in check(path, lines)]
        results.append((f"{name} ({len(files)} files)",
                        faults if len(files) > 50 else ["no files"]))
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
