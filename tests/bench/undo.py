#!/usr/bin/env python3
"""Undo: apply and rollback against git revert by hand, on 50,000 files and 10,000 commits.

Both sides work on a copy each of the same generated repository. A round takes each of them once:
automod applies a modification that was tried before and takes it back, git reverts HEAD and commits
a change that is staged; the order alternates, and the disk is quiet before each. AUTOMOD_BIN
names another program to measure.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import time

from program import program
from report import Report
from trial import run

FILES = 50_000
COMMITS = 10_000
IN_FOLDER = 100
SEED = 7
CONFIG = ('version = 1\n[project]\ntest = "true"\ntest_results = "exit_code"\n'
          "[automatic]\nper_hour = 1000\nrollbacks = 1000\n")


def path_of(number):
    return f"part{number // IN_FOLDER:03}/file{number:05}.txt"


def text_of(number, version):
    return "".join(f"{number} {line} {version}\n" for line in range(12))


def history():
    """What git fast-import reads: a first commit with all files, then small changes."""
    chance = random.Random(SEED)
    for commit in range(COMMITS):
        yield (f"commit refs/heads/main\ncommitter A User <user@example.invalid> "
               f"{1_600_000_000 + 600 * commit} +0000\ndata {len(str(commit))}\n{commit}\n")
        if commit == 0:
            yield file_command("automod.toml", CONFIG)
            for number in range(FILES):
                yield file_command(path_of(number), text_of(number, 0))
        else:
            for number in chance.sample(range(FILES), 3):
                yield file_command(path_of(number), text_of(number, commit))


def file_command(path, text):
    return f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"


def generate(folder, environment):
    run(["git", "init", "--quiet", "--initial-branch=main", folder], folder.parent, environment)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, env=environment,
                          stdin=subprocess.PIPE, text=True) as process:
        process.stdin.writelines(history())
        process.stdin.close()
        if process.wait() != 0:
            raise SystemExit("git fast-import failed")
    run(["git", "reset", "--quiet", "--hard", "main"], folder, environment)


def timed(command, folder, environment):
    """Milliseconds, on a disk that nobody has left work for."""
    os.sync()
    begin = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    elapsed = 1000 * (time.monotonic() - begin)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return elapsed


class Automod:
    def __init__(self, folder, environment, binary, rounds):
        self.folder = folder
        self.environment = environment
        self.binary = binary
        if subprocess.run([binary, "help", "key", "init"], check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
            self.run("key", "init", "--name", "robot@localhost")
        self.ids = [self.propose(number) for number in range(rounds)]
        self.run("try", *self.ids, "--json", "--quiet")

    def run(self, *words, text=None):
        done = subprocess.run([self.binary, *words], cwd=self.folder, env=self.environment,
                              input=text, text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise SystemExit(f"automod {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def propose(self, number):
        """One line of one file becomes another."""
        path = path_of(number * (FILES // 1000))
        lines = (self.folder / path).read_text().splitlines()
        patch = (f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n"
                 f"-{lines[0]}\n+changed {number}\n {lines[1]}\n")
        answer = self.run("propose", "--patch", "-", "--json", "--quiet", text=patch)
        return json.loads(answer)["listed"]["modification"]["id"]

    def apply(self, number):
        return timed([self.binary, "apply", self.ids[number]], self.folder, self.environment)

    def rollback(self, number):
        return timed([self.binary, "rollback", self.ids[number], "--reason", "measured"],
                     self.folder, self.environment)


class ByHand:
    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        run(["git", "status"], folder, environment)  # the copy's times are in the index from now on

    def revert(self):
        return timed(["git", "revert", "--no-edit", "HEAD"], self.folder, self.environment)

    def commit(self, number):
        path = self.folder / path_of(number)
        path.write_text(path.read_text() + f"changed {number}\n")
        run(["git", "add", path], self.folder, self.environment)
        return timed(["git", "commit", "--quiet", "--message", "by hand"], self.folder,
                     self.environment)


def measure(automod, by_hand, rounds):
    """Milliseconds of each kind, round by round."""
    times = {"apply": [], "rollback": [], "revert": [], "commit": []}

    def ours(number):
        times["apply"].append(automod.apply(number))
        times["rollback"].append(automod.rollback(number))

    def theirs(number):
        times["commit"].append(by_hand.commit(number))
        times["revert"].append(by_hand.revert())

    for number in range(rounds):
        for work in (ours, theirs) if number % 2 else (theirs, ours):
            work(number)
    return times


def ratio(times, one, other):
    return statistics.median(a / b for a, b in zip(times[one], times[other]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=21, help="default: %(default)s")
    parser.add_argument("--folder", help="where to work (default: the folder for temporary files)")
    asked = parser.parse_args()
    binary = program()
    report = Report("undo")
    with tempfile.TemporaryDirectory(prefix="automod-bench-", dir=asked.folder) as folder:
        scratch = pathlib.Path(folder)
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(scratch / "home"),
                       "XDG_CACHE_HOME": str(scratch / "cache"), "GIT_CONFIG_NOSYSTEM": "1",
                       "GIT_AUTHOR_NAME": "A User", "GIT_AUTHOR_EMAIL": "user@example.invalid",
                       "GIT_COMMITTER_NAME": "A User",
                       "GIT_COMMITTER_EMAIL": "user@example.invalid"}
        (scratch / "home").mkdir()
        generate(scratch / "target", environment)
        shutil.copytree(scratch / "target", scratch / "hand", symlinks=True)
        automod = Automod(scratch / "target", environment, binary, asked.rounds)
        times = measure(automod, ByHand(scratch / "hand", environment), asked.rounds)
    report.figure("files", FILES)
    report.figure("commits", COMMITS)
    report.figure("rounds", asked.rounds)
    for name, values in times.items():
        report.figure(f"{name}_ms", statistics.median(values))
    report.figure("apply_over_commit", ratio(times, "apply", "commit"))
    report.at_most("apply_over_revert", ratio(times, "apply", "revert"), 1.0)
    report.at_most("rollback_over_revert", ratio(times, "rollback", "revert"), 1.0)
    report.finish()


if __name__ == "__main__":
    main()
