#!/usr/bin/env python3
"""Trials: what one costs against the same work by hand, and what each stage adds.

The target is a part of automod itself: base, the values and the judge of the engine, with their
tests, in about sixty translation units. Each round makes a change of its own, once by hand in a
checkout that is built already (ninja and ctest), once as a trial; the order alternates. A fresh
clone, configured, built and tested by hand, stands beside them.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from program import ROOT, program
from report import Report

FOLDERS = ["base", "engine/types", "engine/judge", "tests/unit/base", "tests/unit/engine/types",
           "tests/unit/engine/judge"]
FILES = ["docs/scoring.md", "sandbox/sandbox.hpp", "sandbox/settings.hpp", "sandbox/settings.cpp",
         "sandbox/policy_file.hpp", "sandbox/policy_file.cpp", "tests/unit/main.cpp",
         "tests/unit/catch.hpp", "tests/unit/support/folders.hpp"]
CHANGED = "engine/judge/checks_files.cpp"
PLACE = "constexpr std::size_t kLargeLines = 400;"
STAGES = ["diagnostics", "sanitizers", "coverage"]
CMAKE = """cmake_minimum_required(VERSION 3.20)
project(part LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_package(fmt REQUIRED)
find_package(Catch2 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
file(GLOB sources base/*.cpp engine/types/*.cpp engine/judge/*.cpp sandbox/*.cpp)
add_library(part STATIC ${sources})
target_include_directories(part PUBLIC "${PROJECT_SOURCE_DIR}")
target_link_libraries(part PUBLIC fmt::fmt OpenSSL::Crypto Catch2::Catch2)
enable_testing()
foreach(suite base engine/types engine/judge)
  file(GLOB tests tests/unit/${suite}/*.cpp)
  string(REPLACE / _ name ${suite})
  add_executable(${name} ${tests} tests/unit/main.cpp)
  target_link_libraries(${name} PRIVATE part)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
endforeach()
"""
CONFIG = """version = 1
[project]
build_dir = "build"
configure = "cmake -S . -B {build} -G Ninja"
build = "ninja -C {build} -j {jobs}"
test = "ctest --test-dir {build} -j {jobs}"
test_results = "ctest"
[trial]
"""


def run(command, folder, environment):
    done = subprocess.run(command, cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


class Target:
    """A repository with the part, the stages named in `stages` switched on."""

    def __init__(self, folder, stages, environment, program):
        self.folder = folder
        self.environment = environment
        self.program = program
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name)
        shutil.copytree(ROOT / "docs" / "formats", folder / "docs" / "formats")
        for name in FILES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (folder / "CMakeLists.txt").write_text(CMAKE)
        switches = "".join(f"{stage} = {'true' if stage in stages else 'false'}\n"
                           for stage in STAGES)
        (folder / "automod.toml").write_text(CONFIG + switches)
        (folder / ".gitignore").write_text("build\n")
        for command in (["git", "init", "--quiet"], ["git", "add", "--all"],
                        ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost",
                         "commit", "--quiet", "--message", "part"]):
            run(command, folder, environment)
        self.text = (folder / CHANGED).read_text()
        assert PLACE in self.text

    def units(self):
        return sum(1 for _ in self.folder.rglob("*.cpp"))

    def changed(self, number):
        """The text with another constant, which no test minds."""
        return self.text.replace(PLACE, f"{PLACE}\n[[maybe_unused]] constexpr int kRound = {number};")

    def propose(self, number):
        """Records the change and returns its id; the working tree stays as it is."""
        file = self.folder / CHANGED
        file.write_text(self.changed(number))
        patch = run(["git", "diff"], self.folder, self.environment)
        run(["git", "checkout", "--quiet", CHANGED], self.folder, self.environment)
        done = subprocess.run([self.program, "propose", "--patch", "-", "--json", "--quiet"],
                              cwd=self.folder, env=self.environment, input=patch, text=True,
                              check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)["listed"]["modification"]["id"]

    def try_it(self, identity):
        """Seconds; the verdict must not be about something that went wrong."""
        begin = time.monotonic()
        done = subprocess.run([self.program, "try", identity, "--json", "--quiet"],
                              cwd=self.folder, env=self.environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seconds = time.monotonic() - begin
        if done.returncode not in (0, 4):
            raise SystemExit(f"the trial of {identity} was not approved:\n{done.stdout}{done.stderr}")
        return seconds


class ByHand:
    """A developer's own clone, built."""

    def __init__(self, target, folder, jobs):
        self.folder = folder
        self.environment = target.environment
        self.jobs = str(jobs)
        self.target = target
        self.fresh_seconds = timed(self.make)

    def make(self):
        run(["git", "clone", "--quiet", self.target.folder, self.folder], self.folder.parent,
            self.environment)
        run(["cmake", "-S", ".", "-B", "build", "-G", "Ninja"], self.folder, self.environment)
        self.build_and_test()

    def build_and_test(self):
        run(["ninja", "-C", "build", "-j", self.jobs], self.folder, self.environment)
        run(["ctest", "--test-dir", "build", "-j", self.jobs], self.folder, self.environment)

    def change(self, number):
        """Seconds of ninja and ctest after the change, which is then taken back."""
        (self.folder / CHANGED).write_text(self.target.changed(number))
        seconds = timed(self.build_and_test)
        (self.folder / CHANGED).write_text(self.target.text)
        run(["ninja", "-C", "build", "-j", self.jobs], self.folder, self.environment)
        return seconds


def measure_plain(report, scratch, environment, binary, rounds):
    target = Target(scratch / "plain", [], environment, binary)
    by_hand = ByHand(target, scratch / "hand", os.cpu_count())
    report.figure("translation_units", target.units())
    first = target.try_it(target.propose(0))
    hand, trials = [], []
    for number in range(1, rounds + 1):
        identity = target.propose(number)
        order = [lambda: hand.append(by_hand.change(number)),
                 lambda: trials.append(target.try_it(identity))]
        for work in order if number % 2 else reversed(order):
            work()
    again = ByHand(target, scratch / "again", os.cpu_count())
    fresh = statistics.median([by_hand.fresh_seconds, again.fresh_seconds])
    report.figure("fresh_clone_seconds", fresh)
    report.figure("first_trial_seconds", first)
    report.figure("by_hand_seconds", statistics.median(hand))
    report.figure("trial_seconds", statistics.median(trials))
    ratio = statistics.median(one / other for one, other in zip(trials, hand))
    report.at_most("trial_over_by_hand", ratio, 1.15)
    report.at_most("tenth_trial_over_fresh_clone", trials[-1] / fresh, 0.2)
    return statistics.median(trials)


def measure_stage(report, scratch, environment, binary, stage, plain, rounds):
    target = Target(scratch / stage, [stage], environment, binary)
    first = target.try_it(target.propose(0))
    later = [target.try_it(target.propose(number)) for number in range(1, rounds + 1)]
    report.figure(f"{stage}_first_adds_seconds", first - plain)
    report.figure(f"{stage}_adds_seconds", statistics.median(later) - plain)
    report.figure(f"{stage}_trial_over_plain", statistics.median(later) / plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=10, help="changes (default: %(default)s)")
    parser.add_argument("--no-stages", action="store_true", help="only the plain trial")
    asked = parser.parse_args()
    report = Report("trial")
    binary = program()
    with tempfile.TemporaryDirectory(prefix="automod-bench-") as folder:
        scratch = pathlib.Path(folder)
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(scratch / "home"),
                       "XDG_CACHE_HOME": str(scratch / "cache"), "CCACHE_DISABLE": "1"}
        (scratch / "home").mkdir()
        plain = measure_plain(report, scratch, environment, binary, max(asked.rounds, 1))
        for stage in [] if asked.no_stages else STAGES:
            measure_stage(report, scratch, environment, binary, stage, plain, 3)
    report.finish()


if __name__ == "__main__":
    main()
