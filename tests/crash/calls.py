"""Interrupting a program at one of its system calls, with strace.

A point is the n-th call of one name, as strace counts them for an injection. A signal is
delivered on entering the call, which is then not carried out. What is on disk after call n is
what is on disk before the next point, so points before every call, with the end of the process
as the last one, leave no moment out. Only the program's first thread is interrupted; a call of
another thread or process that writes is counted in a trace and reported.

Not seen: what is written to shared memory by a plain store. SQLite does that to its -shm file
only, which holds nothing that is not made anew from the log.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

FLUSHES = ["fsync", "fdatasync", "syncfs", "sync_file_range", "msync"]
OPENS = ["open", "openat", "openat2"]
NEED_ROOM = ["write", "pwrite64", "writev", "pwritev", "pwritev2", "creat", "rename", "renameat",
             "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "mknod",
             "mknodat", "ftruncate", "truncate", "fallocate", "copy_file_range", "sendfile"]
CHANGES = ["unlink", "unlinkat", "rmdir", "chmod", "fchmod", "fchmodat", "chown", "fchown",
           "lchown", "fchownat", "utimensat", "setxattr", "fsetxattr", "flock"]
END = "exit_group"
TRACED = [*FLUSHES, *OPENS, *NEED_ROOM, *CHANGES, END]
LINE = re.compile(r"^(?:(\d+) +)?(\w+)\((.*)$")


@dataclass(frozen=True)
class Point:
    call: str
    number: int  # among the calls of this name
    text: str  # the call as it was traced

    def __str__(self):
        return f"{self.call} {self.number}: {self.text[:100]}"


@dataclass(frozen=True)
class Fault:
    name: str
    injection: str
    calls: tuple

    def points(self, points):
        return [point for point in points if point.call in self.calls]

    @property
    def kills(self):
        return "SIGKILL" in self.injection


FAULTS = [
    Fault("kill", "signal=SIGKILL", tuple(TRACED)),
    Fault("enospc", "error=ENOSPC", (*OPENS, *NEED_ROOM)),
    Fault("eio", "error=EIO", (*OPENS, *NEED_ROOM, *CHANGES)),
    Fault("eio_flush", "error=EIO", tuple(FLUSHES)),
]


def writes(call, text):
    """Files that are only opened for reading change nothing."""
    return call not in OPENS or re.search(r"O_(CREAT|TRUNC|TMPFILE)", text) is not None


def why_not():
    """None where processes can be traced; else what stands in the way."""
    if not shutil.which("strace"):
        return "strace is not installed"
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "made"
        command = [*strace(pathlib.Path(folder) / "log", "?mkdir,?mkdirat"),
                   "-e", "inject=?mkdir,?mkdirat:signal=SIGKILL:when=1", "mkdir", str(made)]
        done = subprocess.run(command, check=False, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        if done.returncode != -9:
            return f"processes cannot be traced here: {done.stderr.strip()}"
        if made.exists():
            return "this kernel carries out the call that a signal was to prevent"
    return None


def strace(log, calls):
    return ["strace", "-qq", "-s", "200", "-o", str(log), "-e", "signal=none",
            "-e", f"trace={calls}"]


def all_calls():
    return ",".join(f"?{call}" for call in TRACED)


def trace(world, words, log):
    """The points of a run that is left alone, and how many calls others made that write."""
    outcome = world.automod(*words, before=[*strace(log, all_calls()), "-f"])
    counts = {}
    points = []
    first = None
    others = 0
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        process, call, text = match.groups()
        first = first or process
        if process != first:
            others += writes(call, text) and call != END
            continue
        counts[call] = counts.get(call, 0) + 1
        if writes(call, text):
            points.append(Point(call, counts[call], text))
    return outcome, points, others


def interrupted(world, words, point, fault, log):
    """Runs the command with the fault at the point. Also tells whether it came to the point."""
    before = [*strace(log, point.call), "-e",
              f"inject={point.call}:{fault.injection}:when={point.number}"]
    outcome = world.automod(*words, before=before)
    if fault.kills:
        return outcome, outcome.code == -9
    return outcome, "(INJECTED)" in log.read_text(errors="replace")


def sample(items, most):
    """At most so many, evenly spread, the first and the last among them."""
    items = list(items)
    if most is None or len(items) <= most:
        return items
    if most == 1:
        return items[:1]
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]
