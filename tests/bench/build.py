#!/usr/bin/env python3
"""Release build time cold and with ccache, size of the program, lines per folder.

"Cold" compiles everything with an empty ccache, so it contains what filling the cache costs.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["base", "sandbox", "analyzers", "engine", "prompts", "cli", "tests", "scripts",
           "cmake", "examples"]
SUFFIXES = {".cpp", ".hpp", ".h", ".c", ".py", ".sh", ".cmake", ".txt", ".sql", ".in"}
BINARY_LIMIT_MB = 25


def timed_build(build, environment):
    """Seconds that building both programs from nothing takes; configuring is not counted."""
    shutil.rmtree(build, ignore_errors=True)
    quiet = dict(env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--preset", "release", "-B", build], cwd=ROOT, **quiet)
    start = time.monotonic()
    subprocess.run(["cmake", "--build", build, "-j", str(os.cpu_count()),
                    "--target", "automod", "automod-sandbox"], **quiet)
    return time.monotonic() - start


def lines_per_folder():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                            stdout=subprocess.PIPE).stdout.decode().split("\0")
    counts = dict.fromkeys(FOLDERS, 0)
    for name in filter(None, listed):
        path = ROOT / name
        folder = name.split("/")[0]
        if folder not in counts or not path.is_file() or path.is_symlink():
            continue
        if path.suffix in SUFFIXES or (not path.suffix and folder == "scripts"):
            counts[folder] += path.read_bytes().count(b"\n")
    return counts


def main():
    report = Report("build")
    with tempfile.TemporaryDirectory(prefix="automod-bench-") as scratch:
        build = os.path.join(scratch, "build")
        environment = dict(os.environ, CCACHE_DIR=os.path.join(scratch, "ccache"))
        report.figure("cold_build_seconds", timed_build(build, environment))
        if shutil.which("ccache"):
            report.figure("ccache_build_seconds", timed_build(build, environment))
        program = os.path.join(build, "bin", "automod")
        stripped = os.path.join(scratch, "stripped")
        subprocess.run(["strip", "-o", stripped, program], check=True)
        report.figure("binary_mb", os.path.getsize(program) / 1e6)
        stripped_mb = os.path.getsize(stripped) / 1e6
    for folder, lines in lines_per_folder().items():
        report.figure(f"lines_{folder}", lines)
    report.at_most("stripped_binary_mb", stripped_mb, BINARY_LIMIT_MB)
    report.finish()


if __name__ == "__main__":
    main()
