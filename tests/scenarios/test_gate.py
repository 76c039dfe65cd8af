"""gate: the verdict on a range or a patch, in the exit code."""

import json
import unittest

from harness import FAILS_TESTS, GOOD, SHELL_TARGET, Scenario, main
from sarif import check_sarif


class Gate(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)
        self.base = self.target.rev("HEAD")

    def branch(self, files):
        self.target.git("checkout", "--quiet", "-b", "work")
        self.target.commit(files, "work")
        self.target.untidy()

    def test_a_good_range_passes(self):
        self.branch(GOOD)
        outcome = self.automod(self.target, "gate", "main..work")
        self.assertRegex(outcome.out, r"\Agate: approved")

    def test_a_bad_range_is_rejected(self):
        self.branch(FAILS_TESTS)
        document = self.automod(self.target, "gate", "main..work", "--json", code=1).json()
        self.assertEqual(document["exit_code"], 1)

    def test_three_dots_begin_at_the_merge_base(self):
        self.branch(GOOD)
        self.target.git("stash", "drop", "--quiet")
        self.target.git("branch", "--force", "elsewhere", "main")
        document = self.automod(self.target, "gate", "elsewhere...work", "--json").json()
        self.assertEqual(document["tried"]["listed"]["modification"]["base_commit"], self.base)

    def test_a_patch(self):
        self.target.untidy()
        self.automod(self.target, "gate", "--patch", "-", text=self.target.patch(GOOD))
        self.automod(self.target, "gate", "--patch", "-", text=self.target.patch(FAILS_TESTS),
                     code=1)

    def test_an_unknown_revision(self):
        outcome = self.automod(self.target, "gate", "main..nowhere", "--json", code=2)
        self.assertEqual(outcome.json()["kind"], "usage")

    def test_the_verdict_as_sarif(self):
        self.branch(FAILS_TESTS)
        path = self.home / "gate.sarif"
        self.automod(self.target, "gate", "main..work", "--sarif", str(path), code=1)
        log = json.loads(path.read_text())
        check_sarif(log)
        levels = {result["level"] for result in log["runs"][0]["results"]}
        self.assertIn("error", levels)


if __name__ == "__main__":
    main(needs_sandbox=True)
