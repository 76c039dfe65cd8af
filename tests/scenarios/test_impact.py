"""impact: what depends on a file, a symbol or a modification."""

import pathlib

from harness import Scenario, main

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def example(name):
    folder = EXAMPLES / name
    return {str(path.relative_to(folder)): path.read_text()
            for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def ways(rows, key="path"):
    return {row[key]: (row["by"], row["distance"], row["exact"]) for row in rows}


class ByName(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(example("tally"))

    def impact(self, *args, code=0):
        return self.automod(self.target, "impact", *args, "--json", code=code).json()

    def test_a_file_reaches_its_importers_and_their_tests(self):
        document = self.impact("tally/totals.py")
        files = ways(document["files"])
        self.assertEqual(files["tally/report.py"][1:], (1, False))
        self.assertEqual(files["tests/test_totals.py"][1:], (1, False))
        self.assertEqual(files["tests/test_report.py"][1:], (2, False))
        self.assertNotIn("tests/test_entries.py", files)
        self.assertEqual([(test["path"], test["distance"]) for test in document["tests"]],
                         [("tests/test_totals.py", 1), ("tests/test_report.py", 2)])
        self.assertIsNone(document["targets"])

    def test_a_symbol_reaches_its_callers(self):
        document = self.impact("by_month")
        symbols = ways(document["symbols"], "name")
        self.assertEqual(symbols["monthly_report"], ("call", 1, False))
        self.assertEqual(symbols["main"], ("call", 2, False))
        self.assertNotIn("summary", symbols)
        self.assertEqual([one["name"] for one in document["api"] if one["distance"] == 0],
                         ["tally/totals: by_month"])

    def test_where_others_build_on_it_it_is_not_said_that_nothing_does(self):
        self.target.commit({"tally/more.py": "def thrice(n):\n    return 3 * n\n"})
        text = self.automod(self.target, "impact", "thrice").out
        self.assertRegex(text, r"\n\nnothing in this repository\n\n"
                               r"others build on \(1\)\n.*thrice.*\n\Z")

    def test_a_depth_bounds_the_steps(self):
        document = self.impact("by_month", "--depth", "1")
        self.assertEqual({row["distance"] for row in document["symbols"]}, {1})

    def test_a_modification_reaches_what_uses_the_symbols_that_it_touches(self):
        text = (EXAMPLES / "tally/tally/totals.py").read_text()
        changed = text.replace("def by_month(entries):\n", "def by_month(entries):\n    pass\n")
        id = self.propose(self.target, {"tally/totals.py": changed})
        document = self.impact(id)
        self.assertEqual(document["modification"], id)
        self.assertEqual([one["symbol"] for one in document["subjects"]], ["by_month"])
        self.assertIn("monthly_report", ways(document["symbols"], "name"))
        self.assertNotIn("summary", ways(document["symbols"], "name"))

    def test_a_name_of_several_lists_them(self):
        self.target.commit({"other.py": "def by_month():\n    pass\n"})
        document = self.impact("by_month", code=2)
        self.assertIn("'by_month' may mean 2 symbols", document["message"])
        self.assertIn("other.py:by_month, tally/totals.py:by_month", document["hint"])
        self.assertEqual(self.impact("other.py:by_month")["symbols"], [])

    def test_a_class_is_not_mistaken_for_its_constructor(self):
        self.target.commit({"a.hpp": "struct A {\n  A();\n};\n",
                            "a.cpp": "#include \"a.hpp\"\nA::A() {}\n",
                            "b.cpp": "#include \"a.hpp\"\nvoid use(A& a) {}\n"})
        document = self.impact("A")
        self.assertEqual([one["symbol"] for one in document["subjects"]], ["A"])
        self.assertEqual([one["name"] for one in document["symbols"]], ["use"])

    def test_a_name_that_is_whole_wins_over_the_end_of_another(self):
        self.target.commit({"a.py": "class Box:\n    def pack(self):\n        pass\n\n"
                                    "def pack():\n    pass\n"})
        self.assertEqual([one["line"] for one in self.impact("a.py:pack")["subjects"]], [5])
        self.assertEqual([one["line"] for one in self.impact("Box.pack")["subjects"]], [2])

    def test_a_wrong_name_gets_the_nearest(self):
        self.assertIn("did you mean 'by_month'", self.impact("by_moth", code=2)["message"])
        self.assertIn("neither a file", self.impact("0123456789abcdef", code=2)["message"])

    def test_another_revision(self):
        self.target.commit({"tally/report.py": ""})
        self.assertIn("monthly_report",
                      ways(self.impact("by_month", "--base", "HEAD~1")["symbols"], "name"))
        self.assertNotIn("monthly_report", ways(self.impact("by_month")["symbols"], "name"))

    def test_the_text(self):
        outcome = self.automod(self.target, "impact", "by_month", "--depth", "1")
        self.assertIn("\nsymbols (", outcome.out)
        self.assertRegex(outcome.out, r"1  monthly_report +tally/report.py:\d+ +call +of by_month")
        self.assertIn("--exact", outcome.err)

    def test_what_is_much_is_cut_unless_all_is_wanted(self):
        self.target.commit({f"user{i}.py": "import tally.totals\n" for i in range(40)})
        short = self.automod(self.target, "impact", "tally/totals.py").out
        self.assertRegex(short, r"  and \d+ more\n")
        self.assertNotIn("more\n", self.automod(self.target, "impact", "tally/totals.py", "--all").out)


class Exact(Scenario):
    def test_an_example_of_cmake(self):
        target = self.repo(example("wordrank"))
        document = self.automod(target, "impact", "InvertedIndex::postings", "--exact",
                                "--json").json()
        self.assertEqual(document["gaps"], [])
        callers = [row for row in document["symbols"]
                   if row["distance"] == 1 and row["by"] == "call"]
        self.assertTrue(callers and all(row["exact"] for row in callers), callers)
        targets = ways(document["targets"], "name")
        self.assertEqual(targets["wordrank"], ("build", 1, True))
        self.assertEqual(targets["wordrank_tests"][1], 1)
        self.assertEqual(targets["rank_bench"][0], "build")
        self.assertTrue([test for test in document["tests"] if (test["name"] or "").startswith("rank.")])
        self.assertIn("wordrank::InvertedIndex::postings",
                      [one["name"] for one in document["api"] if one["distance"] == 0])

    def test_a_virtual_call_reaches_those_that_override(self):
        target = self.repo({
            "automod.toml": "version = 1\n[project]\nbuild = \"true\"\n",
            "a.hpp": "struct Base {\n  virtual ~Base();\n  virtual void run();\n};\n",
            "b.cpp": "#include \"a.hpp\"\nstruct Low : Base {\n  void run() override {}\n};\n",
            "c.cpp": "#include \"a.hpp\"\nvoid use(Base& base) { base.run(); }\n",
            "d.cpp": "struct Other {\n  void run() {}\n};\nvoid apart(Other& o) { o.run(); }\n"})
        document = self.automod(target, "impact", "Low::run", "--exact", "--json").json()
        symbols = ways(document["symbols"], "name")
        self.assertEqual(symbols["use"], ("virtual call", 1, True))
        self.assertNotIn("apart", symbols)
        self.assertIsNone(document["targets"])
        self.assertIn("targets are not known", " ".join(document["notes"]))

    def test_what_make_notes_of_its_objects(self):
        target = self.repo({
            "automod.toml": "version = 1\n[project]\nconfigure = \"make\"\nbuild = \"true\"\n",
            "Makefile": "all:\n\tcc -MMD -c a.c -o a.o\n\tcc -MMD -c b.c -o b.o\n",
            "a.h": "int a(void);\n",
            "a.c": "#include \"a.h\"\nint a(void) { return 1; }\n",
            "b.c": "int b(void) { return 2; }\n"})
        document = self.automod(target, "impact", "a.h", "--exact", "--json").json()
        self.assertEqual([(row["name"], row["kind"]) for row in document["targets"]],
                         [("a.o", "output")])


class Hostile(Scenario):
    CMAKE = "cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\n"
    REPLY = "${CMAKE_BINARY_DIR}/.cmake/api/v1/reply"

    def exact(self, cmake, files=None):
        target = self.repo({
            "automod.toml": "version = 1\n[project]\nconfigure = \"cmake -S . -B build\"\n"
                            "build = \"true\"\n",
            "CMakeLists.txt": self.CMAKE + cmake,
            "a.c": "int a(void) { return 1; }\n", **(files or {})})
        return self.automod(target, "impact", "a.c", "--exact", "--json").json()

    def test_a_reply_folder_that_leads_elsewhere(self):
        secret = self.home / "secret"
        secret.mkdir()
        (secret / "index-9.json").write_text("{\"secret\": \"found\"}")
        document = self.exact(
            "file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/.cmake/api/v1)\n"
            f"file(CREATE_LINK {secret} {self.REPLY} SYMBOLIC)\n")
        self.assertNotIn("found", str(document))
        self.assertEqual(sorted(path.name for path in secret.iterdir()), ["index-9.json"])

    def test_a_configuration_that_fails_the_second_time(self):
        document = self.exact("if(EXISTS ${CMAKE_BINARY_DIR}/was)\n  message(FATAL_ERROR no)\nendif()\n"
                              "file(WRITE ${CMAKE_BINARY_DIR}/was x)\n")
        self.assertIn("cmake could not say what it builds: cmake exited with 4",
                      " ".join(document["notes"]))

    def test_a_cache_that_is_no_cache(self):
        target = self.repo({
            "automod.toml": "version = 1\n[project]\nconfigure = \"sh c.sh\"\nbuild = \"true\"\n"
                            "build_dir = \"build\"\n",
            "c.sh": "mkdir -p build/.cmake/api/v1/reply\necho rubbish > build/CMakeCache.txt\n"
                    "echo '[' > build/.cmake/api/v1/reply/index-1.json\n",
            "a.c": "int a(void) { return 1; }\n"})
        document = self.automod(target, "impact", "a.c", "--exact", "--json").json()
        self.assertIn("cmake could not say", " ".join(document["notes"]))

    def test_names_that_move_the_cursor_are_escaped(self):
        target = self.repo({"a\x1b[2J.py": "def f():\n    pass\n", "b.py": "x = f()\n"})
        outcome = self.automod(target, "impact", "b.py:x", "--depth", "1")
        self.assertNotIn("\x1b", outcome.out)
        outcome = self.automod(target, "impact", "f")
        self.assertNotIn("\x1b", outcome.out + outcome.err)


if __name__ == "__main__":
    main(needs_sandbox=True)
