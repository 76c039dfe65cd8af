"""The corpus of seeded defects: what is marked in it, and how far findings agree with that."""

import collections
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent
MARK = re.compile(r"(?://|#) expect: ([\w.*-]+(?:, [\w.*-]+)*)\s*$")
CONFIGURATION = """version = 1
[project]
test = "true"
test_results = "exit_code"
"""
# How C and C++ are compiled where the sandbox shows the tree.
COMPILERS = {".c": "cc -std=gnu17", ".cpp": "c++ -std=c++20"}
# Analyzers that need no sandbox read these.
BY_SYNTAX = ("go", "java", "javascript", "python", "rust", "typescript")

Found = collections.namedtuple("Found", "path line rule")


def languages():
    return sorted(path.name for path in ROOT.iterdir()
                  if path.is_dir() and path.name != "__pycache__")


def sources(chosen):
    """The files of some languages, by their path in a repository."""
    return {str(path.relative_to(ROOT)): path.read_text()
            for language in chosen for path in sorted((ROOT / language).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts}


def laid_out(files):
    """The files of a repository that holds these sources."""
    commands = [{"directory": "/tree", "file": name,
                 "command": f"{COMPILERS[pathlib.PurePath(name).suffix]} -c {name}"}
                for name in files if pathlib.PurePath(name).suffix in COMPILERS]
    return {**files, "automod.toml": CONFIGURATION,
            "compile_commands.json": json.dumps(commands, indent=1)}


def marks(files):
    wanted = set()
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            mark = MARK.search(line)
            if mark:
                wanted.update(Found(name, number, rule) for rule in mark.group(1).split(", "))
            elif "expect:" in line:
                raise ValueError(f"{name}:{number}: a mark stands at the end of its line")
    return wanted


def findings(document):
    """Those of an analyze document."""
    return {Found(row["place"]["path"], row["place"]["line"], row["rule"])
            for row in document["findings"] if row["place"] is not None}


class Comparison:
    """Of what was found with what is marked, over the rules that have a mark."""

    def __init__(self, wanted, found):
        self.rules = sorted({mark.rule for mark in wanted})
        self.missed = sorted(wanted - found)
        self.wrong = sorted(one for one in found - wanted if one.rule in self.rules)
        self.others = sorted(one for one in found if one.rule not in self.rules)
        self.seeded = collections.Counter(mark.rule for mark in wanted)
        self.right = collections.Counter(one.rule for one in wanted & found)
        self.alarms = collections.Counter(one.rule for one in self.wrong)

    def recall(self):
        return 100 * self.right.total() / max(1, self.seeded.total())

    def precision(self):
        return 100 * self.right.total() / max(1, self.right.total() + self.alarms.total())
