"""propose, list, show and log: what is recorded without running anything."""

import base64
import hashlib
import json
import pathlib
import signal
import sqlite3
import subprocess
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
        self.assertEqual([problem["number"] for problem in document["problems"]], [1])
        self.assertIn("was edited", document["problems"][0]["what"])
        self.assertIn("entry 1: was edited", self.automod(self.target, "log", "--verify",
                                                          code=70).out)

    def test_narrowed(self):
        identity = self.propose(self.target, GOOD)
        other = self.propose(self.target, {"notes.txt": "one\ntwo\nthree\nfour\n"})

        def entries(*words):
            document = self.automod(self.target, "log", *words, "--json").json()
            return [(entry["kind"], entry["subject"]) for entry in document["entries"]]

        self.assertEqual(entries(identity), [("proposal", identity)])
        self.assertEqual(entries("--kind", "proposal"),
                         [("proposal", other), ("proposal", identity)])
        self.assertEqual(entries("--kind", "verdict,application"), [])
        self.assertEqual(len(entries("--since", "1h")), len(entries()))
        self.assertEqual(entries("--since", "2999-01-01"), [])
        self.assertEqual(self.automod(self.target, "log", "--since", "2999-01-01").out,
                         "no entry matches\n")
        for wrong in ("yesterday", "5", "2026", "7x"):
            self.assertIn("is no time", self.automod(self.target, "log", "--since", wrong,
                                                     code=2).err)
        self.automod(self.target, "log", "--kind", "nonsense", code=2)
        self.automod(self.target, "log", "ffffffff", code=2)
        self.automod(self.target, "log", "--follow", "--verify", code=2)

    def test_follow_prints_what_is_added(self):
        self.propose(self.target, GOOD)
        with subprocess.Popen(self.command("-C", str(self.target.folder), "log", "--follow",
                                           "--json", "--limit", "1"), env=self.env, text=True,
                              stdout=subprocess.PIPE) as follower:
            first = json.loads(follower.stdout.readline())
            self.assertEqual(first["entry"]["kind"], "proposal")
            identity = self.propose(self.target, {"notes.txt": "changed\n"})
            seen = []
            while not seen or seen[-1]["entry"]["subject"] != identity:
                seen.append(json.loads(follower.stdout.readline()))
                self.formats.check(seen[-1])
            numbers = [document["entry"]["number"] for document in [first, *seen]]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
            follower.send_signal(signal.SIGINT)
            follower.stdout.read()
        self.assertEqual(follower.returncode, -signal.SIGINT)

    def test_export(self):
        identity = self.propose(self.target, GOOD)
        other = self.propose(self.target, {"notes.txt": "changed\n"})
        bundle = self.automod(self.target, "log", "export", "--json").json()
        self.assertEqual({one["id"] for one in bundle["modifications"]}, {identity, other})
        self.assertEqual(bundle["ledger"][-1]["hash"], bundle["head"]["hash"])
        file = pathlib.Path(self.home) / "record.json"
        document = self.automod(self.target, "log", "export", identity[:13], "--to", str(file),
                                "--json").json()
        self.assertEqual(document["modifications"], 1)
        self.assertEqual(document["entries"], len(bundle["ledger"]))
        written = json.loads(file.read_text())
        self.assertEqual([one["id"] for one in written["modifications"]], [identity])
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        patch = base64.b64decode(written["modifications"][0]["patch"])
        self.assertEqual(hashlib.sha256(patch).hexdigest(),
                         written["modifications"][0]["patch_digest"])


if __name__ == "__main__":
    main()
