#!/usr/bin/env python3
"""How far definitions agree with those that Universal Ctags finds, over our sources and headers.

Compared are definitions of functions, types, enumerators, fields and macros by file, name and line.
Left aside is what ctags has no word for: concepts, and functions that are defaulted or deleted,
which it calls prototypes.
`definitions LIBRARY` prints every difference of one library; all others print their reasons only.
"""

import collections
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from report import Report

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 98.0
EXAMPLES = 3
SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".ipp", ".tpp", ".inl")

CTAGS_GROUPS = {"function": "function", "class": "type", "struct": "type", "union": "type",
                "enum": "type", "typedef": "type", "enumerator": "enumerator", "member": "field",
                "macro": "macro"}
OUR_GROUPS = {"function": "function", "method": "function", "class": "type", "struct": "type",
              "union": "type", "enum": "type", "type": "type", "enumerator": "enumerator",
              "field": "field", "macro": "macro"}

Definition = collections.namedtuple("Definition", "path group name line")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True,
                            stdout=subprocess.PIPE).stdout.decode()
    return [str(ROOT / name) for name in listed.split("\0") if name.endswith(SUFFIXES)]


def below(folder):
    return sorted(str(path) for path in pathlib.Path(folder).rglob("*")
                  if path.name.endswith(SUFFIXES) and path.is_file())


def libraries():
    """Name and files; what a machine has not is left out."""
    standard = sorted(glob.glob("/usr/include/c++/*"))
    found = {"automod": tracked("*.cpp", "*.hpp"),
             "libstdc++": below(standard[-1]) if standard else []}
    for name in ("fmt", "git2", "linux", "llvm-c", "openssl", "boost/asio"):
        folder = pathlib.Path("/usr/include", name)
        if folder.is_dir():
            found[name] = below(folder)
    found["libc"] = sorted(str(path) for path in pathlib.Path("/usr/include").glob("*.h"))
    return {name: files for name, files in found.items() if files}


def clean(name):
    """Both write operators in their own way."""
    if name.startswith("operator"):
        name = re.sub(r"\s+", "", name)
    return re.sub(r"^~\s+", "~", name)


def by_ctags(files):
    """Kinds that ctags is asked for; what it made names up for does not count."""
    out = subprocess.run(
        ["ctags", "-x", "--_xformat=%K\t%n\t%F\t%N", "--languages=C,C++", "--sort=no", "-L", "-"],
        input="\n".join(files).encode(), check=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL).stdout.decode(errors="replace")
    found = set()
    for row in out.splitlines():
        kind, line, path, name = row.split("\t", 3)
        if kind in CTAGS_GROUPS and not name.startswith("__anon"):
            found.add(Definition(path, CTAGS_GROUPS[kind], clean(name), int(line)))
    return found


def by_us(program, files):
    out = subprocess.run([program, "symbols"], input="\n".join(files).encode(), check=True,
                         stdout=subprocess.PIPE).stdout
    found = set()
    for row in map(json.loads, out.splitlines()):
        kind = row["kind"]
        if kind == "constant" and row["member"]:
            kind = "field"
        if row["definition"] and kind in OUR_GROUPS:
            found.add(Definition(row["path"], OUR_GROUPS[kind], clean(row["name"]), row["line"]))
    return found


class Lines:
    """The lines of files, for reasons."""

    def __init__(self):
        self.known = {}

    def line(self, definition):
        if definition.path not in self.known:
            text = pathlib.Path(definition.path).read_text(errors="replace")
            self.known[definition.path] = text.split("\n")
        lines = self.known[definition.path]
        return lines[definition.line - 1].strip() if definition.line <= len(lines) else ""

    def is_defaulted(self, definition):
        """Does what begins on this line end with "= default;" or "= delete;"?"""
        self.line(definition)
        rest = " ".join(self.known[definition.path][definition.line - 1:definition.line + 5])
        return re.match(r"[^{;]*=\s*(default|delete)\s*;", rest)


def reason(one, others, lines):
    """Why one side alone has a definition, as far as it shows."""
    same_place = [o for o in others["place"].get((one.path, one.line), ()) if o.name == one.name]
    if same_place:
        return f"a {same_place[0].group} to the other, here a {one.group}"
    if others["name"].get((one.path, one.group, one.name)):
        return "the other has this name elsewhere in the file"
    text = lines.line(one)
    if re.fullmatch(r"_*[A-Z][A-Z0-9_]*", one.name) and one.group != "macro":
        return "a macro's call taken for a definition"
    if re.search(r"\b_*[A-Z][A-Z0-9_]+\b *(\(|$)", text):
        return "a macro on the line"
    return "other"


def is_beyond_ctags(one, lines):
    text = lines.line(one)
    return (one.group == "type" and re.search(rf"\bconcept\s+{re.escape(one.name)}\b", text)) or (
        one.group == "function" and lines.is_defaulted(one))


def indexed(definitions):
    place = collections.defaultdict(list)
    name = collections.defaultdict(list)
    for one in definitions:
        place[one.path, one.line].append(one)
        name[one.path, one.group, one.name].append(one)
    return {"place": place, "name": name}


def differences(theirs, ours, lines):
    """Side, reason, definition of all that only one side has."""
    only = {"ctags": (theirs - ours, indexed(ours)), "we": (ours - theirs, indexed(theirs))}
    return sorted((f"only {side}", reason(one, others, lines), one)
                  for side, (alone, others) in only.items() for one in alone)


def print_reasons(found):
    groups = collections.defaultdict(list)
    for side, why, one in found:
        groups[side, why].append(one)
    for (side, why), members in sorted(groups.items(), key=lambda row: -len(row[1])):
        print(f"  {len(members):6}  {side}: {why}")
        for one in members[:: max(1, len(members) // EXAMPLES)][:EXAMPLES]:
            print(f"          {one.path}:{one.line} {one.group} {one.name}")


def build():
    for command in (["cmake", "--preset", "release"],
                    ["cmake", "--build", "build/release", "--target", "bench_facts_dump"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return ROOT / "build/release/bin/bench_facts_dump"


def main():
    if shutil.which("ctags") is None:
        print("definitions: ctags is missing; install universal-ctags", file=sys.stderr)
        sys.exit(3)
    program = os.environ.get("AUTOMOD_FACTS_DUMP") or build()
    report = Report("definitions")
    for name, files in libraries().items():
        if sys.argv[1:] and name != sys.argv[1]:
            continue
        lines = Lines()
        theirs, ours = by_ctags(files), by_us(program, files)
        beyond = {one for one in ours - theirs if is_beyond_ctags(one, lines)}
        ours -= beyond
        both = len(theirs & ours)
        found = differences(theirs, ours, lines)
        print(f"{name}: {len(files)} files, {len(theirs)} by ctags, {len(ours)} by us, {both} both, "
              f"{len(beyond)} beyond ctags")
        print_reasons(found)
        if sys.argv[1:]:
            for side, why, one in found:
                print(f"{side}\t{why}\t{one.path}:{one.line}\t{one.group}\t{one.name}")
        report.figure(f"{name}_of_ctags_found_percent", 100 * both / max(1, len(theirs)))
        report.figure(f"{name}_of_ours_confirmed_percent", 100 * both / max(1, len(ours)))
        report.at_least(f"{name}_agreement_percent",
                        200 * both / max(1, len(theirs) + len(ours)), LIMIT)
    report.finish()


if __name__ == "__main__":
    main()
