"""Hostile inputs: whatever stands in a repository, commands end by themselves, say what they left
out, print nothing raw and still know the sane files beside it.

tests/hostile/ holds what fits into a small file, named after what is wrong with it. What is large,
deep or badly named is made here.
"""

import html.parser
import json
import os
import re
import subprocess
import unittest

from harness import PROGRAM, ROOT, Scenario, main
from sarif import check_sarif

HOSTILE = ROOT / "tests" / "hostile"
GOALS = ("refactor", "fix_bugs")
DEEP = 5000
CONFIGURATION = """version = 1
[limits]
configure_seconds = 10
memory_mb = 512
"""

# Control characters and what turns the direction of text, which a terminal would act upon.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")

NAMES = [b"--help.py", b"-C.py", b"@args.py", b"new\nline.py", b"quo\"te's.py", b"tab\there.js",
         b"escape\x1b[2J\x1b]0;owned\x07.py", b"latin1-\xe9\xff.py", b"back\\slash.py", b" .py",
         b"<script>alert(1)<", b"%s%n%p.py", b"$(touch owned).py", b"`touch owned`.js", b"a;b&c|d.py",
         "turned-\u202eyp.sj".encode() + b".py", b"{found}.py", b"n" * 250 + b".py", b"\x7f\x01.js",
         b"::error::.py", b"sub/" * 200 + b"deep.py"]

LINKS = {"itself.py": "itself.py", "there.py": "back.py", "back.py": "there.py",
         "up": "..", "out.py": "/etc/passwd", "device.py": "/dev/zero", "folder": "/proc/self",
         "nowhere.js": "no/such/file", "git.py": ".git/config"}


SANE = ("sane.py", "sane.js", "sane.c")
C_FAMILY = (".c", ".h", ".cc")


def everything(suffix):
    return True


def nothing(suffix):
    return False


def what_clang_reads(suffix):
    return suffix in C_FAMILY


def what_clang_leaves(suffix):
    return suffix not in C_FAMILY


def runs_trials():
    return subprocess.run([PROGRAM, "doctor"], check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 3


def deep_sources():
    """Nesting as deep as no person writes, a language each."""
    return {
        "deep/brackets.py": "x = " + "[" * DEEP + "]" * DEEP + "\ndef after_deep():\n    pass\n",
        "deep/open_brackets.py": "x = " + "(" * DEEP,
        "deep/blocks.js": "function deepBlocks() " + "{" * DEEP + "}" * DEEP + "\n",
        "deep/calls.js": "f(" * DEEP + ")" * DEEP + "\n",
        "deep/functions.js": "function f() {" * DEEP + "}" * DEEP + "\n",
        "deep/parentheses.c": "int deep(void) { return " + "(" * DEEP + "1" + ")" * DEEP + "; }\n",
        "deep/blocks.c": "void deep_blocks(void) " + "{" * DEEP + "}" * DEEP + "\n",
        "deep/pointers.c": "int " + "*" * DEEP + "deep_pointer;\n",
        "deep/declarator.c": "int " + "(" * DEEP + "deep_name" + ")" * DEEP + ";\n",
        "deep/else_ifs.c": "void f(int a) { " + "if (a) {} else " * DEEP + "{} }\n",
        "deep/conditionals.h": "#if 1\n" * DEEP + "#endif\n" * DEEP,
        "deep/namespaces.cc": "namespace a {" * DEEP + "}" * DEEP + "\n",
        "deep/templates.cc": "A<" * DEEP + "int" + ">" * DEEP + " deep_template;\n",
        "deep/sum.go": "package p\nvar x = " + "1 + (" * DEEP + "1" + ")" * DEEP + "\n",
        "deep/modules.rs": "mod a {" * DEEP + "}" * DEEP + "\n",
        "deep/classes.java": "class A {" * DEEP + "}" * DEEP + "\n",
        "deep/types.ts": "type A = " + "Array<" * DEEP + "A" + ">" * DEEP + ";\n",
        "deep/elements.tsx": "const a = " + "<b>" * DEEP + "</b>" * DEEP + ";\n",
    }


def large_sources():
    return {
        "large/name.py": "def " + "n" * 100_000 + "():\n    pass\n",
        "large/name.c": "int " + "n" * 100_000 + "(void) { return 1; }\n",
        "large/string.js": "const s = '" + "x" * 1_000_000 + "';\n",
        "large/one_line.js": "function f(){return x===NaN}" * 20_000,
        "large/one_sum.py": "x = " + "a + " * 50_000 + "a\n",
        "large/many_names.py": "".join(f"def f{i}(): f{i + 1}()\n" for i in range(20_000)),
        "large/many_parameters.c": "int f(" + "int a, " * 20_000 + "int b) { return 1; }\n",
        "large/comments.rs": "// TODO crash\n" * 50_000,
    }


class Page(html.parser.HTMLParser):
    """What elements a page has, and whether each that opens is closed in its turn."""

    EMPTY = {"meta", "br", "hr", "img", "link", "input", "wbr"}

    def __init__(self, text):
        super().__init__()
        self.elements = set()
        self.attributes = set()
        self.open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing, line {self.getpos()[0]}")


class Hostile(Scenario):
    """Vocabulary: a repository in which a sane file stands beside hostile ones."""

    def target(self, is_wanted, files=None):
        """A repository of the sane files, those in tests/hostile/sources that are wanted by
        their suffix, and `files`."""
        target = self.repo()
        for path in sorted((HOSTILE / "sources").iterdir()):
            if path.name in SANE or is_wanted(path.suffix):
                (target.folder / path.name).write_bytes(path.read_bytes())
        target.commit({"automod.toml": CONFIGURATION, **(files or {})})
        return target

    def of_made(self, files, is_wanted):
        """A repository of the sane files and those of `files` that are wanted by their suffix."""
        return self.target(nothing, {name: text for name, text in files.items()
                                     if is_wanted(os.path.splitext(name)[1])})

    def badly_named(self):
        """Names and links that a tree can hold and no person gives, and a submodule."""
        target = self.target(nothing)
        for name in NAMES:
            path = os.path.join(os.fsencode(target.folder), name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(b"def named(mode):\n    return mode is 'a'  # TODO crash\n")
        for name, to in LINKS.items():
            os.symlink(to, target.folder / name)
        target.git("add", "--all")
        target.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module.py")
        target.git("commit", "--quiet", "--message", "names")
        return target

    def run_on(self, target, *args, code=0):
        """A run that has to end with `code`, and prints nothing that a terminal would act upon."""
        outcome = self.automod(target, *args, code=code)
        self.check_tame(outcome.out, args)
        self.check_tame(outcome.err, args)
        if "--json" in args:
            return outcome.json()
        return outcome

    def check_tame(self, text, where):
        raw = RAW.search(text)
        self.assertIsNone(raw, f"{where}: {raw and text[max(0, raw.start() - 80):raw.end() + 20]!r}")

    def check_page(self, path):
        text = path.read_bytes().decode()
        self.check_tame(text, path.name)
        page = Page(text)
        self.assertEqual(page.open, [])
        self.assertEqual(page.elements & {"script", "img", "iframe", "object", "link"}, set())
        self.assertEqual({name for name in page.attributes if name.startswith("on")}, set())
        return page

    def know_the_sane(self, target):
        """Every reading command, over everything; the sane files have to be known."""
        index = self.run_on(target, "index", "--json")
        self.run_on(target, "index")
        shown = self.run_on(target, "map", "--json", "--focus", "sane.py")
        self.assertIn("sane.py", [file["path"] for file in shown["files"]])
        self.run_on(target, "map", "--budget", "100000")
        self.run_on(target, "conventions")
        self.assertGreater(self.run_on(target, "conventions", "--json")["files_read"], 0)
        self.assertIn("sane_caller", str(self.run_on(target, "impact", "sane_reader", "--json")))
        self.run_on(target, "impact", "sane.py")
        return index

    def report(self, target, goal, *args):
        """An analysis as page, SARIF and document; the document."""
        page, sarif = self.home / f"{goal}.html", self.home / f"{goal}.sarif"
        document = self.run_on(target, "analyze", "--goal", goal, "--json", "--html", str(page),
                               "--sarif", str(sarif), *args)
        self.check_page(page)
        self.check_tame(sarif.read_bytes().decode(), sarif.name)
        check_sarif(json.loads(sarif.read_bytes()))
        return document

    def analyze(self, target, goal, *args):
        """An analysis in all its forms; the document."""
        document = self.report(target, goal, *args)
        self.run_on(target, "analyze", "--goal", goal, "--all", *args)
        if goal == "fix_bugs":
            self.check_sane_findings(document)
        return document

    def check_sane_findings(self, document):
        found = {(row["rule"], row["place"]["path"]) for row in document["findings"]}
        self.assertIn(("py-is-with-literal", "sane.py"), found)
        self.assertIn(("js-nan-comparison", "sane.js"), found)


class Knowing(Hostile):
    """index, map, conventions, impact."""

    def test_of_files_that_are_not_what_they_say(self):
        index = self.know_the_sane(self.target(everything))
        self.assertEqual({row["path"]: row["why"] for row in index["left_out"]},
                         {name: "binary" for name in ("not_python.py", "nul_after_start.js",
                                                      "nul_bytes.c", "utf16_be.cc",
                                                      "utf16_le.py")})

    def test_of_files_that_are_deep(self):
        self.know_the_sane(self.of_made(deep_sources(), everything))

    def test_of_files_that_are_large(self):
        files = {**large_sources(), "large/file.py": "x = 1\n" * 3_000_000}
        index = self.know_the_sane(self.of_made(files, everything))
        self.assertIn({"path": "large/file.py", "why": "too large"}, index["left_out"])

    def test_of_names_links_and_submodules(self):
        target = self.badly_named()
        self.know_the_sane(target)
        for name in ("--help.py", "back\\slash.py", "%s%n%p.py"):
            self.run_on(target, "impact", "--", name)
        self.assertFalse((target.folder / "owned").exists())

    def test_of_names_that_are_asked_for(self):
        target = self.target(nothing)
        for name in ("\x1b[2J", "../../../etc/passwd", "/etc/passwd", "n" * 100_000, "a\nb", "*",
                     "sane.py:" * 5000, ""):
            self.run_on(target, "impact", "--json", "--", name, code=2)
            self.run_on(target, "map", f"--focus={name}", code=2)


class Index(Hostile):
    """What lies in the cache is made anew when it is not what was written."""

    def index_after(self, harm):
        target = self.target(nothing)
        before = self.run_on(target, "index", "--json")
        file = self.home / "cache" / "automod" / "index" / "facts.db"
        for beside in file.parent.glob("facts.db-*"):
            beside.unlink()
        file.write_bytes(harm(file.read_bytes()))
        after = self.run_on(target, "index", "--json")
        self.assertEqual(after["files"], before["files"])
        self.know_the_sane(target)

    def test_garbage(self):
        self.index_after(lambda data: bytes(i * i % 251 for i in range(50_000)))

    def test_garbage_behind_a_head_that_is_right(self):
        self.index_after(lambda data: data[:100] + bytes(i * i % 251 for i in range(len(data))))

    def test_cut_off_in_every_quarter(self):
        for quarter in range(4):
            with self.subTest(quarter=quarter):
                self.setUp()
                self.index_after(lambda data, part=quarter: data[:len(data) * part // 4 + 1])

    def test_pages_of_zeros(self):
        self.index_after(lambda data: data[:4096] + bytes(len(data) - 4096))

    def test_a_folder_in_its_place(self):
        target = self.target(nothing)
        (self.home / "cache" / "automod" / "index" / "facts.db").mkdir(parents=True)
        self.know_the_sane(target)


class Analyzing(Hostile):
    """analyze and api of languages that need no sandbox."""

    def analyze_all(self, target):
        (target.folder / "sane.c").unlink()
        target.commit()
        for goal in GOALS:
            document = self.analyze(target, goal)
        self.run_on(target, "api", "--json")
        self.run_on(target, "api")
        return document

    def test_of_files_that_are_not_what_they_say(self):
        document = self.analyze_all(self.target(what_clang_leaves))
        found = {row["place"]["path"] for row in document["findings"]}
        self.assertLessEqual({"bidi.py", "bom.js", "escape_sequences.py", "markup.js", "markup.py",
                              "no_newline_at_end.py"}, found)

    def test_of_files_that_are_deep(self):
        self.analyze_all(self.of_made(deep_sources(), what_clang_leaves))

    def test_of_files_that_are_large(self):
        files = {**large_sources(), "large/file.py": "x = 1\n" * 1_000_000}
        document = self.analyze_all(self.of_made(files, what_clang_leaves))
        self.assertIn("large/file.py", document["failed_files"])

    def test_of_names_links_and_submodules(self):
        target = self.badly_named()
        self.analyze_all(target)
        self.assertFalse((target.folder / "owned").exists())

    def test_of_a_history_that_nobody_wrote(self):
        target = self.target(what_clang_leaves)
        tree, parent = target.rev("HEAD^{tree}"), target.rev("HEAD")
        for author in ("A \x1b[31mU </script> <a@b> 0 +0000", "<> 99999999999999 +9999",
                       "A <<<>>> -1 -0000", f"{'n' * 50_000} <n> 1 +0000", "nobody",
                       "A U <a@b> 2147483648 +1400"):
            text = f"tree {tree}\nparent {parent}\nauthor {author}\ncommitter {author}\n\n\x1b[2J\n"
            parent = target.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally",
                                text=text).strip()
            target.git("update-ref", "HEAD", parent)
        for name in ("sane.py", "markup.js"):
            path = target.folder / name
            path.write_text(path.read_text() + "\n")
        target.commit({f"many/{i}.py": f"def many{i}():\n    pass\n" for i in range(2000)})
        self.analyze_all(target)


@unittest.skipUnless(runs_trials(), "this machine runs no trials")
class Clang(Hostile):
    """What clang reads has a bounded time and memory a file, and one that uses them up is named."""

    def test_of_files_that_are_not_what_they_say(self):
        document = self.report(self.target(what_clang_reads), "refactor")
        self.assertLessEqual({"macro_storm.c", "includes_a_device.c", "prose.cc"},
                             set(document["failed_files"]))
        self.assertNotIn("sane.c", document["failed_files"])


class Rules(Hostile):
    """Rules that were written to harm, in files and in automod.toml."""

    CODES = {"absurd_alternatives.toml": 0, "catastrophic_regex.toml": 0,
             "catastrophic_quantifiers.toml": 0, "message_with_escape_sequences.toml": 0,
             "example_marks_unbalanced.toml": 1}

    def test_each_is_read_or_refused_with_its_place(self):
        target = self.target(nothing)
        for path in sorted((HOSTILE / "rules").iterdir()):
            with self.subTest(path.name):
                code = self.CODES.get(path.name, 2)
                self.run_on(target, "rules", "test", str(path), "--json", code=code)
                outcome = self.run_on(target, "rules", "test", str(path), code=code)
                if code == 2:
                    self.assertRegex(outcome.err, rf"{path.name}:\d+:\d+: ")

    def test_those_that_can_be_read_run_in_bounded_time(self):
        for name in sorted(name for name, code in self.CODES.items() if code == 0):
            with self.subTest(name):
                self.setUp()
                rule = (HOSTILE / "rules" / name).read_text()
                target = self.target(nothing, {**{name: text for name, text in
                                                  large_sources().items() if name.endswith(".py")},
                                               "shown.py": "shown = 'a' * 3\n",
                                               "automod.toml": CONFIGURATION + rule})
                (target.folder / "sane.c").unlink()
                target.commit()
                self.analyze(target, "fix_bugs")


class Profiles(Hostile):
    """A profile is read or refused; either way nothing else is lost."""

    READABLE = ("perf_stack_5000_deep",)

    def test_each_is_read_or_refused(self):
        target = self.target(nothing)
        (target.folder / "sane.c").unlink()
        target.commit()
        for path in sorted((HOSTILE / "profiles").iterdir()):
            with self.subTest(path.name):
                self.run_on(target, "analyze", "--goal", "fix_bugs", "--profile", str(path),
                            "--json", code=0 if path.name in self.READABLE else 2)


if __name__ == "__main__":
    main()
