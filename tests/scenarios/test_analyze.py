"""analyze: the built-in rules over a small C++ project."""

import json
import unittest

from harness import ANY, SHELL_TARGET, Scenario, main
from sarif import check_sarif

CPP_TARGET = {
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.20)
project(words CXX)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
enable_testing()
add_executable(words_test words.cpp words_test.cpp)
add_test(NAME words COMMAND words_test)
""",
    "automod.toml": """version = 1
[project]
configure = "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON"
build = "cmake --build {build} -j {jobs}"
test = "ctest --test-dir {build} -j {jobs}"
test_results = "ctest"
""",
    "words.hpp": "#pragma once\n#include <string>\n#include <vector>\n"
                 "std::size_t total(const std::vector<std::string>& words);\n"
                 "void drop(std::vector<int>& numbers, int unwanted);\n",
    "words.cpp": """#include "words.hpp"
#include <algorithm>
std::size_t total(const std::vector<std::string>& words) {
  std::size_t sum = 0;
  for (const std::string word : words) {
    sum += word.size();
  }
  return sum;
}

void drop(std::vector<int>& numbers, int unwanted) {
  numbers.erase(std::remove(numbers.begin(), numbers.end(), unwanted));
}
""",
    "words_test.cpp": """#include "words.hpp"
int main() {
  std::vector<int> numbers{1, 0};
  drop(numbers, 0);
  return total({"ab", "c"}) == 3 && numbers.size() == 1 ? 0 : 1;
}
""",
}

TWICE = """def rows(text):
    found = []
    for line in text:
        found = found + [line]
    return found


def names(text):
    found = []
    for line in text:
        found = found + [line]
    return found
"""
MOSTLY_NAMES = """# callgrind format
version: 1
events: Ir
fl=lists.py
fn=rows
4 10
fn=names
11 90
"""


class Profile(Scenario):
    def test_of_two_the_hotter_comes_first(self):
        target = self.repo({"lists.py": TWICE})
        profile = self.home / "profile"
        profile.write_text(MOSTLY_NAMES)
        plain = ["analyze", "--goal", "improve_performance", "--safety", "moderate", "--json"]
        self.assertEqual(self.heats(target, *plain), [(4, None), (11, None)])
        self.assertEqual(self.heats(target, *plain, "--profile", str(profile)), [(4, 0.1), (11, 0.9)])
        text = self.automod(target, *plain[:-1], "--profile", str(profile)).out
        self.assertIn("90.0 % of the profile", text)
        self.assertLess(text.index("lists.py:11"), text.index("lists.py:4"))

    def heats(self, target, *command):
        found = self.automod(target, *command).json()["findings"]
        return [(one["place"]["line"], one["weight"]["heat"]) for one in found]


class Analyze(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(CPP_TARGET)
        self.target.untidy()

    def analyze(self, *args, **kwargs):
        return self.automod(self.target, "analyze", "--goal", "improve_performance", *args, **kwargs)

    def test_a_needless_copy_is_found_and_a_fix_proposed(self):
        document = self.analyze("--json").json()
        rules = {finding["rule"] for finding in document["findings"]}
        self.assertIn("performance-for-range-copy", rules)
        places = [(row["modification"]["place"]["path"], row["modification"]["place"]["line"])
                  for row in document["modifications"]]
        self.assertIn(("words.cpp", 5), places)

    def test_findings_are_shown_with_their_lines_and_the_id_of_their_fix(self):
        outcome = self.analyze()
        self.assertRegex(outcome.out, r"(?m)^  performance-for-range-copy  ")
        self.assertRegex(outcome.out,
                         r"(?m)^    words\.cpp:5:\d+  in total  fix [0-9a-f]{8}-[0-9a-f]{4}$")
        self.assertRegex(outcome.out, r"(?m)^      5 \|   for \(const std::string word : words\) \{$")
        self.assertRegex(outcome.out, r"(?m)^        \| +\^~~~$")
        self.assertRegex(outcome.out, r"(?m)^next: automod try [0-9a-f]{8}-[0-9a-f]{4}$")

    def test_since_a_commit_only_what_it_brought_is_found(self):
        self.target.commit({"words.cpp": CPP_TARGET["words.cpp"].replace(
            "  return sum;", "  for (const std::string again : words) {\n"
                             "    sum += again.empty();\n  }\n  return sum;")})
        document = self.analyze("--since", "HEAD~1", "--json").json()
        self.assertEqual([(finding["rule"], finding["place"]["line"])
                          for finding in document["findings"]],
                         [("performance-for-range-copy", 8)])
        self.assertEqual(document["since"], self.target.rev("HEAD~1"))
        everything = self.analyze("--json").json()
        self.assertGreater(len(everything["findings"]), 1)

    def test_since_now_nothing_is_read(self):
        document = self.analyze("--since", "HEAD", "--json").json()
        self.assertEqual((document["files"], document["findings"]), (0, []))
        outcome = self.analyze("--since", "HEAD")
        self.assertIn(f"no file has changed since {self.target.rev('HEAD')[:12]}", outcome.err)
        self.assertNotIn("in a language", outcome.err)

    def test_a_page_holds_findings_and_map_and_runs_nothing(self):
        path = self.home / "report.html"
        self.analyze("--html", str(path))
        page = path.read_text()
        self.assertIn("performance-for-range-copy", page)
        self.assertIn("<svg", page)
        self.assertNotIn("<script", page)
        self.assertNotIn("http://", page)

    def test_a_path_limits_what_is_read(self):
        document = self.analyze("words_test.cpp", "--json").json()
        self.assertEqual(document["findings"], [])
        self.automod(self.target, "analyze", "..", code=2)

    def test_a_path_that_the_commit_does_not_have_is_no_success(self):
        for path, nearest in [("wordz.cpp", ", did you mean 'words.cpp'?"), ("untracked.txt", "")]:
            outcome = self.analyze(path, code=2)
            self.assertIn(f"'{path}' is no file or folder of {self.target.rev('HEAD')[:12]}{nearest}\n",
                          outcome.err)
        self.assertEqual(self.automod(self.target, "list", "--ids").out, "")

    def test_a_folder_that_only_the_commit_has_may_be_named(self):
        self.target.commit({"src/one.py": "def one(a):\n    return a is 'x'\n"})
        (self.target.folder / "src" / "one.py").unlink()
        (self.target.folder / "src").rmdir()
        for folder in ["src", "src/"]:
            document = self.automod(self.target, "analyze", folder, "--json").json()
            self.assertEqual(document["files"], 1)

    def test_what_only_the_meaning_of_code_tells_is_found_where_no_comment_silences_it(self):
        target = self.repo({**CPP_TARGET, "queue.cpp": """#include <vector>
void run(std::vector<int>& queue) {
  while (!queue.empty()) {
    queue.erase(queue.begin());
  }
  while (!queue.empty()) {
    queue.erase(queue.begin());  // NOLINT(cpp-erase-in-loop)
  }
}
""", "CMakeLists.txt": CPP_TARGET["CMakeLists.txt"].replace(
            "words.cpp words_test.cpp", "words.cpp queue.cpp words_test.cpp")})
        document = self.automod(target, "analyze", "--goal", "improve_performance",
                                "--safety", "moderate", "--json").json()
        found = [(finding["place"]["path"], finding["place"]["line"])
                 for finding in document["findings"] if finding["rule"] == "cpp-erase-in-loop"]
        self.assertEqual(found, [("queue.cpp", 4)])

    def test_limit(self):
        document = self.analyze("--limit", "1", "--json").json()
        self.assertEqual(len(document["modifications"]), 1)

    def mend(self, *args):
        return self.automod(self.target, "analyze", "--goal", "fix_bugs", "--json", *args).json()

    def test_try_proves_what_was_found(self):
        self.assertEqual(self.mend("--try")["modifications"][0]["status"], "approved")

    def test_speed_that_nothing_measures_asks_a_person(self):
        document = self.analyze("--limit", "1", "--try", "--json", code=4).json()
        self.assertEqual(document["modifications"][0]["status"], "needs_approval")

    def test_applied_to_a_branch(self):
        identity = self.mend()["modifications"][0]["modification"]["id"]
        self.make_key()
        self.automod(self.target, "apply", identity,
                     refs={f"refs/heads/self-mod/{identity}": ANY, "refs/notes/automod": ANY})
        fixed = self.target.git("show", f"self-mod/{identity}:words.cpp")
        self.assertIn("unwanted), numbers.end());", fixed)

    def test_sarif_fits_the_official_schema_and_carries_the_fix(self):
        path = self.home / "found.sarif"
        self.analyze("--sarif", str(path))
        log = json.loads(path.read_text())
        check_sarif(log)
        results = [result for result in log["runs"][0]["results"]
                   if result["ruleId"] == "performance-for-range-copy"]
        change = results[0]["fixes"][0]["artifactChanges"][0]
        self.assertEqual(change["artifactLocation"]["uri"], "words.cpp")
        self.assertEqual(change["replacements"][0]["deletedRegion"]["startLine"], 5)
        self.assertIn("const std::string& word",
                      change["replacements"][0]["insertedContent"]["text"])

    def test_patches_can_be_tried_as_an_analysis(self):
        patch = self.file("p.patch", self.target.patch({"words.hpp": "#pragma once\n"}))
        document = self.automod(self.target, "analyze", "--proposer", "patch", "--patch", patch,
                                "--try", "--json", code=1).json()
        self.assertEqual(document["modifications"][0]["status"], "rejected")

    def test_without_a_model(self):
        outcome = self.analyze("--proposer", "model", "--json", code=3)
        self.assertEqual(outcome.json()["kind"], "unavailable")

    def test_a_target_without_c_or_cpp(self):
        other = self.repo(SHELL_TARGET, "shell")
        document = self.automod(other, "analyze", "--json").json()
        self.assertEqual(document["findings"], [])


if __name__ == "__main__":
    main(needs_sandbox=True)
