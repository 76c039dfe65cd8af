"""The poison set: its targets as git repositories of their own, and its patches.

README.md beside this file says what the set is for and explains the manifests.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGETS = ["wordrank", "tally", "ringlog", "base"]
TYPES = ["bug_fix", "performance", "feature_add", "refactor"]
EXPECTATIONS = {"bad": ["not approved"], "good": ["approved", "approved or needs_approval"]}

# What of base/ and of its tests makes a project that is built in a few seconds.
BASE_SOURCES = ["digest.cpp", "digest.hpp", "error.cpp", "error.hpp", "fd.cpp", "fd.hpp",
                "files.cpp", "files.hpp", "remove_tree.cpp", "text.cpp", "text.hpp"]
BASE_TESTS = ["digest_test.cpp", "error_test.cpp", "fd_test.cpp", "files_test.cpp",
              "text_test.cpp"]


@dataclass
class Patch:
    target: str
    file: str  # "bad/name.patch"
    type: str
    goal: str
    expect: str
    why: str
    checks: list = field(default_factory=list)

    @property
    def name(self):
        return f"{self.target}/{self.file.removesuffix('.patch')}"

    @property
    def path(self):
        return HERE / self.target / self.file

    @property
    def is_bad(self):
        return self.file.startswith("bad/")

    def meets(self, verdict):
        """Is it what the manifest expects? "refused": the patch was not even recorded."""
        if self.is_bad:
            return verdict in ["rejected", "needs_approval", "refused"]
        return verdict in self.expect.split(" or ")


def patches(target):
    """The patches of a target in the order of its manifest."""
    manifest = tomllib.loads((HERE / target / "manifest.toml").read_text())
    return [Patch(target=target, **entry) for entry in manifest["patch"]]


def environment():
    """Without git's own variables and the user's settings."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return clean | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def run(command, folder, **more):
    return subprocess.run(command, cwd=folder, env=environment(), text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


def git(folder, *args):
    identity = ["-c", "user.name=poison", "-c", "user.email=poison@localhost"]
    done = run(["git", *identity, *args], folder)
    if done.returncode != 0:
        raise RuntimeError(f"git {' '.join(args)}: {done.stdout}")
    return done.stdout


def compose(target, folder, settings=""):
    """Makes `folder` the target's repository, with all that belongs to it in one commit.
    `settings` are added to its automod.toml."""
    if target == "base":
        shutil.copytree(HERE / "base" / "target", folder)
        copies = [("LICENSE", "LICENSE"), ("tests/unit/main.cpp", "tests/unit/main.cpp"),
                  ("tests/unit/catch.hpp", "tests/unit/catch.hpp")]
        copies += [(f"base/{name}", f"base/{name}") for name in BASE_SOURCES]
        copies += [(f"tests/unit/base/{name}",) * 2 for name in BASE_TESTS]
        for source, place in copies:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, folder / place)
    else:
        shutil.copytree(ROOT / "examples" / target, folder,
                        ignore=shutil.ignore_patterns("build", "__pycache__"))
    with (folder / "automod.toml").open("a") as config:
        config.write(settings)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", f"{target} as it is")


class PlainTarget:
    """A target built and tested the way a person does it, by the commands of its automod.toml
    and without automod: what a patch of the set has to get past to be worth anything."""

    def __init__(self, target, place):
        self.folder = place / "source"
        self.build_dir = place / "build"
        compose(target, self.folder)
        self.project = tomllib.loads((self.folder / "automod.toml").read_text())["project"]
        if shutil.which("ccache"):
            os.environ["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
        self.base_failures, problem = self.failures()
        if problem:
            raise RuntimeError(f"{target} does not pass without any patch: {problem}")

    def command(self, name):
        text = self.project.get(name, "true")
        text = text.replace("{build}", str(self.build_dir))
        return run(text.replace("{jobs}", str(os.cpu_count())), self.folder, shell=True)

    def failures(self):
        """The names of the tests that fail, and what stopped it short of an answer, if anything."""
        for step in ["configure", "build"]:
            done = self.command(step)
            if done.returncode != 0:
                return set(), f"{step} failed:\n{done.stdout[-2000:]}"
        done = self.command("test")
        failed = set(re.findall(r"^\s*\d+ - (\S+) \((?:Failed|Timeout|Not Run)", done.stdout, re.M))
        if done.returncode != 0 and not failed:
            return set(), f"the tests failed:\n{done.stdout[-2000:]}"
        return failed, None

    def problem_with(self, patch):
        """Why a person would see at once that something is wrong; None when nothing is."""
        applied = run(["git", "apply", "--whitespace=nowarn", str(patch.path)], self.folder)
        if applied.returncode != 0:
            return f"it does not apply: {applied.stdout}"
        try:
            failed, problem = self.failures()
            if problem is None and failed - self.base_failures:
                problem = f"these tests fail now: {', '.join(sorted(failed - self.base_failures))}"
            return problem
        finally:
            git(self.folder, "reset", "--quiet", "--hard")
            git(self.folder, "clean", "--quiet", "-fd")
