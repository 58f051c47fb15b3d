#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program's frame from outside: exit codes, one-line errors, help, bad input. TAP.

The program is named by the environment variable BONAFIDE.
"""
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import zlib

PROGRAM = os.environ["BONAFIDE"]


def run(*args, stdout=subprocess.PIPE, cwd=None):
    """Exit code, stdout, stderr. A crash shows as a negative code."""
    done = subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, cwd=cwd, timeout=120, check=False)
    return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()


def png(path, width, height, sample, per_metre=19685, header=None):
    """A grey PNG; header: (width, height) to lie about."""
    def chunk(kind, body):
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)
    rows = b"".join(b"\0" + bytes(sample(x, y) for x in range(width)) for y in range(height))
    size = header or (width, height)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)) +
        chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)) +
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Tap:
    def __init__(self):
        self.number = 0
        self.failed = False

    def check(self, good, name, detail=""):
        self.number += 1
        self.failed |= not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")
        if not good:
            print(f"# {name}: {detail}", file=sys.stderr)

    @staticmethod
    def title(args):
        return ascii(" ".join(args)[:60])[1:-1].replace("#", "")

    def refused(self, code, message, *args, **kwargs):
        """Exit code as given, nothing on stdout, exactly this one line on stderr."""
        got = run(*args, **kwargs)
        want = (code, "", f"bonafide: {message}\n")
        self.check(got == want, self.title(args), f"{got} instead of {want}")

    def refused_with(self, code, part, *args, **kwargs):
        """The same with part of the line."""
        got = run(*args, **kwargs)
        good = (got[0] == code and not got[1] and part in got[2] and
                got[2].startswith("bonafide: ") and got[2].count("\n") == 1)
        self.check(good, self.title(args), f"{got}: no '{part}'")


def check_frame(tap):
    code, out, err = run("--help")
    tap.check(code == 0 and not err and "Commands:" in out, "--help", err)
    listed = out.split("Commands:\n")[1].split("\n\n")[0]
    commands = [line.split()[0] for line in listed.splitlines()]
    tap.check("image" in commands and "show" in commands, "commands are listed", str(commands))
    for command in commands:
        one, two = run("help", command), run(command, "--help")
        tap.check(one == two and one[0] == 0 and one[1].startswith("Usage: bonafide " + command),
                  f"help {command}", str(one))
        tap.check(all(len(line) <= 100 for line in one[1].splitlines()), f"{command}: help fits")
        tap.refused_with(2, f"(see 'bonafide help {command}')", command, "--no-such-option")
    code, out, err = run("--version")
    tap.check(code == 0 and out.startswith("bonafide 0.") and not err, "--version", out)
    code, out, err = run()
    tap.check(code == 2 and "Usage: bonafide COMMAND" in out, "nothing at all", err)
    tap.refused(2, "unknown command 'imge': did you mean 'image'? (see 'bonafide help')", "imge")
    tap.refused(2, "unknown command '--x' (see 'bonafide help')", "--x")
    tap.refused(2, "unknown command 'zzz' (see 'bonafide help')", "help", "zzz")


def check_options(tap):
    tap.refused(2, "no file given (see 'bonafide help image')", "image")
    tap.refused(2, "option --ppi needs an argument (see 'bonafide help image')", "image", "--ppi")
    for bad in ("abc", "99", "2401", "-500", "500x", "", "99999999999999999999"):
        tap.refused(2, "--ppi takes 100..2400 (see 'bonafide help image')", "image", "--ppi", bad,
                    "a.png")
    tap.refused(2, "unknown or ambiguous option -x (see 'bonafide help image')", "image", "-x")
    tap.refused(2, "-o takes one file (see 'bonafide help image')", "image", "-o", "x", "a", "b")


def check_files(tap, folder):
    tap.refused(3, "none.png: No such file or directory", "image", "none.png", cwd=folder)
    tap.refused(3, "sub: is a directory", "image", "sub", cwd=folder)
    tap.refused(3, "fifo: not a regular file", "image", "fifo", cwd=folder)
    tap.refused(3, "/dev/zero: not a regular file", "image", "/dev/zero")
    tap.refused(3, "empty: empty file", "image", "empty", cwd=folder)
    tap.refused(3, "text.png: not a PNG, JPEG, TIFF, BMP, PGM or PPM image", "image", "text.png",
                cwd=folder)
    tap.refused_with(3, "cut.png: damaged PNG: ", "image", "cut.png", cwd=folder)
    tap.refused_with(3, "huge.png: 40000 x 40000 pixels, more than the limit", "image", "huge.png",
                     cwd=folder)
    tap.refused(3, "a?[2Jb: No such file or directory", "image", "a\033[2Jb", cwd=folder)
    tap.refused(3, "new?line: No such file or directory", "image", "new\nline", cwd=folder)
    tap.refused_with(3, ": File name too long", "image", "n" * 5000)
    code, out, err = run("image", "none.png", "good.png", cwd=folder)
    tap.check(code == 3 and out == "good.png: 120 x 110 px, grey, 500 ppi (from the file)\n",
              "one bad file does not stop the others", out + err)
    code, out, err = run("image", "a.png", "b.png", "c.png", cwd=folder)
    tap.check(code == 0 and err.count("\n") == 2 and "for 2 more images" in err,
              "the same warning is said once", err)
    if os.geteuid() != 0:
        os.chmod(folder / "secret.png", 0)
        tap.refused(3, "secret.png: Permission denied", "image", "secret.png", cwd=folder)


def check_outputs(tap, folder):
    tap.refused(4, "no/out.png: No such file or directory", "image", "-o", "no/out.png", "good.png",
                cwd=folder)
    tap.refused(4, "sub: Is a directory", "image", "-o", "sub", "good.png", cwd=folder)
    tap.refused(4, "/dev/full: not a regular file", "image", "-o", "/dev/full", "good.png",
                cwd=folder)
    with open("/dev/full", "wb") as full:
        code, _, err = run("--help", stdout=full)
    tap.check(code == 4 and err == "bonafide: standard output: No space left on device\n",
              "a full disk behind stdout", err)
    code, out, err = run("image", "-o", "copy.png", "good.png", cwd=folder)
    tap.check((code, out, err) == (0, "", ""), "a copy is written", err)
    mode = os.stat(folder / "copy.png").st_mode & 0o777
    tap.check(mode == 0o666 & ~umask(), "with the usual permissions", oct(mode))


def umask():
    old = os.umask(0)
    os.umask(old)
    return old


def check_nothing_there(tap, folder):
    """Pictures without a print must be refused by everything that extracts."""
    rng = random.Random(1)
    makers = {
        "blank": lambda x, y: 255, "black": lambda x, y: 0, "grey": lambda x, y: 128,
        "noise": lambda x, y: rng.randrange(256),
        "ramp": lambda x, y: (x + y) * 255 // 600,
        "text": lambda x, y: 0 if y % 22 < 12 and (x * 7919 ^ (y // 22) * 31) % 11 < 4 else 255,
        "blob": lambda x, y: 60 if (x - 150) ** 2 * 2 + (y - 150) ** 2 < 12000 else 220,
        "squares": lambda x, y: 255 * ((x // 40 + y // 40) % 2),
    }
    for name, sample in makers.items():
        png(folder / f"{name}.png", 300, 300, sample)
        tap.refused_with(3, f"{name}.png: ", "show", f"{name}.png", "-o", "out.png", cwd=folder)
    png(folder / "dot.png", 1, 1, lambda x, y: 0)
    tap.refused_with(3, "dot.png: ", "show", "dot.png", "-o", "out.png", cwd=folder)
    tap.check(not (folder / "out.png").exists(), "nothing was written")


def check_json(tap, folder):
    code, out, _ = run("synth", "finger", "--out", str(folder / "set"), "--fingers", "2",
                       "--impressions", "2", "--seed", "7")
    tap.check(code == 0, "a small set of prints", out)
    code, out, err = run("evaluate", "--modality", "finger", str(folder / "set/manifest.csv"),
                         "--json")
    try:
        parsed = json.loads(out)
    except ValueError:
        parsed = {}
    tap.check(code == 0 and parsed.get("images") == 4, "evaluate --json is JSON", err)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "sub").mkdir()
        os.mkfifo(folder / "fifo")
        (folder / "empty").touch()
        (folder / "text.png").write_text("this is no picture, whatever its name says\n")
        png(folder / "good.png", 120, 110, lambda x, y: (x * y) % 256)
        for other in ("a.png", "b.png", "c.png"):
            png(folder / other, 120, 110, lambda x, y: x, per_metre=2835)
        (folder / "secret.png").write_bytes((folder / "good.png").read_bytes())
        (folder / "cut.png").write_bytes((folder / "good.png").read_bytes()[:2000])
        png(folder / "huge.png", 2, 2, lambda x, y: 0, header=(40000, 40000))
        check_frame(tap)
        check_options(tap)
        check_files(tap, folder)
        check_outputs(tap, folder)
        check_nothing_there(tap, folder)
        check_json(tap, folder)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
