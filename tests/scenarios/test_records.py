"""propose, list, show and log: what is recorded without running anything."""

import sqlite3
import unittest

from harness import GOOD, SHELL_TARGET, Scenario, drop_triggers, main


class Propose(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)
        self.target.untidy()

    def refuse(self, patch, code, kind, *args):
        outcome = self.automod(self.target, "propose", "--patch", "-", "--json", *args, text=patch,
                               code=code)
        self.assertEqual(outcome.json()["kind"], kind, outcome)
        self.assertEqual(self.automod(self.target, "list", "--json").json()["modifications"], [])
        return outcome

    def test_records_a_patch_from_standard_input(self):
        outcome = self.automod(self.target, "propose", "--patch", "-", "--type", "bug_fix",
                               "--reason", "it greets", text=self.target.patch(GOOD))
        self.assertRegex(outcome.out, r"\Arecorded [0-9a-f]{8}-[0-9a-f]{4}  ")
        self.assertRegex(outcome.out, r"next: automod try [0-9a-f]{8}-[0-9a-f]{4}\n\Z")

    def test_records_a_patch_file(self):
        path = self.file("good.patch", self.target.patch(GOOD))
        document = self.automod(self.target, "propose", "--patch", path, "--json").json()
        self.assertFalse(document["known"])
        self.assertEqual(document["listed"]["status"], "proposed")

    def test_the_same_patch_is_recorded_once(self):
        first = self.propose(self.target, GOOD)
        again = self.automod(self.target, "propose", "--patch", "-", "--json",
                             text=self.target.patch(GOOD)).json()
        self.assertTrue(again["known"])
        self.assertEqual(again["listed"]["modification"]["id"], first)

    def test_a_patch_made_by_format_patch(self):
        self.target.git("stash", "drop", "--quiet")
        clone = self.home / "clone"
        self.target.git("clone", "--quiet", ".", str(clone))
        (clone / "word.txt").write_text("hello mail\n")
        self.target.git("-C", str(clone), "commit", "--quiet", "-am", "Greet by mail\n\nBecause.")
        patch = self.target.git("-C", str(clone), "format-patch", "-1", "--stdout")
        document = self.automod(self.target, "propose", "--patch", "-", "--json",
                                text=patch).json()
        self.assertEqual(document["listed"]["modification"]["summary"], "Greet by mail")

    def test_text_that_is_no_patch(self):
        self.refuse("hello\n", 2, "usage")

    def test_an_empty_patch(self):
        self.refuse("", 2, "usage")

    def test_a_patch_that_does_not_apply(self):
        patch = self.target.patch(GOOD).replace("-hello", "-other")
        self.refuse(patch, 2, "usage")

    def test_a_patch_out_of_the_tree(self):
        patch = self.target.patch(GOOD).replace("word.txt", "../word.txt")
        self.refuse(patch, 1, "refused")

    def test_a_patch_into_the_git_folder(self):
        self.refuse("diff --git a/.git/hooks/x b/.git/hooks/x\nnew file mode 100755\n"
                    "--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+boom\n", 1, "refused")

    def test_a_patch_that_makes_a_symbolic_link(self):
        self.refuse("diff --git a/link b/link\nnew file mode 120000\n--- /dev/null\n+++ b/link\n"
                    "@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n", 1, "refused")

    def test_an_unknown_base(self):
        self.refuse(self.target.patch(GOOD), 2, "usage", "--base", "no-such-branch")


class Shown(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)
        self.target.untidy()

    def test_an_empty_list_says_what_to_do(self):
        outcome = self.automod(self.target, "list")
        self.assertEqual(outcome.out,
                         "no modification is recorded here\nnext: automod analyze\n")

    def test_list_is_newest_first_and_limited(self):
        first = self.propose(self.target, GOOD)
        second = self.propose(self.target, {"notes.txt": "one\n"})
        listed = self.automod(self.target, "list", "--json").json()["modifications"]
        self.assertEqual([row["modification"]["id"] for row in listed], [second, first])
        listed = self.automod(self.target, "list", "--limit", "1", "--json").json()
        self.assertEqual(len(listed["modifications"]), 1)

    def test_list_by_status_and_session(self):
        identity = self.propose(self.target, GOOD)
        listed = self.automod(self.target, "list", "--status", "applied", "--json").json()
        self.assertEqual(listed["modifications"], [])
        shown = self.automod(self.target, "show", identity, "--json").json()
        session = shown["listed"]["modification"]["session_id"]
        listed = self.automod(self.target, "list", "--session", session, "--json").json()
        self.assertEqual(len(listed["modifications"]), 1)
        self.automod(self.target, "list", "--session", "ffffffff", code=2)

    def test_list_as_a_table(self):
        self.propose(self.target, GOOD, "--type", "bug_fix")
        self.check_golden("list.txt", self.automod(self.target, "list").out)

    def test_show_with_the_change(self):
        identity = self.propose(self.target, GOOD, "--type", "bug_fix", "--reason", "It greets.")
        self.check_golden("show.txt",
                          self.automod(self.target, "show", identity[:13], "--diff").out)

    def test_show_an_unknown_id(self):
        outcome = self.automod(self.target, "show", "deadbeef", "--json", code=2)
        self.assertEqual(outcome.json()["kind"], "usage")

    def test_explain_needs_a_trial(self):
        identity = self.propose(self.target, GOOD)
        outcome = self.automod(self.target, "explain", identity, code=2)
        self.assertIn("automod try", outcome.err)

    def test_terminal_escapes_in_a_patch_are_not_printed(self):
        patch = self.target.patch({"notes.txt": "one\ntwo \x1b]0;owned\x07\nthree\n"})
        self.automod(self.target, "propose", "--patch", "-", "--reason", "\x1b[2J", text=patch)
        identity = self.automod(self.target, "list", "--ids").out.split("\t")[0]
        for words in (["list"], ["show", identity, "--diff"], ["log"]):
            self.assertNotIn("\x1b", self.automod(self.target, *words).out)


class Log(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)

    def test_an_empty_ledger(self):
        self.assertEqual(self.automod(self.target, "log").out, "the ledger is empty\n")

    def test_entries_newest_first(self):
        identity = self.propose(self.target, GOOD)
        entries = self.automod(self.target, "log", "--json").json()["entries"]
        numbers = [entry["number"] for entry in entries]
        self.assertEqual(numbers, sorted(numbers, reverse=True))
        self.assertIn(("proposal", identity),
                      [(entry["kind"], entry["subject"]) for entry in entries])
        self.assertEqual(len(self.automod(self.target, "log", "--limit", "1",
                                          "--json").json()["entries"]), 1)

    def test_verify_finds_an_entry_that_was_changed(self):
        self.propose(self.target, GOOD)
        self.assertIn("verified", self.automod(self.target, "log", "--verify").out)
        database = sqlite3.connect(self.target.folder / ".git/automod/automod.db")
        with database:
            drop_triggers(database)
            database.execute("UPDATE ledger SET at = '2000-01-01T00:00:00.000Z' WHERE number = 1")
        database.close()
        document = self.automod(self.target, "log", "--verify", "--json", code=70).json()
        self.assertEqual(document["broken_at"], 1)


if __name__ == "__main__":
    main()
