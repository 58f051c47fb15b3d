#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bonafide model, from outside: what it does, what it says, its exit codes. TAP.

The program is named by the environment variable BONAFIDE; the runtime library is taken from
$BF_MODELS, else SOURCE_ROOT/models/installed.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.environ["BONAFIDE"]
INSTALLED = pathlib.Path(os.environ.get("BF_MODELS") or
                         pathlib.Path(os.environ.get("SOURCE_ROOT", ".")) / "models/installed")
RUNTIME = "libonnxruntime.so"
BUILT_IN = ["blazeface_back", "facemesh", "mobilefacenet", "dlib_resnet", "face_anti_spoofing",
            "hand_landmark"]
CARD = """name = "mine"
kind = "face-recogniser"
licence = "CC0"
origin = "a test"
width_px = 16
height_px = 16
mean = [127.5, 127.5, 127.5]
scale = [0.01, 0.01, 0.01]
order = "rgb"
layout = "nchw"
dimension = 768
normalised = false
"""
TESTS = []


def test(function):
    TESTS.append(function)
    return function


# ---- the smallest recogniser: Flatten, as protocol buffers ----

def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def part(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def number(field, value):
    return varint(field << 3) + varint(value)


def value_info(name, dims):
    shape = b"".join(part(1, number(1, d)) for d in dims)
    return part(1, name) + part(2, part(1, number(1, 1) + part(2, shape)))


def network():
    node = part(1, "x") + part(2, "y") + part(4, "Flatten")
    graph = (part(1, node) + part(2, "g") + part(11, value_info("x", [1, 3, 16, 16])) +
             part(12, value_info("y", [1, 768])))
    return number(1, 7) + part(7, graph) + part(8, number(2, 13))


class Folder:
    """Two folders: models, and what an operator has at hand."""

    def __init__(self, root):
        self.models, self.given = root / "models", root / "given"
        for folder in (self.models, self.given):
            folder.mkdir()
        if (INSTALLED / RUNTIME).exists():
            (self.models / RUNTIME).symlink_to((INSTALLED / RUNTIME).resolve())
        (self.given / "net.onnx").write_bytes(network())
        (self.given / "card.toml").write_text(CARD, encoding="utf-8")

    def run(self, *args, models=None, **extra):
        env = {**os.environ, "BF_MODELS": str(models or self.models), **extra}
        done = subprocess.run([PROGRAM, "model", *args], stdin=subprocess.DEVNULL, env=env,
                              capture_output=True, cwd=self.given, timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def says(self, code, text, *args, **kwargs):
        """Exit code and one line on stderr."""
        got = self.run(*args, **kwargs)
        assert got[0] == code and text in got[2] and got[2].count("\n") == 1, got
        assert got[2].startswith("bonafide: "), got


@test
def lists_what_is_built_in(f):
    code, out, err = f.run("list", "--json")
    assert code == 0 and not err
    assert [m["name"] for m in json.loads(out)] == BUILT_IN
    assert {m["state"] for m in json.loads(out)} == {"missing"}
    code, out, _ = f.run("list", models="/nonexistent")
    assert code == 0 and out.count("missing") == len(BUILT_IN)


@test
def usage(f):
    f.says(2, "say list, check, add, calibrate or remove")
    f.says(2, "unknown action 'fetch'", "fetch")
    f.says(2, "add takes --card CARD and one file", "add", "net.onnx")
    f.says(2, "list takes no names", "list", "x")
    f.says(2, "remove takes one name", "remove")
    f.says(2, "calibrate takes a name and a manifest", "calibrate", "mine")
    f.says(2, "--models takes a folder", "list", "--models")


@test
def missing_files(f):
    f.says(3, "no such file: run 'make models'", "check", "mobilefacenet")
    f.says(3, "nonesuch: no such model", "check", "nonesuch")
    f.says(3, "no such model", "remove", "nonesuch")
    f.says(3, "is built in", "remove", "facemesh")
    f.says(3, "none.toml: No such file", "add", "--card", "none.toml", "net.onnx")
    f.says(3, "none.onnx: No such file", "add", "--card", "card.toml", "none.onnx")


@test
def adds_checks_and_removes(f):
    code, out, err = f.run("add", "--card", "card.toml", "net.onnx")
    assert code == 0 and not err, err
    digest = hashlib.sha256(network()).hexdigest()
    assert out == f"registered mine (face recogniser, {len(network())} bytes, SHA-256 {digest})\n"
    f.says(4, "mine: is registered already", "add", "--card", "card.toml", "net.onnx")
    code, out, err = f.run("check", "mine", "--json")
    got = json.loads(out)[0]
    assert code == 0 and got["state"] == "good" and got["run_ms"] > 0 and got["licence"] == "CC0"
    # Both ways to name the folder.
    for args in (["--models", str(f.models)], ["--models=" + str(f.models)]):
        code, out, err = f.run("check", *args, "mine", models="/nonexistent")
        assert code == 0 and " good " in out, err
    assert f.run("remove", "mine")[:2] == (0, "removed mine\n")
    assert sorted(p.name for p in f.models.iterdir()) == [RUNTIME]


@test
def takes_the_systems_library(f):
    """As Debian 13 has it: none in the folder, one on the linker's path."""
    assert f.run("add", "--card", "card.toml", "net.onnx")[0] == 0
    (f.models / RUNTIME).rename(f.given / (RUNTIME + ".1"))
    code, out, err = f.run("check", "mine", LD_LIBRARY_PATH=str(f.given))
    assert code == 0 and " good " in out, err
    # One that is in the folder and altered is refused all the same.
    (f.models / RUNTIME).write_bytes(b"other")
    code, _, err = f.run("check", "mine", LD_LIBRARY_PATH=str(f.given))
    assert code == 3 and RUNTIME + ": altered" in err, err


@test
def refuses_what_was_altered(f):
    assert f.run("add", "--card", "card.toml", "net.onnx")[0] == 0
    changed = bytearray(network())
    changed[-1] ^= 1
    (f.models / "mine.onnx").write_bytes(changed)
    f.says(3, "mine.onnx: altered: SHA-256 is", "check", "mine")
    (f.models / "mobilefacenet.onnx").write_bytes(network())
    f.says(3, "mobilefacenet.onnx: altered", "check", "mobilefacenet")
    code, out, err = f.run("check")
    assert code == 3 and out.count(" bad ") == len(BUILT_IN) + 1, err
    assert len(err.splitlines()) == len(BUILT_IN) + 1


@test
def refuses_what_does_not_fit(f):
    (f.given / "card.toml").write_text(CARD.replace("768", "512"), encoding="utf-8")
    f.says(3, "gives 768 numbers, the card says 512", "add", "--card", "card.toml", "net.onnx")
    (f.given / "card.toml").write_text(CARD.replace("rgb", "red"), encoding="utf-8")
    f.says(3, 'card.toml:9: order is neither "rgb" nor "bgr"', "add", "--card", "card.toml",
           "net.onnx")
    (f.given / "card.toml").write_text(CARD, encoding="utf-8")
    (f.given / "net.onnx").write_text("not a network", encoding="utf-8")
    f.says(3, "ONNX Runtime does not take it", "add", "--card", "card.toml", "net.onnx")
    (f.given / "net.onnx").write_bytes(b"")
    f.says(3, "mine: ", "add", "--card", "card.toml", "net.onnx")
    assert sorted(p.name for p in f.models.iterdir()) == [RUNTIME]


def run_one(function):
    """Why it failed, or None."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="bf-model-"))
    try:
        function(Folder(root))
    except (AssertionError, subprocess.TimeoutExpired, ValueError) as error:
        return repr(error)
    finally:
        shutil.rmtree(root)
    return None


def main():
    there = (INSTALLED / RUNTIME).exists()
    if not there and os.environ.get("BF_OFFLINE") != "1":
        print(f"1..1\nnot ok 1 - {INSTALLED / RUNTIME} is not there: run 'make models'")
        return 1
    failed = False
    print(f"1..{len(TESTS)}")
    for i, function in enumerate(TESTS, 1):
        if not there:
            print(f"ok {i} - {function.__name__} # SKIP BF_OFFLINE=1 and no {RUNTIME}")
            continue
        why = run_one(function)
        failed |= bool(why)
        print(f"{'not ok' if why else 'ok'} {i} - {function.__name__}")
        if why:
            print(f"# {why}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
