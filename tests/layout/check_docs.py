#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What documents promise: tables equal to the results, papers cited, links that lead on. TAP.

check_docs.py ROOT
"""
import pathlib
import re
import subprocess
import sys

KEY = re.compile(r"\[([A-Z][A-Za-z]*(?:19|20)[0-9]{2}[a-z]?)\]")
LISTED = re.compile(r"^\*\*\[([A-Za-z0-9]+)\]\*\*", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
FOLDERS = ["include", "src", "cli", "eval", "tests", "fuzz", "bench", "models", "tools"]
PICTURE_MAX_BYTES = 150000


def sources(root):
    return [p for f in FOLDERS for p in sorted((root / f).rglob("*"))
            if p.suffix in (".c", ".h", ".py", ".mjs", ".md", "") and p.is_file()
            and "corpus" not in p.parts and "installed" not in p.parts]


def documents(root):
    return [root / "README.md"] + [p for f in FOLDERS + ["docs"]
                                   for p in sorted((root / f).rglob("*.md"))
                                   if "installed" not in p.parts]


def cited(text):
    return set(KEY.findall(text))


def anchors(text):
    """GitHub's names of the headings."""
    names = set()
    for heading in HEADING.findall(CODE_BLOCK.sub("", text)):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        names.add(kept.strip().replace(" ", "-"))
    return names


def link_faults(path):
    faults = []
    for link in LINK.findall(CODE_BLOCK.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            faults.append(f"{link}: no such file")
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            faults.append(f"{link}: no such heading")
    return faults


def table_faults(root):
    done = subprocess.run([sys.executable, str(root / "tools/readme-tables"), "--check"],
                          stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.splitlines() + ["run tools/readme-tables"] if done.returncode else []


def reference_faults(root):
    listed = set(LISTED.findall((root / "docs/REFERENCES.md").read_text(encoding="utf-8")))
    faults = [] if len(listed) > 10 else ["docs/REFERENCES.md lists next to nothing"]
    for path in sources(root):
        if path != pathlib.Path(__file__).resolve():
            faults += [f"{path.relative_to(root)}: [{key}] is not in docs/REFERENCES.md"
                       for key in sorted(cited(path.read_text(encoding="utf-8")) - listed)]
    return faults


def picture_faults(root):
    return [f"{p.relative_to(root)}: {p.stat().st_size} bytes"
            for p in sorted((root / "docs/pictures").glob("*"))
            if p.stat().st_size > PICTURE_MAX_BYTES]


def self_test():
    problems = []
    if cited("x [Hong1998], [a], y[N2]") != {"Hong1998"}:
        problems.append("citations are not recognised")
    if anchors("# A b\n```\n# no\n```\n## 1. C, d") != {"a-b", "1-c-d"}:
        problems.append("headings are not recognised")
    if LINK.findall("[a](b.md) and [c](d.md#e)") != ["b.md", "d.md#e"]:
        problems.append("links are not recognised")
    return problems


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    dead = [f"{p.relative_to(root)}: {fault}" for p in documents(root) for fault in link_faults(p)]
    results = [("the checks catch bad documents", self_test()),
               ("README's tables are those of the results", table_faults(root)),
               ("every cited paper is in docs/REFERENCES.md", reference_faults(root)),
               ("links lead somewhere", dead),
               ("pictures are small", picture_faults(root))]
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
