#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seen from outside on a program that holds keys: no core dumps, keys locked in memory. TAP.

The program is named by the environment variable BONAFIDE. `export --to passphrase` has opened the
store when it waits for the passphrase, and is looked at then. That a process is not dumpable shows
in its files under /proc, which then belong to root; so root runs it as nobody.
"""
import os
import pathlib
import pwd
import resource
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["BONAFIDE"]
ROOT = os.geteuid() == 0
USER = pwd.getpwnam("nobody").pw_uid if ROOT else os.geteuid()


def become_user(locked=resource.RLIM_INFINITY):
    """In the child: may dump core as it likes, and lock `locked` bytes."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    most = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    if locked != resource.RLIM_INFINITY:
        most = locked if most == resource.RLIM_INFINITY else min(locked, most)
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (most, most))
    if ROOT:
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)


def start(folder, *args, locked=resource.RLIM_INFINITY):
    return subprocess.Popen(args, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, preexec_fn=lambda: become_user(locked))


def status(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return None


def limit(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines():
        if line.startswith(name):
            return line[len(name):].split()[:2]
    return None


def waits(pid, since):
    """Is it reading from its standard input? Some kernels do not say: then asleep after a while."""
    where = pathlib.Path(f"/proc/{pid}/wchan").read_text()
    if where not in ("", "0"):
        return "pipe" in where
    state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state == "S" and time.monotonic() - since > 5


def export(folder, **kwargs):
    p = start(folder, PROGRAM, "export", "--db", "people.bf", "--key-file", "key", "--person",
              "P-1", "--to", "passphrase", "--to-fd", "0", "-o", "out", **kwargs)
    since = time.monotonic()
    while time.monotonic() - since < 60 and p.poll() is None and not waits(p.pid, since):
        time.sleep(0.05)
    return p


def report(checks):
    print(f"1..{len(checks)}")
    for i, (good, name, detail) in enumerate(checks):
        print(f"{'ok' if good else 'not ok'} {i + 1} - {name}")
        if not good:
            print(f"# {name}: {detail}", file=sys.stderr)
    return 0 if all(good for good, _, _ in checks) else 1


def main():
    checks = []
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, USER, -1)
        made = start(folder, PROGRAM, "init", "--db", "people.bf", "--key-file", "key")
        err = made.communicate()[1].decode()
        if made.returncode == 126 or "ermission" in err:
            print("1..0 # SKIP nobody may not run the program where it was built")
            return 0
        checks.append((made.returncode == 0, "a store is made", err))
        plain = start(folder, "/bin/cat")
        time.sleep(0.2)
        checks.append((os.stat(f"/proc/{plain.pid}/environ").st_uid == USER,
                       "a program that does nothing about it is dumpable", ""))
        plain.communicate()
        p = export(folder)
        checks.append((limit(p.pid, "Max core file size") == ["0", "0"],
                       "RLIMIT_CORE is 0, for good", str(limit(p.pid, "Max core file size"))))
        owner = os.stat(f"/proc/{p.pid}/environ").st_uid
        checks.append((owner == 0 and USER != 0, "not dumpable", f"owner {owner}"))
        locked = status(p.pid, "VmLck")
        err = p.communicate(b"")[1].decode()
        if b"__asan_init" in pathlib.Path(PROGRAM).read_bytes():
            print("# not asked under AddressSanitizer, which locks nothing: are keys locked?")
            return report(checks)
        checks.append((locked > 0 or "cannot be locked" in err, "keys are locked, or it says so",
                       f"{locked} kB, {err}"))
        p = export(folder, locked=0)
        none = status(p.pid, "VmLck")
        err = p.communicate(b"")[1].decode()
        checks.append((none > 0 or err.count("cannot be locked") == 1,
                       "where nothing may be locked, one warning", err))
    return report(checks)


if __name__ == "__main__":
    sys.exit(main())
