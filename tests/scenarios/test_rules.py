"""rules: what is found by syntax alone, in targets that nothing has to be built for."""

import unittest

from harness import Scenario, main

TARGET = {
    "automod.toml": """version = 1
[project]
test = "python3 -m unittest -v"
test_results = "unittest"
[rules]
files = ["lint/*.toml"]
off = ["js-index-for-includes"]
""",
    "modes.py": """def is_fast(mode):
    if mode is "fast":
        return True
    return False
""",
    "test_modes.py": """import unittest
from modes import is_fast

class Modes(unittest.TestCase):
    def test_fast(self):
        self.assertTrue(is_fast("fast"))

    def test_slow(self):
        self.assertFalse(is_fast("slow"))

if __name__ == "__main__":
    unittest.main()
""",
    "page.js": """export function first(users, id) {
  if (id === NaN) return null;
  console.log(users.indexOf("x") !== -1);
  return users;
}
""",
    "lint/ours.toml": """[[rule]]
id = "no-console"
languages = ["javascript"]
query = '''
((call_expression function: (member_expression object: (identifier) @object)) @found
  (#eq? @object "console"))
'''
message = "{found} is left over"
why = "Nobody reads the console of our users."
confidence = "high"
examples = [
  { bad = "«console.log(1)»;" },
  { clean = "log(1);" },
]
""",
}


class Rules(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(TARGET)

    def analyze(self, *args, **kwargs):
        return self.automod(self.target, "analyze", "--json", *args, **kwargs).json()

    def found(self, document):
        return {(row["rule"], row["place"]["path"], row["place"]["line"])
                for row in document["findings"]}

    def test_rules_look_at_every_language_and_the_projects_own_among_them(self):
        document = self.analyze("--goal", "fix_bugs,refactor")
        self.assertEqual(self.found(document), {("py-is-with-literal", "modes.py", 2),
                                                ("js-nan-comparison", "page.js", 2),
                                                ("no-console", "page.js", 3)})
        self.assertEqual(document["files"], 3)
        self.assertEqual({row["confidence"] for row in document["findings"]}, {"high"})
        self.assertEqual(len(document["modifications"]), 2)

    def test_a_fix_is_tried_like_any_other(self):
        document = self.analyze("modes.py", "--try")
        self.assertEqual(len(document["modifications"]), 1)
        self.assertEqual(document["modifications"][0]["status"], "approved")

    def test_rules_are_read_from_the_base_commit(self):
        self.target.write({"lint/ours.toml": "nonsense"})
        document = self.analyze("page.js")
        self.assertIn(("no-console", "page.js", 3), self.found(document))

    def test_a_wrong_rule_stops_the_analysis_with_its_place(self):
        self.target.commit({"lint/ours.toml": "[[rule]]\nid = 'a'\nlanguages = ['pyton']\n"})
        error = self.analyze(code=2)
        self.assertEqual(error["message"],
                         "lint/ours.toml:3:14: languages[0] is 'pyton', expected c, cpp, python, "
                         "javascript, typescript, tsx, go, rust, java, did you mean 'python'?")

    def test_list_and_show(self):
        rows = self.automod(self.target, "rules", "list", "--json").json()["rules"]
        sources = {row["id"]: row["source"] for row in rows}
        self.assertEqual(sources["no-console"], "project")
        self.assertEqual(sources["py-is-with-literal"], "automod")
        self.assertEqual(sources["bugprone-use-after-move"], "clang-tidy")
        self.assertNotIn("js-index-for-includes", sources)
        python = self.automod(self.target, "rules", "list", "--language", "python").out
        self.assertIn("py-is-with-literal", python)
        self.assertNotIn("no-console", python)
        shown = self.automod(self.target, "rules", "show", "no-console")
        self.assertIn("Nobody reads the console of our users.", shown.out)
        wrong = self.automod(self.target, "rules", "show", "no-consol", code=2)
        self.assertIn("did you mean 'no-console'?", wrong.err)

    def test_rules_are_held_against_their_examples(self):
        outcome = self.automod(self.target, "rules", "test")
        self.assertEqual(outcome.out, "1 rule, 2 examples: all hold\n")
        wrong = TARGET["lint/ours.toml"].replace("«console.log(1)»;", "console.log(«1»);")
        path = self.file("ours.toml", wrong)
        document = self.automod(self.target, "rules", "test", path, "--json", code=1).json()
        self.assertEqual([row["problem"] for row in document["failures"]],
                         ["found 'console.log(1)', which is not marked",
                          "'1' is marked and was not found"])

    def refused(self, *args, target=None):
        return self.automod(target or self.target, "rules", "test", *args, code=2).err

    def test_a_file_of_rules_that_is_not_there_is_the_users_mistake(self):
        self.assertIn("reading the rules: opening ", self.refused("nope.toml"))

    def test_no_rules_are_no_rules_that_hold(self):
        bare = self.repo({"a.py": "a = 1\n"}, "bare")
        self.assertIn(f"there is no rule to test: {bare.folder}/automod.toml is not there",
                      self.refused(target=bare))
        bare.commit({"automod.toml": "version = 1\n"})
        self.assertIn(f"there is no rule to test in {bare.folder}/automod.toml, nor in files that "
                      "its [rules] names", self.refused(target=bare))
        empty = self.file("empty.toml", "")
        self.assertIn(f"there is no rule to test in {empty}", self.refused(empty))

    def test_a_rule_without_examples_does_not_hold_for_that(self):
        rule = TARGET["lint/ours.toml"]
        path = self.file("bare.toml", rule[:rule.index("examples")])
        outcome = self.automod(self.target, "rules", "test", path)
        self.assertEqual(outcome.out, "1 rule, 0 examples: 1 rule without examples\n")

    def test_the_id_of_another_rule_is_refused_in_a_file_of_its_own(self):
        rule = TARGET["lint/ours.toml"]
        path = self.file("same.toml", rule.replace("no-console", "py-is-with-literal"))
        self.assertIn(f"{path}: id 'py-is-with-literal' stands for another rule already",
                      self.refused(path))
        one, two = self.file("one.toml", rule), self.file("two.toml", rule)
        self.assertIn(f"{two}: id 'no-console' stands for another rule already, in {one}",
                      self.refused(one, two))


if __name__ == "__main__":
    main(needs_sandbox=True)
