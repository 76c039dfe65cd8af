#!/usr/bin/env python3
"""Sandbox: start-up against bubblewrap, compiling, overlays, bursts, leftovers, attacks, matrix.

Times are medians of runs in turn; ratios are medians of the ratios within each turn. As root
everything but the attacks is also measured as an ordinary user.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOBODY = 65534
STARTUP_ROUNDS = 200
OVERLAY_ROUNDS = 60
COMPILE_ROUNDS = 4
OVERLAY_FILES = 50_000
BURST = 100
SERIES = 10_000
ATTACKED = ["native", "bwrap", "oci"]


def build():
    """The programs, optimized, in a folder that ordinary users can walk to."""
    quiet = dict(cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--preset", "release"], **quiet)
    subprocess.run(["cmake", "--build", "--preset", "release", "-j", str(os.cpu_count()), "--target",
                    "automod", "automod-sandbox", "automod-attack", "bench_sandbox_runs",
                    "unit_hardening"], **quiet)


IMAGE = "localhost/automod-bench:1"


def make_image(place, home):
    """Lets podman import /usr/bin/true with its libraries, into a store of our own."""
    (place / "store.conf").write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{place}/store"\n'
                                      f'runroot = "{place}/store-run"\n')
    environment = dict(os.environ, HOME=str(home),
                       CONTAINERS_STORAGE_CONF=str(place / "store.conf"))
    script = ("set -e; mkdir -p image/usr/bin image/etc; cp -L /usr/bin/true image/usr/bin/; "
              "for l in $(ldd /usr/bin/true | grep -o '/[^ ]*'); do "
              "mkdir -p image$(dirname $l); cp -L $l image$l; done; "
              f"tar -C image -cf image.tar .; podman import -q image.tar {IMAGE}")
    subprocess.run(["sh", "-c", script], cwd=place, env=environment, check=True,
                   stdout=subprocess.DEVNULL)
    return {"CONTAINERS_STORAGE_CONF": environment["CONTAINERS_STORAGE_CONF"],
            "AUTOMOD_BENCH_IMAGE": IMAGE}


def as_user(user, command):
    if os.geteuid() != 0 or user == "root":
        return command
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


class Runs:
    """bench_sandbox_runs as one user."""

    def __init__(self, place, user):
        self.program = place / "bin" / "bench_sandbox_runs"
        self.user = user
        self.home = place / f"home-{user}"
        self.home.mkdir()
        if os.geteuid() == 0 and user != "root":
            os.chown(self.home, NOBODY, NOBODY)
        self.environment = dict(os.environ, HOME=str(self.home),
                                XDG_CACHE_HOME=str(self.home / "cache"))
        if user == "root" and shutil.which("podman"):
            self.environment |= make_image(place, self.home)

    def __call__(self, *arguments):
        done = subprocess.run(as_user(self.user, [str(self.program), *map(str, arguments)]),
                              check=True, stdout=subprocess.PIPE, env=self.environment, cwd="/")
        return json.loads(done.stdout)


def make_tree(folder):
    for number in range(OVERLAY_FILES // 100):
        inner = folder / str(number)
        inner.mkdir(parents=True)
        for file in range(100):
            (inner / str(file)).write_text("x\n")


def give_away(folder, user):
    if os.geteuid() == 0 and user != "root":
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", folder], check=True)


def measure_startup(report, runs):
    ways = runs("startup", STARTUP_ROUNDS)
    user = runs.user
    for name, way in ways.items():
        report.figure(f"{user}_start_{name}_ms", way["median_ms"])
    report.at_most(f"{user}_native_to_bare", ways["native"]["ratio"], 12)
    if "bubblewrap_by_hand" in ways:
        report.at_most(f"{user}_native_to_bubblewrap",
                       ways["native"]["ratio"] / ways["bubblewrap_by_hand"]["ratio"], 1.0)


def measure_overlay(report, runs, place):
    tree = place / f"tree-{runs.user}"
    make_tree(tree)
    give_away(tree, runs.user)
    ways = runs("overlay", OVERLAY_ROUNDS, tree)
    report.figure(f"{runs.user}_overlay_empty_ms", ways["empty"]["median_ms"])
    report.at_most(f"{runs.user}_overlay_{OVERLAY_FILES}_to_empty", ways["full"]["ratio"], 1.5)


def measure_compile(report, runs, place):
    """An example of ours, configured and built from nothing."""
    folder = place / f"compile-{runs.user}"
    shutil.copytree(ROOT / "examples" / "wordrank", folder)
    give_away(folder, runs.user)
    command = ("rm -rf out && cmake -S . -B out -G Ninja -DCMAKE_BUILD_TYPE=Release >out.txt && "
               "cmake --build out -j 2 >>out.txt")
    ways = runs("compare", COMPILE_ROUNDS, folder, command)
    report.figure(f"{runs.user}_compile_outside_ms", ways["outside"]["median_ms"])
    report.at_most(f"{runs.user}_compile_inside_to_outside", ways["inside"]["ratio"], 1.05)


def measure_leftovers(report, runs):
    burst = runs("burst", BURST)
    report.at_least(f"{runs.user}_burst_finished", burst["finished"], BURST)
    series = runs("series", SERIES)
    report.figure(f"{runs.user}_series_seconds", series["seconds"])
    report.figure(f"{runs.user}_series_memory_growth_kb", series["memory_kb"])
    for what in ["descriptors", "children", "launchers", "groups", "mounts", "files"]:
        report.at_most(f"{runs.user}_series_left_{what}", series[what], 0)
    report.at_most(f"{runs.user}_series_memory_growth_mb", series["memory_kb"] / 1024, 1)


def attack(report, place, user):
    home = place / f"home-{user}"
    command = [str(place / "bin" / "automod"), "sandbox", "test", "--json"]
    for backend in ATTACKED:
        command += ["--backend", backend]
    done = subprocess.run(as_user(user, command), stdout=subprocess.PIPE, cwd="/",
                          env=dict(os.environ, HOME=str(home), XDG_CACHE_HOME=str(home / "cache")))
    for backend in json.loads(done.stdout)["backends"]:
        name = f"{user}_{backend['name']}"
        report.at_least(f"{name}_attacks_contained", backend["contained"], 80)
        report.at_most(f"{name}_attacks_exposed", backend["exposed"], 0)


def take_hardenings_away(report):
    """The matrix: each hardening of ours, and the attacks that get through without it."""
    done = subprocess.run([ROOT / "build" / "release" / "tests" / "unit_hardening"], text=True,
                          stdout=subprocess.PIPE)
    rows = [line for line in done.stdout.splitlines() if line[:1].strip() and line[44:45] == " "]
    print("\n".join(rows))
    report.figure("hardenings", len(rows))
    report.at_most("hardenings_untested", sum(row.endswith(" NOTHING") for row in rows), 0)
    report.at_most("hardenings_test_failed", int(done.returncode != 0), 0)


def main():
    report = Report("sandbox")
    build()
    users = ["root", "user"] if os.geteuid() == 0 else ["user"]
    with tempfile.TemporaryDirectory(prefix="automod-bench-", dir="/tmp") as scratch:
        place = pathlib.Path(scratch)
        place.chmod(0o755)
        for folder in ["bin", "libexec"]:
            shutil.copytree(ROOT / "build" / "release" / folder, place / folder)
        for user in users:
            runs = Runs(place, user)
            measure_startup(report, runs)
            measure_overlay(report, runs, place)
            measure_compile(report, runs, place)
            measure_leftovers(report, runs)
            attack(report, place, user)
    if os.geteuid() == 0:
        take_hardenings_away(report)
    report.finish()


if __name__ == "__main__":
    main()
