#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Layers: left never includes right. Reads every #include of the tree and reports TAP.

check_includes.py ROOT
"""
import pathlib
import re
import sys

# Folders of one line may include one another; each may include the lines above it. `synth` stands
# with the modalities: it needs util and image only.
LAYERS = [
    ["util"],
    ["image", "kernel"],
    ["template", "format", "nn", "draw"],
    ["finger", "palm", "face", "synth"],
    ["search"],
    ["vault", "store", "audit"],
    ["engine"],
]
# Folders of one line that must not see one another all the same.
APART = {"finger", "palm", "face", "synth"}
# Programs: themselves, the public headers, and what stands beside each name.
PROGRAMS = {"cli": {"eval"}, "eval": set(), "server": set(), "bench": set(), "fuzz": {"support"},
            "bindings": set()}
RANK = {folder: rank for rank, line in enumerate(LAYERS) for folder in line}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)


def fault(owner, target):
    """Why `owner` (src folder or program) may not include `target`, or None."""
    top = target.split("/")[0] if "/" in target else None
    if top == "bonafide" or top is None:
        return None  # the public headers, or a file of the same folder
    if owner in PROGRAMS:
        allowed = PROGRAMS[owner] | {owner}
        return None if top in allowed else f"{owner} sees only include/bonafide, not {target}"
    if top not in RANK:
        return f"{target} is in no layer"
    if top == owner:
        return None
    if RANK[top] > RANK[owner]:
        return f"{owner} stands left of {top}"
    if top in APART and owner in APART:
        return f"modalities do not include one another: {owner}, {top}"
    return None


def check_text(owner, text):
    return [why for why in (fault(owner, t) for t in INCLUDE.findall(text)) if why]


def sources(root):
    """(owner, path) of every C file under src/ and in the programs."""
    for path in sorted(root.glob("src/*/**/*.[ch]")):
        yield path.relative_to(root).parts[1], path
    for program in PROGRAMS:
        folder = root / ("tests/bindings" if program == "bindings" else program)
        for path in sorted(folder.glob("**/*.[ch]")):
            yield program, path


def includes_across_cells(root):
    """Pairs of folders of one line that include each other: a cycle."""
    seen = set()
    for owner, path in sources(root):
        for target in INCLUDE.findall(path.read_text(encoding="utf-8")):
            top = target.split("/")[0] if "/" in target else owner
            if owner in RANK and top in RANK and top != owner and RANK[top] == RANK[owner]:
                seen.add((owner, top))
    return sorted(f"{a} and {b} include each other" for a, b in seen if a < b and (b, a) in seen)


def self_test():
    """Each of these must be caught, and each of those must not."""
    bad = [("util", "image/image.h"), ("finger", "engine/session.h"), ("finger", "palm/params.h"),
           ("cli", "store/store.h"), ("image", "template/template.h"), ("eval", "util/ctx.h"),
           ("kernel", "unheard/of.h"), ("store", "engine/session.h"), ("bench", "finger/module.h")]
    good = [("finger", "util/ctx.h"), ("finger", "bonafide/image.h"), ("finger", "params.h"),
            ("engine", "store/store.h"), ("cli", "bonafide/bonafide.h"), ("cli", "eval/run.h"),
            ("store", "vault/vault.h"), ("template", "image/image.h")]
    missed = [f"missed: {o} includes {t}" for o, t in bad
              if not check_text(o, f'int x;\n  #  include "{t}"\n')]
    missed += [f"false alarm: {o} includes {t}" for o, t in good
               if check_text(o, f'#include "{t}"\n')]
    return missed


def main():
    root = pathlib.Path(sys.argv[1])
    faults = []
    count = 0
    for owner, path in sources(root):
        count += 1
        text = path.read_text(encoding="utf-8")
        if owner not in RANK and owner not in PROGRAMS:
            faults.append(f"{path}: src/{owner} is in no layer")
            continue
        faults += [f"{path.relative_to(root)}: {why}" for why in check_text(owner, text)]
    results = [("the check catches bad includes", self_test()),
               (f"{count} files include to the left only", faults if count > 50 else ["no files"]),
               ("no cycle within a layer", includes_across_cells(root))]
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
