#!/usr/bin/env python3
"""How often equal code is called changed, how often slower code is noticed, and how long it takes.

Real runs through `automod bench`: a program that burns about 50 ms of processor time is held
against itself, against 5 % more work and against 15 % more. Nothing else should run meanwhile.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHANGED = {"worse", "slightly_worse", "better", "slightly_better"}
SLOWER = {"worse", "slightly_worse"}

BURN = """#include <stdint.h>
#include <stdio.h>
int main(void) {
  uint64_t state = 88172645463325252u;
  for (uint64_t i = 0; i < ROUNDSu; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  printf("%d\\n", state != 0);
  return 0;
}
"""

CONFIG = """version = 1
[project]
build_dir = "build"
build = "mkdir -p {build} && cc -O1 -o {build}/burn burn.c"
[[benchmark]]
name = "burn"
command = "{build}/burn"
[measure]
seconds = SECONDS
"""


class World:
    """A repository whose commits differ in how much work the program does."""

    def __init__(self, folder, program, seconds):
        self.program = program
        self.repo = pathlib.Path(folder, "target")
        self.environment = dict(os.environ, XDG_CACHE_HOME=os.path.join(folder, "cache"))
        self.repo.mkdir()
        self.git("init", "-q", "-b", "main")
        (self.repo / "automod.toml").write_text(CONFIG.replace("SECONDS", str(seconds)))

    def git(self, *arguments):
        identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
        return subprocess.run(["git", "-C", self.repo, *identity, *arguments], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def commit(self, rounds, note=""):
        text = BURN.replace("ROUNDS", str(rounds)) + (f"/* {note} */\n" if note else "")
        (self.repo / "burn.c").write_text(text)
        self.git("add", ".")
        self.git("commit", "-q", "-m", f"{rounds} rounds {note}")
        return self.git("rev-parse", "HEAD")

    def calibrate(self, milliseconds):
        """How many rounds take that long here."""
        rounds = 1_000_000
        best = 0
        for _ in range(6):
            (self.repo / "burn.c").write_text(BURN.replace("ROUNDS", str(rounds)))
            program = self.repo / "calibrate"
            subprocess.run(["cc", "-O1", "-o", program, self.repo / "burn.c"], check=True)
            times = []
            for _ in range(5):
                start = time.monotonic()
                subprocess.run([program], check=True, stdout=subprocess.DEVNULL)
                times.append(1000 * (time.monotonic() - start))
            program.unlink()
            best = min(times)
            rounds = int(rounds * milliseconds / best)
        return rounds

    def bench(self, subject, against):
        """The deciding figure of one comparison, and how long the answer took."""
        start = time.monotonic()
        done = subprocess.run([self.program, "-C", self.repo, "-q", "bench", subject,
                               "--against", against, "--json"], env=self.environment,
                              stdout=subprocess.PIPE, check=True, text=True)
        took = time.monotonic() - start
        figures = json.loads(done.stdout)["benchmarks"][0]["figures"]
        change = next(figure for figure in figures if figure["decisive"])["change"]
        return change, took


def compare(world, times, subject, against, name):
    """All the answers of one kind of comparison, told as they come."""
    answers = []
    for number in range(times):
        change, took = world.bench(subject, against)
        answers.append((change, took))
        print(f"{name} {number + 1}/{times}: {change['percent']:+.1f} % "
              f"({change['low']:+.1f} to {change['high']:+.1f}), noise {change['noise']:.1f} %, "
              f"{change['answer']}, {change['rounds']} rounds, {took:.1f} s", flush=True)
    return answers


def share(answers, wanted):
    return 100 * sum(change["answer"] in wanted for change, _ in answers) / max(len(answers), 1)


def timed(report, name, answers):
    times = sorted(took for _, took in answers)
    if times:
        report.figure(f"{name}_seconds_median", statistics.median(times))
        report.figure(f"{name}_seconds_longest", times[-1])
        rounds = statistics.median(change["rounds"] for change, _ in answers)
        report.figure(f"{name}_rounds_median", rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--equal", type=int, default=200, help="comparisons of identical trees")
    parser.add_argument("--slower", type=int, default=40, help="comparisons for each slow-down")
    parser.add_argument("--seconds", type=int, default=60, help="longest measurement")
    parser.add_argument("--milliseconds", type=int, default=50, help="work of the program")
    parser.add_argument("--automod", help="the program (default: a release build)")
    options = parser.parse_args()
    program = options.automod
    if not program:
        subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["cmake", "--build", "build/release", "--target", "automod",
                        "automod-sandbox"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        program = ROOT / "build/release/bin/automod"
    report = Report("measure")
    with tempfile.TemporaryDirectory(prefix="automod-measure-") as folder:
        world = World(folder, pathlib.Path(program).resolve(), options.seconds)
        rounds = world.calibrate(options.milliseconds)
        base = world.commit(rounds)
        five = world.commit(rounds * 105 // 100)
        fifteen = world.commit(rounds * 115 // 100)
        again = world.commit(rounds)  # the tree of the base once more
        equal = compare(world, options.equal, again, base, "equal")
        slow5 = compare(world, options.slower, five, base, "5 % slower")
        slow15 = compare(world, options.slower, fifteen, base, "15 % slower")
    timed(report, "equal", equal)
    timed(report, "slower5", slow5)
    timed(report, "slower15", slow15)
    report.at_most("equal_called_changed_percent", share(equal, CHANGED), 1)
    report.at_least("slower5_noticed_percent", share(slow5, SLOWER), 95)
    report.at_least("slower15_rejected_percent", share(slow15, {"worse"}), 100)
    report.finish()


if __name__ == "__main__":
    main()
