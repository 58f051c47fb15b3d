#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The commands on a store, from outside, with synthetic prints: what they do, what they say, their
exit codes, and that a refusal harms nothing. TAP.

The program is named by the environment variable BONAFIDE.
"""
import json
import os
import pathlib
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM = os.environ["BONAFIDE"]
NUMBER = 0
FAILED = False


def check(good, name, detail=""):
    global NUMBER, FAILED
    NUMBER += 1
    FAILED |= not good
    print(f"{'ok' if good else 'not ok'} {NUMBER} - {name}")
    if not good:
        print(f"# {name}: {detail}", file=sys.stderr)


class Store:
    """A folder with prints, in which commands run."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(self.folder / "conf")}
        self.env.pop("BONAFIDE_KEYRING", None)

    def run(self, *args, secret=None, timeout=120):
        """Exit code, stdout, stderr; secret: {descriptor option: text}."""
        fds, extra = [], []
        for option, text in (secret or {}).items():
            read, write = os.pipe()
            os.write(write, text.encode() + b"\n")
            os.close(write)
            fds.append(read)
            extra += [option, str(read)]
        done = subprocess.run([PROGRAM, *args, *extra], stdin=subprocess.DEVNULL, pass_fds=fds,
                              capture_output=True, cwd=self.folder, env=self.env, timeout=timeout,
                              check=False, start_new_session=True)
        for fd in fds:
            os.close(fd)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def good(self, name, *args, want="", code=0, **kwargs):
        got = self.run(*args, **kwargs)
        check(got[0] == code and want in got[1], name, f"{got}: no '{want}', code {code}")
        return got[1]

    def refused(self, code, part, *args, **kwargs):
        """One line on stderr that starts with the program's name, nothing on stdout."""
        got = self.run(*args, **kwargs)
        check(got[0] == code and not got[1] and part in got[2] and
              got[2].startswith("bonafide: ") and got[2].count("\n") == 1,
              f"refused: {part}", f"{got}: no '{part}', code {code}")


def print_of(finger, impression):
    return f"prints/{finger:04d}_{impression}.png"


def first_session(s):
    s.good("init", "init", "--db", "people.bf", "--key-file", "operator.key", want="people.bf.keys")
    for name in ("people.bf", "people.bf.keys", "operator.key"):
        mode = os.stat(s.folder / name).st_mode & 0o777
        check(mode == 0o600, f"{name} is private", oct(mode))
    db = ("--db", "people.bf")
    s.good("enroll", "enroll", *db, "--person", "P-0001", "--gallery", "staff", "--purpose",
           "door to the archive", "--finger", "right-index=" + print_of(1, 1), "--finger",
           "left-thumb=" + print_of(2, 1), want="enrolled P-0001")
    s.good("enroll with images", "enroll", *db, "--person", "P-0002", "--gallery", "staff",
           "--gallery", "guests", "--encounter", "visit-1", "--keep-images", "--finger",
           "right-index=" + print_of(3, 1), "--finger", "right-index=" + print_of(3, 3))
    s.good("second encounter", "enroll", *db, "--person", "P-0001", "--finger",
           "right-middle=" + print_of(4, 1), want="enrolled P-0001")
    got = s.run("identify", *db, "--finger", "unknown=" + print_of(1, 2), "--max", "10")
    check(got[0] == 0 and re.search(
        r"1 +P-0001 +\d+\.\d\d\*? +right-index .*needs a human decision", got[1]), "identify", got)
    got = s.run("identify", *db, "--finger", "right-index=" + print_of(3, 2), "--finger",
                "left-thumb=" + print_of(2, 2), "--gallery", "staff", "--json", "--fpir", "0.001")
    found = json.loads(got[1])
    check(got[0] == 0 and found["candidates"][0]["rank"] == 1 and found["persons"] == 2 and
          found["purpose"] == "door to the archive", "identify --json", got)
    check(abs(found["threshold"] - 33.01) < 0.01, "the threshold follows from FPIR and persons",
          found)
    got = s.run("identify", *db, "--finger", "left-little=" + print_of(1, 2))
    check(got[0] == 1 and "no candidate" in got[1], "no candidate: exit code 1", got)
    s.good("verify", "verify", *db, "--person", "P-0001", "--finger",
           "right-index=" + print_of(1, 2), want="match")
    s.good("verify another: exit code 1", "verify", *db, "--person", "P-0002", "--finger",
           "right-index=" + print_of(1, 2), "--fmr", "1e-12", code=1, want="no match")
    one, many = (json.loads(s.run("verify", *db, "--person", "P-0002", *n * (
        "--finger", "unknown=" + print_of(1, 2)), "--json")[1])["candidates"][0] for n in (1, 8))
    check(many["score"] <= one["score"] and len(many["parts"]) == 1,
          "a print given eight times weighs no more than once", (one, many))
    name = "prints/\udcff.png"
    shutil.copy(s.folder / print_of(1, 2), s.folder / name)
    got = json.loads(s.run("identify", *db, "--finger", "unknown=" + name, "--json")[1])
    check(got["candidates"][0]["parts"][0]["probe"] == "prints/?.png",
          "a file name that is no text", got)
    one, two = (s.run("identify", *db, "--finger", "unknown=" + print_of(1, 3), "--all",
                      "--threads", n) for n in ("1", "4"))
    check(one == two and one[1].count("P-000") == 2, "any number of threads, one result",
          (one, two))


def lists(s):
    db = ("--db", "people.bf")
    persons = json.loads(s.good("list", "list", *db, "--json"))
    check([p["person"] for p in persons] == ["P-0001", "P-0002"], "persons are listed", persons)
    check(persons[0]["encounters"] == 2 and persons[1]["images"] == 2, "with counts", persons)
    rows = json.loads(s.good("list --encounters", "list", *db, "--encounters", "--gallery",
                             "guests", "--json"))
    check(len(rows) == 1 and rows[0]["encounter"] == "visit-1" and
          rows[0]["galleries"] == "staff guests", "an encounter in two galleries", rows)
    s.good("gallery", "gallery", *db, "--gallery", "guests", "--purpose", "visitors of today",
           "--retention-days", "1")
    s.good("gallery, purpose alone", "gallery", *db, "--gallery", "guests", "--purpose",
           "visitors of this day")
    rows = json.loads(s.good("list --galleries", "list", *db, "--galleries", "--json"))
    rows = {g["gallery"]: g for g in rows}
    check(rows["guests"]["purpose"] == "visitors of this day" and
          rows["guests"]["retention_days"] == 1 and rows["staff"]["encounters"] == 2,
          "galleries have purpose and retention; one is changed without the other", rows)
    audit = json.loads(s.good("list --audit", "list", *db, "--audit", "--json"))
    check([a["sequence"] for a in audit] == list(range(1, len(audit) + 1)), "audit is complete",
          audit)
    kinds = [a["operation"] for a in audit]
    check(kinds[:4] == ["init", "enroll", "enroll", "enroll"] and kinds.count("identify") == 6 and
          kinds.count("verify") == 4, "audit has every operation", kinds)
    check(all("uid" in a["who"] and "key slot 1" in a["who"] for a in audit), "and who", audit)
    check(audit[5]["purpose"] == "door to the archive" and "P-0002" in audit[5]["detail"],
          "and why, and whom was found", audit[5])


def refusals(s):
    db, probe = ("--db", "people.bf"), ("--finger", "unknown=" + print_of(1, 2))
    before = s.run("fsck", *db)
    s.refused(4, "people.bf: no person P-9", "verify", *db, "--person", "P-9", *probe)
    s.refused(4, "people.bf: no person P-9", "delete", *db, "--person", "P-9")
    s.refused(4, "people.bf: no gallery nowhere", "identify", *db, "--gallery", "nowhere", *probe)
    s.refused(4, "encounter visit-1 already", "enroll", *db, "--person", "P-0002", "--encounter",
              "visit-1", *probe)
    s.refused(2, "A-Z a-z 0-9", "enroll", *db, "--person", "../x", *probe)
    s.refused(2, "A-Z a-z 0-9", "enroll", *db, "--person", "x" * 65, *probe)
    s.refused(2, "--db FILE is missing", "list")
    s.refused(2, "--finger", "identify", *db)
    s.refused(2, "--fpir takes", "identify", *db, *probe, "--fpir", "1")
    s.refused(3, "none.png: No such file", "enroll", *db, "--person", "P-3", "--finger",
              "right-index=none.png")
    s.refused(3, "text.png: ", "enroll", *db, "--person", "P-3", "--finger", "right-index=text.png",
              "--keep-images")
    s.refused(4, "none.bf: No such file", "list", "--db", "none.bf")
    s.refused(4, "text.png: not a Bonafide store", "list", "--db", "text.png", "--keyring",
              "people.bf.keys")
    s.refused(4, "exists already", "init", "--db", "people.bf", "--key-file", "operator.key")
    (s.folder / "wrong.key").write_bytes(b"w" * 40)
    os.chmod(s.folder / "wrong.key", 0o600)
    s.refused(4, "people.bf.keys: wrong key file", "list", *db, "--key-file", "wrong.key")
    os.chmod(s.folder / "operator.key", 0o644)
    s.refused(4, "operator.key: others may read", "list", *db)
    os.chmod(s.folder / "operator.key", 0o600)
    os.rename(s.folder / "operator.key", s.folder / "away.key")
    s.refused(4, "operator.key: No such file", "list", *db)
    os.rename(s.folder / "away.key", s.folder / "operator.key")
    os.rename(s.folder / "people.bf.keys", s.folder / "away")
    s.refused(4, "people.bf.keys: No such file", "list", *db)
    s.good("--keyring", "list", *db, "--keyring", "away", want="P-0001")
    os.rename(s.folder / "away", s.folder / "people.bf.keys")
    lock = sqlite3.connect(s.folder / "people.bf", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    s.refused(4, "people.bf: another process is writing", "enroll", *db, "--person", "P-3", *probe,
              "--busy-ms", "100")
    lock.execute("ROLLBACK")
    lock.close()
    check(s.run("fsck", *db) == before, "refusals harmed nothing", before)


def later_version(s):
    for name in ("people.bf", "people.bf.keys"):
        shutil.copy(s.folder / name, s.folder / f"later-{name}")
    db = sqlite3.connect(s.folder / "later-people.bf")
    db.execute("PRAGMA user_version=2")
    db.commit()
    db.close()
    s.refused(4, "made by a later Bonafide", "list", "--db", "later-people.bf", "--keyring",
              "people.bf.keys")


def parcels(s):
    db, other = ("--db", "people.bf"), ("--db", "other.bf")
    s.good("another store", "init", *other, "--key-file", "other.key")
    key = re.search(r"public key (\w{64})", s.good("key check", "key", "check", *other))[1]
    mine = re.search(r"public key (\w{64})", s.good("key check", "key", "check", *db))[1]
    s.good("export", "export", *db, "--person", "P-0002", "--to", key, "-o", "p2.bfx", "--images",
           "--purpose", "handed over")
    data = (s.folder / "p2.bfx").read_bytes()
    check(b"P-0002" not in data and b"visit-1" not in data and b"PNG" not in data,
          "export is sealed")
    s.refused(4, "nowhere/p2.bfx", "export", *db, "--person", "P-0002", "--to", key, "-o",
              "nowhere/p2.bfx")
    audit = json.loads(s.run("list", *db, "--audit", "--json")[1])
    check([a["operation"] for a in audit[-2:]] == ["export", "export"] and
          "failed" in audit[-1]["detail"], "recorded before it is written", audit[-2:])
    s.refused(4, "p2.bfx: exists already", "export", *db, "--person", "P-0002", "--to", key, "-o",
              "p2.bfx")
    s.refused(4, "p2.bfx: comes from another sender", "import", *other, "--from", key, "p2.bfx")
    s.good("import", "import", *other, "--from", mine, "p2.bfx", want=mine)
    rows = json.loads(s.good("it is there", "list", *other, "--encounters", "--json"))
    check(rows[0]["galleries"] == "staff guests" and rows[0]["images"] == 2, "whole", rows)
    s.refused(4, "encounter visit-1 already", "import", *other, "p2.bfx")
    s.good("as somebody else", "import", *other, "--person", "Q", "--gallery", "new", "p2.bfx")
    got = s.run("identify", *other, "--gallery", "new", "--finger", "unknown=" + print_of(3, 2))
    check(got[0] == 0 and "Q" in got[1], "and is found", got)
    s.refused(4, "p2.bfx: sealed to another recipient", "import", *db, "p2.bfx")
    for at in (0, 9, 30, 70, 100, 120, 5000, len(data) - 1):
        bad = bytearray(data)
        bad[at] ^= 1
        (s.folder / "bad.bfx").write_bytes(bad)
        code, out, err = s.run("import", *other, "--person", "R", "bad.bfx")
        want = 3 if at < 10 else 4  # no export at all, or one that is altered
        check(code == want and not out and err.count("\n") == 1, f"byte {at} altered", (code, err))
    s.good("export by passphrase", "export", *db, "--person", "P-0001", "--to", "passphrase", "-o",
           "p1.bfx", secret={"--to-fd": "correct horse battery"})
    s.refused(4, "wrong passphrase", "import", *other, "p1.bfx",
              secret={"--from-fd": "incorrect horse battery"})
    s.refused(4, "sealed by a passphrase", "import", *other, "p1.bfx")
    s.good("import by passphrase", "import", *other, "p1.bfx",
           secret={"--from-fd": "correct horse battery"})
    audit = json.loads(s.run("list", *db, "--audit", "--json")[1])
    check(any(a["operation"] == "export" and a["purpose"] == "handed over" and
              key[:16] in a["detail"] for a in audit), "the export is recorded", audit[-3:])
    s.good("all good", "fsck", *other, want="good: 3 persons")


def keys(s):
    db = ("--db", "people.bf")
    s.good("key add", "key", "add", *db, "--new-key-file", "second.key", want="slot 2")
    s.good("key add passphrase", "key", "add", *db, want="slot 3",
           secret={"--new-fd": "a passphrase to remember"})
    s.good("it opens", "list", *db, secret={"--passphrase-fd": "a passphrase to remember"},
           want="P-0001")
    s.refused(4, "wrong passphrase", "list", *db,
              secret={"--passphrase-fd": "a passphrase forgotten"})
    s.refused(4, "opens slot 2 already", "key", "add", *db, "--new-key-file", "second.key")
    s.refused(2, "is the one in use", "key", "remove", *db, "--slot", "1")
    s.good("key remove", "key", "remove", *db, "--slot", "1", "--key-file", "second.key")
    s.refused(4, "no slot 1", "key", "remove",
              *db, "--slot", "1", "--key-file", "second.key")
    s.refused(4, "wrong key file", "list", *db, "--key-file", "operator.key")
    s.good("the next key file is found", "list", *db, want="P-0001")
    s.good("key passwd", "key", "passwd", *db, secret={
        "--passphrase-fd": "a passphrase to remember", "--new-fd": "another to remember"})
    s.refused(4, "wrong passphrase", "list", *db,
              secret={"--passphrase-fd": "a passphrase to remember"})
    s.good("the new one opens", "fsck", *db, secret={"--passphrase-fd": "another to remember"},
           want="good: 2 persons")
    s.good("key rotate", "key", "rotate", *db)
    s.good("all good", "fsck", *db, want="good: 2 persons")


def duplicates(s):
    db = ("--db", "dup.bf")
    s.good("a store with duplicates", "init", *db, "--key-file", "dup.key")
    for person, prints in (("A", ("right-index=" + print_of(1, 1), "left-index=" + print_of(2, 1))),
                           ("B", ("right-index=" + print_of(3, 1),))):
        s.good("enroll", "enroll", *db, "--person", person, "--encounter", "first",
               *[a for p in prints for a in ("--finger", p)])
    s.good("no duplicates", "dedup", *db, "-o", "found.csv", want="0 findings among 2 persons")
    s.good("enroll", "enroll", *db, "--person", "C", "--finger", "right-index=" + print_of(3, 2))
    s.good("enroll", "enroll", *db, "--person", "A", "--encounter", "second", "--finger",
           "left-index=" + print_of(1, 2), "--finger", "right-index=" + print_of(2, 2))
    s.good("resumed with who came since", "dedup", *db, "-o", "found.csv", "--resume", code=1,
           want="2 findings, each needs a human decision, among 3 persons (2 searched for)")
    rows = (s.folder / "found.csv").read_text(encoding="ascii").split("\n")
    check(rows[0] == "kind,person,other,score,parts" and rows[1].startswith("duplicate,B,C,") and
          re.match(r"exchanged,A,,[0-9.]+,(left|right)-index \(first\) as ", rows[2]),
          "found.csv", rows)
    progress = (s.folder / "found.csv.progress").read_bytes()
    check(b"first" not in progress and oct((s.folder / "found.csv.progress").stat().st_mode)[-3:] ==
          "600", "progress is sealed and private", progress[:40])
    found = json.loads(s.good("dedup --json", "dedup", *db, "--json", "--purpose", "audit of May",
                              code=1))
    check([f["kind"] for f in found["findings"]] == ["duplicate", "exchanged"] and
          found["findings"][0]["decision"] == "needs a human decision", "dedup --json", found)
    audit = json.loads(s.run("list", *db, "--audit", "--json")[1])
    check([a["operation"] for a in audit[-2:]] == ["dedup", "dedup"] and
          audit[-1]["purpose"] == "audit of May", "dedup is recorded", audit[-2:])
    s.refused(2, "other options", "dedup", *db, "-o", "found.csv", "--resume", "--score", "30")
    (s.folder / "found.csv.progress").write_bytes(progress[:-1] + b"x")
    s.refused(4, "found.csv.progress: was altered", "dedup", *db, "-o", "found.csv", "--resume")
    s.refused(4, "found.csv.progress: was altered", "dedup", *db, "-o", "found.csv")
    s.good("delete", "delete", *db, "--person", "C")
    (s.folder / "found.csv.progress").write_bytes(progress)
    s.refused(4, "keys were changed since", "dedup", *db, "-o", "found.csv", "--resume")
    s.good("anew", "dedup", *db, "-o", "found.csv", code=1, want="1 finding")


def on_a_terminal(s):
    """A passphrase typed; it is not echoed."""
    def session(*args):
        answers = [b"typed by hand\n", b"typed by hand\n"]
        pid, fd = pty.fork()
        if not pid:
            os.chdir(s.folder)
            os.execve(PROGRAM, [PROGRAM, *args], s.env)
        text = b""
        while True:
            try:
                piece = os.read(fd, 1000)
            except OSError:
                break
            if not piece:
                break
            text += piece
            if (b"assphrase: " in piece or b"again: " in piece) and answers:
                os.write(fd, answers.pop(0))
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text
    code, text = session("init", "--db", "typed.bf", "--passphrase")
    check(code == 0 and b"typed by hand" not in text and b"New passphrase" in text, "init asks",
          text)
    code, text = session("list", "--db", "typed.bf")
    check(code == 0 and b"typed by hand" not in text, "and so does list, without being told", text)
    s.refused(4, "no terminal to ask on", "list", "--db", "typed.bf")


def erasure(s):
    db = ("--db", "people.bf")
    reader = sqlite3.connect(s.folder / "people.bf", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchone()
    code, out, err = s.run("delete", *db, "--person", "P-0002", "--busy-ms", "100")
    check(code == 4 and "erasure pending" in err and not out, "pending while somebody reads",
          (code, err))
    got = s.run("list", *db, "--busy-ms", "100")
    check("P-0002" not in got[1] and "P-0001" in got[1], "but gone", got)
    reader.execute("ROLLBACK")
    reader.close()
    s.good("fsck completes it", "fsck", *db, want="good: 1 person,")
    audit = json.loads(s.run("list", *db, "--audit", "--json")[1])
    check("P-0002" not in json.dumps(audit) and audit[-1]["operation"] == "delete" and
          audit[-1]["person"] == "erased", "the log keeps the deed, not the id", audit[-1])
    out = s.good("witness", "fsck", *db)
    counter, witness = re.search(r"counter (\d+)\nwitness (\w+)", out).groups()
    s.good("as written down", "fsck", *db, "--expect-counter", counter, "--expect-witness", witness)
    s.good("erase the other", "delete", *db, "--person", "P-0001", want="erased P-0001")
    s.good("later is fine", "fsck", *db, "--expect-counter", counter)
    code, out, err = s.run("fsck", *db, "--expect-counter", "100000")
    check(code == 4 and "put back in time" in err and "1 finding" in err, "a rollback shows", err)


def damaged(s):
    db = sqlite3.connect(s.folder / "other.bf", isolation_level=None)
    db.execute("DELETE FROM sample WHERE id=(SELECT min(id) FROM sample)")
    db.close()
    s.refused(4, "sample rows are there", "identify", "--db", "other.bf", "--finger",
              "unknown=" + print_of(1, 2))
    code, _, err = s.run("fsck", "--db", "other.bf")
    check(code == 4 and "finding" in err and "sample rows are there" in err, "fsck names it", err)
    code, _, err = s.run("key", "rotate", "--db", "other.bf")
    check(code == 4, "what was altered gets no new seal", err)


def defaults(s):
    s.good("init without a word about keys", "init", "--db", "easy.bf", want="operator.key")
    mode = os.stat(s.folder / "conf/bonafide/operator.key").st_mode & 0o777
    check(mode == 0o600, "the default key file is private", oct(mode))
    s.good("and it is found", "list", "--db", "easy.bf")


def main():
    with tempfile.TemporaryDirectory() as folder:
        s = Store(folder)
        # Growing prints takes a second each, and a hundred under the sanitizers.
        code, _, err = s.run("synth", "finger", "--out", "prints", "--fingers", "4",
                             "--impressions", "3", "--clean", "--size", "320x360", timeout=900)
        check(code == 0, "prints", err)
        (s.folder / "text.png").write_text("not an image\n", encoding="ascii")
        for part in (first_session, lists, refusals, later_version, parcels, keys, duplicates,
                     on_a_terminal, erasure, damaged, defaults):
            part(s)
        left = [p.name for p in s.folder.iterdir() if ".new" in p.name]
        check(not left, "no temporary file is left", left)
    print(f"1..{NUMBER}")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
