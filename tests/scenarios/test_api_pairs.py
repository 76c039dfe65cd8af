"""api: prepared pairs of small libraries, held against what abidiff says of their binaries."""

import shutil
import subprocess
import sys

from harness import ROOT, SKIP, Scenario, main

PAIRS = ROOT / "tests" / "fixtures" / "api"

# What we say of each: all changes, the worst first.
SAYS = {
    "added_virtual": [("binary", "vtable_changed", "Shape"), ("compatible", "added", "Shape::rim")],
    "const_method": [("binary", "const_added", "Map::size")],
    "default_argument": [("compatible", "default_added", "scale")],
    "enum_value": [("binary", "value_changed", "lib_level::LIB_HIGH")],
    "inline_body": [("compatible", "body_changed", "limit")],
    "noexcept_removed": [("breaking", "noexcept_removed", "parse")],
    "overload": [("compatible", "added", "half")],
    "parameter_type": [("breaking", "parameters_changed", "lib_seek")],
    "private_field": [("binary", "layout_changed", "Log")],
    "removed_function": [("breaking", "removed", "lib_close")],
    "removed_macro": [("breaking", "removed", "LIB_MOST")],
    "reordered_fields": [("binary", "layout_changed", "lib_point")],
}
# Where a binary cannot show what sources can, and why.
SOURCES_ALONE = {
    "noexcept_removed": "no part of a function's symbol",
    "removed_macro": "macros leave nothing behind",
}


class Pairs(Scenario):
    def build(self, folder):
        """A shared library with debug information, as abidiff reads it."""
        [source] = [path for path in folder.glob("lib.c*")]
        library = self.home / "-".join([folder.parent.name, folder.name, "lib.so"])
        compiler = "g++" if source.suffix == ".cpp" else "gcc"
        subprocess.run([compiler, "-g", "-shared", "-fPIC", "-o", str(library), str(source)],
                       check=True)
        return library

    def breaks_binary(self, pair):
        """Whether abidiff takes the two for incompatible; it leaves additions out."""
        before, after = (self.build(PAIRS / pair / side) for side in ("before", "after"))
        done = subprocess.run(["abidiff", "--no-added-syms", str(before), str(after)], check=False,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode & 3, 0, done.stdout)
        return done.returncode & 12 != 0

    def changes(self, pair):
        repo = self.repo(name=pair)
        for side in ("before", "after"):
            folder = PAIRS / pair / side
            files = {str(path.relative_to(folder)): path.read_text()
                     for path in folder.rglob("lib.*")}
            repo.commit({**files, "automod.toml": "version = 1\n[project]\nbuild = \"true\"\n"},
                        side)
        document = self.automod(repo, "api", "--diff", "HEAD~1", "--json").json()
        self.assertEqual(document["by_syntax"], [])
        return [(one["impact"], one["reason"], one["name"]) for one in document["changes"]]

    def test_every_pair_has_an_answer(self):
        self.assertEqual(sorted(path.name for path in PAIRS.iterdir()), sorted(SAYS))

    def test_pairs(self):
        for pair, wanted in sorted(SAYS.items()):
            with self.subTest(pair):
                self.assertEqual(self.changes(pair), wanted)

    def test_abidiff_agrees_where_it_can_see(self):
        for pair, wanted in sorted(SAYS.items()):
            ours = any(impact != "compatible" for impact, _, _ in wanted)
            theirs = self.breaks_binary(pair)
            why = "" if ours == theirs else f"  ({SOURCES_ALONE.get(pair, 'not explained')})"
            print(f"{pair:18} ours {wanted[0][0]:10} abidiff "
                  f"{'incompatible' if theirs else 'compatible':12}"
                  f" {'agree' if ours == theirs else 'differ'}{why}", file=sys.stderr)
            if ours != theirs:
                self.assertIn(pair, SOURCES_ALONE)


if __name__ == "__main__":
    if shutil.which("abidiff") is None:
        print("skipped: no abidiff; scripts/setup installs abigail-tools", file=sys.stderr)
        sys.exit(SKIP)
    main(needs_sandbox=True)
