#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What models/models.json installs is documented: a card each, a line in docs/MODELS.md. TAP.

check_cards.py ROOT
"""
import json
import pathlib
import re
import sys

CARD = ["Origin", "Authors", "Training data", "Licence", "Input", "Output", "Known limits"]
FITTED = re.compile(r"(^|_)(params|tables)\.h$|(^|_)(model|calibration)\.c$")
CODE_ONLY = ["src/face/calibration.c"]  # its table is tables.h
HASH = re.compile(r"[0-9a-f]{64}$")


def card_faults(root, pins):
    faults = []
    index = (root / "docs/MODELS.md").read_text(encoding="utf-8")
    for name, model in list(pins["models"].items()) + [("runtime", None)]:
        card = root / "models" / f"{name}.md"
        text = card.read_text(encoding="utf-8") if card.exists() else ""
        faults += [f"models/{name}.md: nothing about {part}" for part in CARD
                   if model and f"**{part}**" not in text]
        if f"models/{name}.md" not in index:
            faults.append(f"docs/MODELS.md has no link to models/{name}.md")
        if model and model["sha256"] not in index:
            faults.append(f"docs/MODELS.md: SHA-256 of {name} is another")
    return faults


def fitted_faults(root):
    """Files of numbers fitted on samples that docs/MODELS.md does not list."""
    index = (root / "docs/MODELS.md").read_text(encoding="utf-8")
    files = [p.relative_to(root) for folder in ("finger", "palm", "face")
             for p in sorted((root / "src" / folder).glob("*")) if FITTED.search(p.name)]
    missing = [f"docs/MODELS.md does not list {p}" for p in files
               if f"`{p}`" not in index and str(p) not in CODE_ONLY]
    return missing if len(files) > 5 else ["no files of fitted numbers found"]


def package_faults(pins):
    faults = []
    users = list(pins["models"].values()) + list(pins["runtime"].values()) + [pins["photos"]]
    for user in users:
        package = pins["packages"].get(user["package"], {})
        if not HASH.match(package.get("sha256", "")) or not package.get("licence"):
            faults.append(f"{user['package']}: no hash or no licence")
        faults += [f"{f}: {h}" for f, h in user["files"].items() if not HASH.match(h)]
    return faults


def main():
    root = pathlib.Path(sys.argv[1])
    pins = json.loads((root / "models/models.json").read_text(encoding="utf-8"))
    results = [("every model has a card and a line in docs/MODELS.md", card_faults(root, pins)),
               ("every file of fitted numbers is in docs/MODELS.md", fitted_faults(root)),
               ("every file is pinned, every package has a licence", package_faults(pins))]
    print(f"1..{len(results)}")
    for number, (name, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
    return 1 if any(problems for _, problems in results) else 0


if __name__ == "__main__":
    sys.exit(main())
