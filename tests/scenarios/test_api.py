"""api: what a revision offers, and what has become of it since another."""

from harness import Scenario, main

LIBRARY = {
    "automod.toml": "version = 1\n[project]\nbuild = \"true\"\n",
    "include/lib/shape.hpp": """#pragma once
#include <string>
namespace lib {
class Shape {
 public:
  virtual ~Shape();
  virtual double area() const = 0;
  void rename(std::string name = "x");
 private:
  std::string name_;
};
enum class Color : unsigned char { kRed, kBlue = 4 };
}
""",
    "src/secret.hpp": "int secret();\n",
    "tool/words.py": "LIMIT = 3\ndef split(text, most=2):\n    return text\ndef _own(): pass\n",
}
WIDER = LIBRARY["include/lib/shape.hpp"].replace("std::string name_;",
                                                 "std::string name_;\n  int edges_;")
GONE = LIBRARY["include/lib/shape.hpp"].replace("  void rename(std::string name = \"x\");\n", "")


class Api(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(LIBRARY)

    def names(self, *args):
        document = self.automod(self.target, "api", "--json", *args).json()
        return {entry["name"]: entry for entry in document["entries"]}

    def changes(self, *args, code=0):
        document = self.automod(self.target, "api", "--json", *args, code=code).json()
        return [(one["impact"], one["reason"], one["name"]) for one in document["changes"]]

    def test_what_a_revision_offers(self):
        found = self.names()
        self.assertIn("lib::Shape::area", found)
        self.assertNotIn("secret", found)
        self.assertNotIn("lib::Shape::name_", found)
        shape = found["lib::Shape"]
        self.assertEqual(shape["virtuals"], ["~Shape()", "area() const = 0"])
        self.assertEqual(shape["layout"]["size"], 40)
        self.assertEqual(found["lib::Color::kBlue"]["value"], "4")
        self.assertEqual([one["default"] for one in found["lib::Shape::rename"]["parameters"]],
                         ['"x"'])
        self.assertIn("tool/words: split", found)
        self.assertNotIn("tool/words: _own", found)

    def test_a_commit_is_read_and_never_the_checkout(self):
        self.target.untidy()
        self.target.write({"include/lib/shape.hpp": "int checkout();\n"})
        self.assertIn("lib::Shape", self.names())
        self.assertNotIn("checkout", self.names())

    def test_flags_come_from_the_projects_own_configuration(self):
        self.target.commit({
            "automod.toml": "version = 1\n[project]\nconfigure = \"sh configure.sh\"\n"
                            "build = \"true\"\nbuild_dir = \"build\"\n",
            "configure.sh": "mkdir -p build\nprintf '[{\"directory\": \"%s\", \"file\": "
                            "\"src/lib.cpp\", \"command\": \"c++ -DWIDE -c src/lib.cpp\"}]' "
                            "\"$PWD\" > build/compile_commands.json\n",
            "src/lib.cpp": "int x;\n",
            "include/lib/wide.hpp": "#ifdef WIDE\nlong wide();\n#else\nint narrow();\n#endif\n",
        }, "a database")
        found = self.names()
        self.assertIn("wide", found)
        self.assertNotIn("narrow", found)

    def test_changes_are_told_apart(self):
        self.target.commit({"include/lib/shape.hpp": WIDER,
                            "include/lib/more.hpp": "int more();\n"}, "wider")
        self.assertEqual(self.changes("--diff", "HEAD~1"), [
            ("binary", "layout_changed", "lib::Shape"), ("compatible", "added", "more")])
        text = self.automod(self.target, "api", "--diff", "HEAD~1").out
        self.assertIn("1 binary, 1 compatible", text)
        self.assertIn("int edges_ at bit 320", text)

    def test_exit_codes_for_ci(self):
        self.target.commit({"include/lib/shape.hpp": WIDER}, "wider")
        args = ["--diff", "HEAD~1"]
        self.assertEqual(len(self.changes(*args)), 1)
        self.changes(*args, "--fail-on", "breaking")
        self.changes(*args, "--fail-on", "binary", code=1)
        self.changes(*args, "--fail-on", "any", code=1)
        self.target.commit({"include/lib/shape.hpp": GONE}, "gone")
        self.changes(*args, "--fail-on", "breaking", code=1)
        self.changes("HEAD", "--diff", "HEAD", "--fail-on", "any")
        outcome = self.automod(self.target, "api", "--fail-on", "any", code=2)
        self.assertIn("--diff", outcome.err)
        self.automod(self.target, "api", "nowhere", code=2)

    def test_the_configuration_of_the_side_before_counts(self):
        self.target.commit({
            "automod.toml": LIBRARY["automod.toml"] + "[api]\nheaders = [\"nothing/**\"]\n",
            "include/lib/shape.hpp": GONE}, "hides itself")
        self.assertIn(("breaking", "removed", "lib::Shape::rename"),
                      self.changes("--diff", "HEAD~1"))

    def test_other_languages_by_what_modules_export(self):
        self.target.commit({"tool/words.py": "LIMIT = 3\ndef split(text):\n    return text\n"},
                           "narrower")
        self.assertEqual(self.changes("--diff", "HEAD~1"),
                         [("breaking", "parameters_changed", "tool/words: split")])

    def test_what_clang_cannot_read_is_compared_by_syntax_and_said(self):
        self.target.commit({"include/lib/odd.hpp": "#include <no_such_file.h>\nint odd(int a);\n"},
                           "odd")
        self.target.commit({"include/lib/odd.hpp": "int odd(int a, int b);\n"}, "mended")
        outcome = self.automod(self.target, "api", "--diff", "HEAD~1", "--json")
        document = outcome.json()
        self.assertEqual([one["path"] for one in document["by_syntax"]], ["include/lib/odd.hpp"])
        self.assertEqual([(one["impact"], one["name"]) for one in document["changes"]],
                         [("breaking", "odd")])

    def test_a_header_that_kills_clang_costs_itself(self):
        self.target.commit({"include/lib/deep.hpp": "const int deep = 0" + "+1" * 200_000 + ";\n"},
                           "deep")
        outcome = self.automod(self.target, "api", "--json")
        document = outcome.json()
        self.assertEqual([one["path"] for one in document["by_syntax"]], ["include/lib/deep.hpp"])
        self.assertIn("was ended by signal", document["by_syntax"][0]["why"])
        self.assertIn("lib::Shape", {entry["name"] for entry in document["entries"]})

    def test_hostile_names_are_not_rendered_raw(self):
        self.target.commit({"include/lib/shape.hpp": "#define BELL \"\x1b[31m\u202e\"\n"}, "bell")
        out = self.automod(self.target, "api").out
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\u202e", out)


if __name__ == "__main__":
    main(needs_sandbox=True)
