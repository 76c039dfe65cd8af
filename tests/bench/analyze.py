#!/usr/bin/env python3
"""Analyze: the index against tree-sitter alone, ast-grep, ctags and git status, on a million lines.

The sources are headers of this machine (the folders are printed), committed to a repository of
their own. Everything is measured side by side, round by round in turning order; what cannot be had
(ctags, ast-grep) is a broken bar and no silence. AUTOMOD_BIN and AUTOMOD_FACTS_DUMP name other
programs to measure.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import time

from program import ROOT, environment
from report import Report

SOURCES = ["/usr/include", "/usr/lib/llvm-19/include", "/usr/lib/gcc"]
ENDINGS = {".h", ".hh", ".hpp", ".hxx", ".ipp", ".inl", ".c", ".cc", ".cpp", ".cxx", ".py"}
LARGEST = 8 << 20
AST_GREP = "@ast-grep/cli@0.51.1"
RULES = {"c": "int main() { $$$ }", "cpp": "int main() { $$$ }", "python": "eval($X)"}
SIZES = [10_000, 100_000, 1_000_000]


class Cost:
    """What a finished process took."""

    def __init__(self, wall, usage):
        self.wall = wall
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024  # MB


def run(command, folder, environment, text=None):
    """The cost of a command, which must succeed, and what it printed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as given:
        given.write((text or "").encode())
        given.seek(0)
        begin = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=given, stdout=out,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
        out.seek(0)
        return Cost(wall, usage), out.read().decode(errors="replace")


def sources():
    """Paths of all that is measured, by folder and name; of the same text only one, as automod
    would read it only once."""
    by_text = {}
    for source in SOURCES:
        for path in sorted(pathlib.Path(source).rglob("*")):
            if (path.suffix in ENDINGS and not path.is_symlink() and path.is_file()
                    and path.stat().st_size <= LARGEST):
                by_text.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    return list(by_text.values())


def mixed_sources():
    """The same in an order that is no order, so that few are of the same kinds as many."""
    paths = sources()
    random.Random(1).shuffle(paths)
    return paths


def copy_sources(paths, target, most_lines=None):
    """Files below `target`, until there are enough lines; how many there are."""
    lines = files = 0
    for path in paths:
        if most_lines is not None and lines >= most_lines:
            break
        copy = target / path.relative_to("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        lines += copy.read_bytes().count(b"\n")
        files += 1
    return files, lines


def commit(target, environment):
    run(["git", "init", "--quiet", "--initial-branch=main", target], target.parent, environment)
    run(["git", "add", "--all"], target, environment)
    # Without the one in the background that so many new files would call for.
    run(["git", "-c", "gc.auto=0", "commit", "--quiet", "--message", "sources"], target,
        environment)
    # One pack, as after a clone.
    run(["git", "gc", "--quiet"], target, environment)


class Programs:
    def __init__(self, scratch, environment):
        release = ROOT / "build" / "release" / "bin"
        self.automod = os.environ.get("AUTOMOD_BIN", str(release / "automod"))
        self.dump = os.environ.get("AUTOMOD_FACTS_DUMP", str(release / "bench_facts_dump"))
        if "AUTOMOD_BIN" not in os.environ or "AUTOMOD_FACTS_DUMP" not in os.environ:
            build = ["bash", "-c", ". scripts/lib.sh; automod_build release automod "
                     "automod-sandbox bench_facts_dump >&2"]
            subprocess.run(build, cwd=ROOT, check=True)
        self.ctags = shutil.which("ctags")
        self.ast_grep = self.fetch_ast_grep(scratch / "npm", environment)

    @staticmethod
    def fetch_ast_grep(folder, environment):
        """For measuring only: fetched anew, no part of the project."""
        if named := os.environ.get("AUTOMOD_AST_GREP"):
            return named
        folder.mkdir()
        npm = shutil.which("npm")
        if npm is None or subprocess.run(
                [npm, "install", "--silent", "--ignore-scripts", AST_GREP], cwd=folder, check=False,
                env={**environment, "PATH": os.environ["PATH"]},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            return None
        found = sorted(folder.glob("node_modules/@ast-grep/cli-*/ast-grep"))
        if found:
            found[0].chmod(0o755)
        return str(found[0]) if found else None


class Work:
    """The things that are measured, on one repository."""

    def __init__(self, target, scratch, environment, programs):
        self.target = target
        self.scratch = scratch
        self.environment = environment
        self.programs = programs
        self.rules = scratch / "rules.yml"
        self.rules.write_text("---\n".join(
            f"id: trivial-{language}\nlanguage: {language}\nrule: {{pattern: '{pattern}'}}\n"
            for language, pattern in RULES.items()))
        names = sorted(str(path) for path in target.rglob("*")
                       if path.suffix in ENDINGS and path.is_file())
        self.halves = ["".join(f"{name}\n" for name in names[first::2]) for first in (0, 1)]

    def run(self, command, text=None):
        return run(command, self.target, self.environment, text)

    def index(self, *args):
        cost, out = self.run([self.programs.automod, "index", "--json", "-j", "2", *args])
        return cost, json.loads(out)

    def cold(self):
        shutil.rmtree(self.scratch / "cache", ignore_errors=True)
        return self.index()

    def parse(self):
        """CPU seconds of parsing and nothing else, two at a time as the index does."""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            halves = pool.map(lambda names: self.run([self.programs.dump, "parse"], text=names)[1],
                              self.halves)
            return sum(json.loads(out)["parse_seconds"] for out in halves)

    def scan(self):
        return self.run([self.programs.ast_grep, "scan", "--rule", str(self.rules), "--threads",
                         "2", "--json=stream", "."])[0]

    def tags(self):
        return self.run([self.programs.ctags, "-R", "-f", str(self.scratch / "tags"), "."])[0]

    def status(self):
        return self.run(["git", "status", "--porcelain"])[0]


def turning(rounds, works):
    """Results of each work by name, in an order that turns from round to round."""
    results = {name: [] for name, _ in works}
    for number in range(rounds):
        shift = number % len(works)
        for name, work in works[shift:] + works[:shift]:
            results[name].append(work())
    return results


def measure_cold(work, rounds, report):
    works = [("index", lambda: work.cold()[0]), ("parse", work.parse)]
    if work.programs.ctags:
        works.append(("ctags", work.tags))
    if work.programs.ast_grep:
        works.append(("ast_grep", work.scan))
    results = turning(rounds, works)
    index = results["index"]
    report.figure("index_cpu_s", statistics.median(one.cpu for one in index))
    report.figure("index_wall_s", statistics.median(one.wall for one in index))
    report.figure("index_memory_mb", max(one.memory for one in index))
    report.figure("parse_cpu_s", statistics.median(results["parse"]))
    report.at_most("index_cpu_over_parse", statistics.median(
        one.cpu / other for one, other in zip(index, results["parse"])), 1.5)
    missing = float("inf")
    for name, what, limit in [("ast_grep", "cpu", 1.0), ("ctags", "wall", 1.5)]:
        if name in results:
            report.figure(f"{name}_{what}_s",
                          statistics.median(getattr(one, what) for one in results[name]))
        report.at_most(f"index_{what}_over_{name}", statistics.median(
            getattr(one, what) / getattr(other, what)
            for one, other in zip(index, results[name])) if name in results else missing, limit)


def measure_warm(work, rounds, report):
    work.index()
    results = turning(rounds, [("index", lambda: work.index()[0]), ("status", work.status)])
    report.figure("status_wall_s", statistics.median(one.wall for one in results["status"]))
    report.figure("warm_wall_s", statistics.median(one.wall for one in results["index"]))
    report.at_most("warm_over_status", statistics.median(
        one.wall / other.wall for one, other in zip(results["index"], results["status"])), 1.5)
    beyond = []
    changed = next(path for path in sorted(work.target.rglob("*.h")) if path.stat().st_size > 9999)
    for number in range(rounds):
        changed.write_text(changed.read_text(errors="replace") + f"int changed{number};\n")
        work.run(["git", "commit", "--quiet", "--all", "--message", f"change {number}"])
        status = work.status()
        cost, document = work.index()
        if document["read"] != 1:
            raise SystemExit(f"after one change {document['read']} files were read")
        beyond.append(1000 * (cost.wall - status.wall))
    report.at_most("after_a_change_beyond_status_ms", statistics.median(beyond), 50)


def measure_scale(scratch, environment, programs, rounds, report):
    per_line = []
    for size in SIZES:
        target = scratch / f"scale-{size}"
        target.mkdir()
        _, lines = copy_sources(mixed_sources(), target, size)
        commit(target, environment)
        work = Work(target, scratch, environment, programs)
        work.cold()
        # What the program takes whether or not there is anything to read is no cost of a line.
        start = statistics.median(work.index()[0].cpu for _ in range(5))
        costs = [work.cold()[0].cpu - start for _ in range(rounds)]
        per_line.append(1e6 * statistics.median(costs) / lines)
        report.figure(f"us_per_line_{size}", per_line[-1])
    report.at_most("scale_spread", max(per_line) / min(per_line), 1.3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--lines", type=int, help="of the sources, at most (default: all)")
    parser.add_argument("--no-scale", action="store_true", help="leave out how it scales")
    asked = parser.parse_args()
    report = Report("analyze")
    with tempfile.TemporaryDirectory(prefix="automod-bench-") as folder:
        scratch = pathlib.Path(folder)
        world = environment(scratch)
        programs = Programs(scratch, world)
        target = scratch / "target"
        target.mkdir()
        files, lines = copy_sources(sources(), target, asked.lines)
        commit(target, world)
        print("sources:", ", ".join(SOURCES))
        report.figure("files", files)
        report.figure("lines", lines)
        work = Work(target, scratch, world, programs)
        measure_cold(work, asked.rounds, report)
        _, document = work.index()
        report.figure("index_mb", document["index"]["bytes"] / 1e6)
        report.figure("left_out", len(document["left_out"]))
        measure_warm(work, 7, report)
        if not asked.no_scale:
            measure_scale(scratch, world, programs, asked.rounds, report)
    report.finish()


if __name__ == "__main__":
    main()
