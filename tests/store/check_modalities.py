#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Palms and faces in a store, by the program: enrolled, verified, identified, exported. TAP.

    check_modalities.py ROOT LIBRARY PORTRAITS_PROGRAM

The program is named by the environment variable BONAFIDE. Palms are synthetic regions of interest.
Faces are cut from the photographs of the pinned models; without them those tests fail, and with
BF_OFFLINE=1 they are skipped and counted.
"""
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile

REGION = 1  # BF_SYNTH_SHOT_REGION
RIGHT, LEFT = 21, 23


class Palm(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("side", ctypes.c_uint32),
                ("seed", ctypes.c_uint64)]


class Shot(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("flags", ctypes.c_uint32),
                ("seed", ctypes.c_uint64), ("width_px", ctypes.c_uint32),
                ("height_px", ctypes.c_uint32), ("difficulty_pct", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32)]


def make_palms(library, folder):
    """PERSON-SIDE-TAKE.png for two persons, both sides, two takes."""
    lib = ctypes.CDLL(library)
    pointer = ctypes.c_void_p
    engine, session = pointer(), pointer()
    assert not lib.bf_engine_open(None, ctypes.byref(engine))
    assert not lib.bf_session_open(engine, ctypes.byref(session))
    for person in (1, 2):
        for side, name in ((RIGHT, "right"), (LEFT, "left")):
            opts, palm = Palm(), pointer()
            lib.bf_synth_palm_opts_init(ctypes.byref(opts))
            opts.side, opts.seed = side, 100 * person + side
            assert not lib.bf_synth_palm_create(session, ctypes.byref(opts), ctypes.byref(palm))
            for take in (1, 2):
                shot, image = Shot(), pointer()
                lib.bf_synth_shot_opts_init(ctypes.byref(shot), ctypes.c_uint32(REGION))
                shot.seed = take
                assert not lib.bf_synth_palm_image(session, palm, ctypes.byref(shot), None,
                                                   ctypes.byref(image))
                path = os.path.join(folder, f"{person}-{name}-{take}.png")
                assert not lib.bf_image_write_png(session, image, path.encode())
                lib.bf_image_free(image)
            lib.bf_synth_palm_free(palm)
    lib.bf_session_free(session)
    lib.bf_engine_free(engine)


def run(*args, models=None):
    environment = dict(os.environ, **({"BF_MODELS": models} if models else {}))
    done = subprocess.run([os.environ["BONAFIDE"], *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=240, check=False,
                          env=environment)
    return done.returncode, done.stdout, done.stderr


class Checks:
    def __init__(self):
        self.lines, self.failed = [], False

    def check(self, good, name, detail=""):
        self.failed |= not good
        self.lines.append(f"{'ok' if good else 'not ok'} {len(self.lines) + 1} - {name}")
        if not good:
            print(f"# {name}: {detail}", file=sys.stderr)

    def skip(self, name):
        self.lines.append(f"ok {len(self.lines) + 1} - {name} # SKIP BF_OFFLINE=1 and no models")


DB = ("--db", "people.bf", "--key-file", "key")
PALM = (*DB, "--roi")


def palms(t):
    code, _, err = run("init", *DB)
    t.check(code == 0, "init", err)
    for n in (1, 2):
        got = run("enroll", *PALM, "--person", f"P-{n}", "--encounter", "visit", "--gallery",
                  "staff", "--palm", f"right={n}-right-1.png", "--palm", f"left={n}-left-1.png")
        t.check(got[0] == 0 and "right-palm (quality" in got[1] and "left-palm (quality" in got[1],
                "enroll both palms", got)
    got = run("identify", *PALM, "--palm", "unknown=2-left-2.png", "--json")
    first = json.loads(got[1])["candidates"][0] if got[0] == 0 else {}
    part = first.get("parts", [{}])[0]
    t.check(first.get("person") == "P-2" and part["modality"] == "palm" and
            part["position"] == "left-palm" and part["comparisons"] == 2,
            "identify by a palm of unknown side", got)
    got = run("identify", *PALM, "--palm", "left=1-left-2.png", "--palm", "right=1-right-2.png")
    t.check(got[0] == 0 and "right-palm" in got[1] and "left-palm" in got[1] and "P-1" in got[1],
            "identify by both palms", got)
    got = run("verify", *PALM, "--person", "P-1", "--palm", "right=1-right-2.png")
    t.check(got[0] == 0, "verify", got)
    got = run("verify", *PALM, "--person", "P-1", "--palm", "right=2-right-2.png")
    t.check(got[0] == 1, "verify another's: exit code 1", got)
    got = run("list", *DB, "--encounters", "--json")
    items = json.loads(got[1]) if got[0] == 0 else [{}]
    t.check(items[0].get("parts") == "right-palm left-palm", "listed", got)
    got = run("enroll", *PALM, "--person", "P-3", "--palm", "thumb=1-left-1.png")
    t.check(got[0] == 2 and "--palm takes NAME=FILE" in got[2], "no such palm", got)
    got = run("enroll", *PALM, "--person", "P-3", "--palm", "left=1-left-1.png", "--palm",
              "right=none.png")
    t.check(got[0] == 3 and "none.png: No such file" in got[2], "one of two is missing", got)
    got = run("enroll", *DB, "--person", "P-3", "--face", "1-left-1.png", models="nowhere")
    t.check(got[0] == 3 and "make models" in got[2], "a face without models: says what to do", got)
    got = run("list", *DB, "--persons", "--json")
    t.check(len(json.loads(got[1])) == 2, "nothing was enrolled by these", got)


FACES = ["enroll two pictures of a face", "enroll a face with a palm", "identify by face",
         "identify by face and palm", "verify by face", "verify another's face: exit code 1",
         "listed with face", "exported and imported with face"]


def faces(t):
    got = run("enroll", *PALM, "--person", "P-4", "--face", "faces/01_1.png", "--face",
              "faces/02_1.png")
    t.check(got[0] == 0 and got[1].count("face (quality") == 2, FACES[0], got)
    got = run("enroll", *PALM, "--person", "P-5", "--face", "faces/03_1.png", "--palm",
              "left=2-left-1.png")
    t.check(got[0] == 0, FACES[1], got)
    got = run("identify", *PALM, "--face", "faces/01_2.png", "--json")
    first = json.loads(got[1])["candidates"][0] if got[0] == 0 else {}
    part = first.get("parts", [{}])[0]
    t.check(first.get("person") == "P-4" and part["modality"] == "face" and
            part["position"] == "face" and part["comparisons"] == 2, FACES[2], got)
    got = run("identify", *PALM, "--face", "faces/03_2.png", "--palm", "left=2-left-2.png",
              "--json")
    first = json.loads(got[1])["candidates"][0] if got[0] == 0 else {}
    t.check(first.get("person") == "P-5" and
            sorted(p["modality"] for p in first["parts"]) == ["face", "palm"], FACES[3], got)
    got = run("verify", *PALM, "--person", "P-5", "--face", "faces/03_2.png")
    t.check(got[0] == 0, FACES[4], got)
    got = run("verify", *PALM, "--person", "P-5", "--face", "faces/05_2.png")
    t.check(got[0] == 1, FACES[5], got)
    got = run("list", *DB, "--person", "P-5")
    t.check(got[0] == 0 and "left-palm face" in got[1], FACES[6], got)
    pathlib.Path("pass").write_text("a passphrase for the way\n")
    got = run("init", "--db", "other.bf", "--key-file", "key")
    with open("pass") as secret:
        os.set_inheritable(secret.fileno(), True)
        got = subprocess.run([os.environ["BONAFIDE"], "export", *DB, "--person", "P-5", "--to",
                              "passphrase", "--to-fd", "0", "-o", "parcel"], stdin=secret,
                             capture_output=True, text=True, check=False)
    with open("pass") as secret:
        back = subprocess.run([os.environ["BONAFIDE"], "import", "--db", "other.bf", "--key-file",
                               "key", "--from-fd", "0", "parcel"], stdin=secret,
                              capture_output=True, text=True, check=False)
    found = run("identify", "--db", "other.bf", "--key-file", "key", "--face", "faces/03_2.png")
    t.check(got.returncode == 0 and back.returncode == 0 and found[0] == 0, FACES[7],
            (got, back, found))


def main():
    root, library, portraits = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    folder = pathlib.Path(os.environ.get("BF_MODELS") or root / "models/installed").resolve()
    os.environ["BF_MODELS"] = str(folder)
    there = (folder / "photos/sample6.jpg").exists() and (folder / "facemesh.onnx").exists()
    t = Checks()
    with tempfile.TemporaryDirectory() as work:
        if there:
            subprocess.run([portraits, str(root / "models/photos.csv"), str(folder / "photos"),
                            os.path.join(work, "faces")],
                           stdout=subprocess.DEVNULL, check=True)
        os.chdir(work)
        make_palms(library, work)
        palms(t)
        if there:
            faces(t)
        for name in [] if there else FACES:
            if os.environ.get("BF_OFFLINE") == "1":
                t.skip(name)
            else:
                t.check(False, name, f"{folder} is not complete: run 'make models'")
        os.chdir("/")
    print(f"1..{len(t.lines)}")
    print("\n".join(t.lines))
    return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
