#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bonafide evaluate and bonafide show from outside, on synthetic prints. TAP.

The program is named by the environment variable BONAFIDE.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.environ["BONAFIDE"]
LEVELS = ["1e-2", "1e-3", "1e-4", "1e-5"]
KEYS = {"modality": str, "protocol": str, "images": int, "failures_to_extract": int,
        "genuine_pairs": int, "impostor_pairs": int, "eer": float, "fnmr_at_fmr": dict,
        "zero_fmr": float, "rank1": float, "extract_ms_median": float, "compare_us_mean": float,
        "template_bytes_mean": float, "intervals": dict}
FAILED = []
NUMBER = 0


def check(good, name, detail=""):
    global NUMBER
    NUMBER += 1
    print(f"{'ok' if good else 'not ok'} {NUMBER} - {name}")
    if not good:
        FAILED.append(name)
        print(f"# {name}: {detail}", file=sys.stderr)


def run(*args):
    done = subprocess.run([PROGRAM, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def refused(code, message, *args):
    got = run(*args)
    check(got == (code, "", f"bonafide: {message}\n"), f"refused with {code}: {args[0]} {args[-1]}"
          .replace(str(args[-1]), pathlib.Path(str(args[-1])).name), got)


def check_json(manifest):
    outputs = []
    for threads in (1, 3):
        code, out, _ = run("evaluate", "--json", "--threads", threads, "--protocol", "fvc",
                           "--bootstrap", 100, manifest)
        check(code == 0, f"evaluates with {threads} threads", code)
        outputs.append(json.loads(out))
    result = outputs[0]
    check(all(type(result.get(k)) is t for k, t in KEYS.items()), "the agreed keys and types",
          result)
    check(list(result["fnmr_at_fmr"]) == LEVELS, "FMR levels", result["fnmr_at_fmr"])
    check(all(v is None for v in result["fnmr_at_fmr"].values()), "3 impostor pairs: all null")
    check((result["genuine_pairs"], result["impostor_pairs"]) == (9, 3), "3 x 3 under fvc")
    for outcome in outputs:
        for key in list(outcome):
            if key.endswith(("_ms_median", "_us_mean", "_ms_mean", "wall_s")):
                del outcome[key]
    check(outputs[0] == outputs[1], "same result from any number of threads")


def check_files(folder, manifest):
    scores, table, report = folder / "scores.csv", folder / "table.csv", folder / "report"
    code, out, _ = run("evaluate", "--out-scores", scores, "--append-csv", table, "--report",
                       report, "--no-images", "--bootstrap", 50, manifest)
    check(code == 0 and "EER" in out, "evaluates to text", out)
    check(len(scores.read_text().splitlines()) == 1 + 36, "all pairs are listed")
    check(len(table.read_text().splitlines()) == 2, "one row under the heading")
    check(os.listdir(report) == ["index.html"], "report without pictures", os.listdir(report))
    check(report.stat().st_mode & 0o77 == 0 and scores.stat().st_mode & 0o77 == 0,
          "nobody else may read them")


def check_pairs(folder):
    prints = sorted(p.name for p in folder.glob("*.png"))  # three fingers, three impressions each
    rows = [(prints[a], prints[b], int(a // 3 == b // 3), (a + b) % 3)
            for a in range(9) for b in range(a)]
    listed = folder / "pairs.csv"
    listed.write_text("path_a,path_b,same,fold\n" + "".join("%s,%s,%d,%d\n" % r for r in rows))
    code, out, err = run("evaluate", "--json", "--protocol", "pairs", "--bootstrap", 50, listed)
    check(code == 0, "evaluates a list of pairs", err)
    result = json.loads(out)
    check(all(type(result.get(k)) is t for k, t in KEYS.items() if k != "rank1"),
          "pairs: the agreed keys and types", result)
    check(result["rank1"] is None and result["images"] == 9 and result["genuine_pairs"] == 9,
          "pairs: what was listed", result)
    check(result["accuracy"] > 0.8 and result["accuracy_std"] >= 0 and len(result["folds"]) == 3,
          "pairs: accuracy", result)
    code, out, err = run("evaluate", "--protocol", "pairs", listed)
    check(code == 0 and "Accuracy" in out and "rank-1" not in out, "pairs: to text", out)


def check_identification(folder):
    made = folder / "more"
    made.mkdir()
    code, _, err = run("synth", "finger", "--out", made, "--fingers", 6, "--impressions", 2)
    check(code == 0, "makes more prints", err)
    outputs = [run("evaluate", "--json", "--protocol", "identification", "--fpir", "0.1", "--seed",
                   seed, made / "manifest.csv") for seed in (1, 1, 2)]
    result = [json.loads(o[1]) for o in outputs]
    check((result[0]["n"], result[0]["mated_probes"], result[0]["nonmated_probes"]) == (4, 12, 12),
          "identification: searches", result[0])
    check(list(result[0]["fnir_at_fpir"]) == ["1e-1", "1e-2", "1e-3"]
          and 0 <= result[0]["fpir"] <= 1 and result[0]["hit_rate_at_rank"]["1"] > 0.5,
          "identification: the agreed keys", result[0])
    check(result[0]["identification_intervals"] == result[1]["identification_intervals"],
          "identification: the seed decides")
    code, out, _ = run("evaluate", "--protocol", "identification", made / "manifest.csv")
    check(code == 0 and "FPIR, target 0.01" in out, "identification: to text", out)


def check_groups(folder, manifest):
    lines = manifest.read_text().splitlines()
    grouped = folder / "grouped.csv"
    grouped.write_text("\n".join([lines[0] + ",group"] + [
        l + (",one" if i < 3 else ",two") for i, l in enumerate(lines[1:])]) + "\n")
    code, out, err = run("evaluate", "--json", "--bootstrap", 0, grouped)
    check(code == 0, "evaluates groups", err)
    sizes = json.loads(out)["groups"]["sizes"]
    check((sizes["one"]["genuine_pairs"], sizes["one"]["impostor_pairs"],
           sizes["two"]["impostor_pairs"]) == (3, 0, 9), "pairs within groups", sizes)
    code, out, _ = run("evaluate", "--bootstrap", 0, grouped)
    check("Groups at score 20" in out and "Gini" in out, "groups: to text", out)


def check_show(folder):
    prints = sorted(folder.glob("*.png"))
    out = folder / "out.png"
    code, text, _ = run("show", prints[0], "-o", out)
    check(code == 0 and out.stat().st_size > 10000 and "minutiae" in text, "shows one print", text)
    one = out.read_bytes()
    code, text, _ = run("show", prints[0], prints[1], "-o", out)
    check(code == 0 and "score" in text and out.read_bytes() != one, "shows two prints", text)
    refused(2, "give one or two images (see 'bonafide help show')", "show", "-o", out)
    refused(2, "say with -o where to write the picture (see 'bonafide help show')", "show",
            prints[0])
    missing = folder / "missing.png"
    refused(3, f"{missing}: No such file or directory", "show", "-o", out, missing)


def check_refusals(folder, manifest):
    missing, bad = folder / "missing.csv", folder / "bad.csv"
    refused(3, f"{missing}: No such file or directory", "evaluate", missing)
    bad.write_text("path,subject,position,session,sample,ppi\na.png,1,0,1,1,0\nb.png,1,0,1,x,0\n")
    refused(3, f"{bad}:3: sample is not a number 0..1000000", "evaluate", bad)
    bad.write_text("path,subject,position,session,sample,ppi\n"
                   "a.png,1,0,1,1,0\nb.png,1,0,1,2,0\nc.png,2,0,1,1,0\n")
    refused(3, f"{bad}:2: {folder}/a.png: No such file or directory", "evaluate", bad)
    refused(3, f"{manifest}: no genuine pair under protocol cross-session", "evaluate",
            "--protocol", "cross-session", manifest)
    refused(4, "/no/such/place.csv: No such file or directory", "evaluate", "--out-scores",
            "/no/such/place.csv", manifest)
    refused(2, "--threads takes 1..256 (see 'bonafide help evaluate')", "evaluate", "--threads",
            "0", manifest)
    hint = " (see 'bonafide help evaluate')"
    refused(2, '--modality: this program knows no "ear"' + hint, "evaluate", "--modality", "ear",
            manifest)
    refused(2, "--roi goes with --modality palm" + hint, "evaluate", "--roi", manifest)
    refused(2, "no presentation attack detection for modality finger" + hint, "evaluate",
            "--protocol", "pad", manifest)
    refused(2, "give one manifest (see 'bonafide help evaluate')", "evaluate", manifest, manifest)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        code, _, err = run("synth", "finger", "--out", folder, "--fingers", 3, "--impressions", 3)
        check(code == 0, "makes prints", err)
        manifest = folder / "manifest.csv"
        check_json(manifest)
        check_files(folder, manifest)
        check_pairs(folder)
        check_identification(folder)
        check_groups(folder, manifest)
        check_show(folder)
        check_refusals(folder, manifest)
    print(f"1..{NUMBER}")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
