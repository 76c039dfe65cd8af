"""conventions: the habits of a project, and what only shows when all files are seen together."""

import subprocess
import unittest

from harness import PROGRAM, Scenario, main

FILES = {
    ".editorconfig": "root = true\n",
    "lib/store.py": "".join(
        f"def load_part_{i}(path):\n    if not path:\n        raise ValueError('no path')\n"
        f"    return path\n\n\n" for i in range(6)),
    "tests/test_store.py": "import pytest\n\n\ndef test_it_loads():\n    assert True\n",
}

SUM = """    total = 0
    for row in table.rows(limit):
        if row.weight() > limit and not row.is_empty():
            total += row.weight() * row.count() + row.offset()
        elif row.is_empty():
            log_empty(row.name(), row.place())
        else:
            total -= row.count() // 2
    report(total, table.name())
    return total + table.offset()
"""


class Conventions(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(FILES)

    def habits(self, *args):
        document = self.automod(self.target, "conventions", *args, "--json").json()
        return {(habit["topic"], habit["what"]): habit for habit in document["habits"]}

    def test_a_habit_is_told_with_counts_and_places(self):
        habit = self.habits()[("naming", "functions")]
        self.assertEqual((habit["state"], habit["share"], habit["total"]), ("convention", 1, 7))
        self.assertEqual(habit["values"][0]["value"], "snake_case")
        self.assertEqual(habit["values"][0]["examples"][0], {"path": "lib/store.py", "line": 1})

    def test_the_text_is_grouped_by_topic(self):
        outcome = self.automod(self.target, "conventions")
        self.assertRegex(outcome.out, r"(?m)^naming, python\n  functions +snake_case +7 of 7  lib/store")
        self.assertRegex(outcome.out, r"(?m)^errors, python\n  failures are reported by +raise +6 of 6")
        self.assertIn("style by  .editorconfig\n", outcome.out)
        self.assertIn("learnt from 2 of 2 files", outcome.err)

    def test_in_brief_it_is_a_line_for_each_topic(self):
        outcome = self.automod(self.target, "conventions", "--brief")
        self.assertIn("naming (python): functions: snake_case (100% of 7)\n", outcome.out)

    def test_of_an_older_revision(self):
        self.target.commit({"lib/more.py": "".join(
            f"def loadMore{i}(path):\n    return path\n\n\n" for i in range(6))})
        self.assertEqual(self.habits()[("naming", "functions")]["state"], "mixed")
        self.assertEqual(self.habits("HEAD~1")[("naming", "functions")]["state"], "convention")

    def test_without_code_there_is_nothing_to_learn(self):
        other = self.repo({"notes.txt": "nothing\n"}, name="other")
        document = self.automod(other, "conventions", "--json").json()
        self.assertEqual((document["habits"], document["files"]), ([], 0))

    def test_a_repository_without_a_commit(self):
        other = self.repo(name="empty")
        outcome = self.automod(other, "conventions", code=2)
        self.assertIn("no commit yet", outcome.err)

    def test_bytes_that_are_no_text_are_no_obstacle(self):
        (self.target.folder / "lib" / "odd.py").write_bytes(b"def load_odd():\n    return '\xff\xfe'\n")
        (self.target.folder / "lib" / "big.py").write_bytes(b"x = 1\n" * 400000)
        self.target.commit()
        self.assertEqual(self.habits()[("naming", "functions")]["total"], 8)


class Structure(Scenario):
    """analyze --goal refactor, in targets that nothing has to be built for."""

    def findings(self, target, *args):
        document = self.automod(target, "analyze", "--goal", "refactor", "--goal", "fix_bugs",
                                "--safety", "aggressive", *args, "--json").json()
        return [(row["rule"], row["place"]["path"], row["place"]["line"])
                for row in document["findings"]]

    def test_what_nobody_uses_is_found_where_it_stands(self):
        target = self.repo({"a.py": "def _lost():\n    return 1\n\n\ndef used():\n    return 2\n",
                            "b.py": "import a\n\nprint(a.used())\n"})
        self.assertEqual(self.findings(target), [("dead-function", "a.py", 1)])

    def test_a_copy_is_one_finding_that_names_the_other_place(self):
        target = self.repo({"a.py": "def first(table, limit):\n" + SUM,
                            "b.py": "# another\ndef second(table, limit):\n" + SUM,
                            "c.py": "import a\nimport b\n\na.first(1, 2)\nb.second(1, 2)\n"})
        self.assertEqual(self.findings(target), [("duplicated-code", "a.py", 1)])
        outcome = self.automod(target, "analyze", "--goal", "refactor", "--safety", "moderate")
        self.assertIn("at b.py:2", outcome.out)

    def test_a_risk_that_was_left_for_later(self):
        target = self.repo({"a.py": "x = 1\n# TODO: this leaks a handle\ny = x\n"})
        self.assertEqual(self.findings(target), [("risky-todo", "a.py", 2)])

    def test_a_comment_in_the_code_and_the_configuration_can_switch_it_off(self):
        target = self.repo({"a.py": "def _lost():  # automod-ignore: dead-function\n    return 1\n",
                            "b.py": "# TODO: may crash\n",
                            "automod.toml": "version = 1\n[rules]\noff = [\"risky-todo\"]\n"})
        self.assertEqual(self.findings(target), [])

    def test_a_path_limits_what_is_told(self):
        target = self.repo({"a/a.py": "# TODO: may crash\n", "b/b.py": "# TODO: may crash\n"})
        self.assertEqual(self.findings(target, "b"), [("risky-todo", "b/b.py", 1)])

    def test_what_is_changed_often_and_branches_much_is_a_hotspot(self):
        target = self.repo({"a.py": "x = 1\n", "calm.py": "y = 1\n"})
        body = "".join(f"    if a == {i}:\n        return {i}\n" for i in range(20))
        for i in range(3):
            target.commit({"a.py": f"x = {i}\n\n\ndef choose(a):\n{body}    return x\n\n\nchoose(1)\n"})
        self.assertEqual(self.findings(target), [("hotspot", "a.py", 4)])
        outcome = self.automod(target, "analyze", "--goal", "refactor")
        self.assertIn("changed in 4 of the last 4 commits by 1 author", outcome.out)

    def test_a_shallow_clone_tells_what_it_can(self):
        target = self.repo({"a.py": "# TODO: may crash\n"})
        target.commit({"b.py": "z = 1\n"})
        target.git("clone", "--quiet", "--depth", "1", f"file://{target.folder}",
                   str(self.home / "shallow"))
        outcome = subprocess.run(
            [PROGRAM, "analyze", "--goal", "fix_bugs", "--safety", "moderate"],
            cwd=self.home / "shallow", env=target.env, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertIn("risky-todo", outcome.stdout)

    def test_the_rules_are_listed_with_the_others(self):
        target = self.repo({"a.py": "x = 1\n"})
        outcome = self.automod(target, "rules", "show", "dead-function")
        self.assertIn("languages   c, cpp, python,", outcome.out)
        self.assertIn("confidence  high", outcome.out)


if __name__ == "__main__":
    main()
