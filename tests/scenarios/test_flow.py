"""try, explain, apply and rollback."""

import signal
import sqlite3
import subprocess
import time
import unittest

from harness import (ANY, FAILS_BUILD, FAILS_TESTS, GOOD, SHELL_TARGET, Scenario, drop_triggers,
                     main)


NOTES = "refs/notes/automod"


def branch_of(identity):
    return f"refs/heads/self-mod/{identity}"


class Flow(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)
        self.target.untidy()
        self.make_key()

    def verdict_of(self, identity):
        shown = self.automod(self.target, "show", identity, "--json").json()
        return shown["listed"]["judgement"]["verdict"]

    def objects(self):
        return self.target.git("count-objects", "-v")


class Try(Flow):
    def test_a_good_change_is_approved(self):
        identity = self.propose(self.target, GOOD)
        outcome = self.automod(self.target, "try", identity)
        self.assertIn("approved, score ", outcome.out)
        self.assertIn("next: automod apply ", outcome.out)
        self.assertEqual(self.verdict_of(identity)["decision"], "approved")

    def test_a_change_that_fails_the_tests_is_rejected(self):
        identity = self.propose(self.target, FAILS_TESTS)
        outcome = self.automod(self.target, "try", identity, code=1)
        self.assertIn("rejected, score ", outcome.out)
        self.assertIn("| no hello in there", outcome.out)
        self.assertIn("next: automod explain ", outcome.out)

    def test_a_change_that_does_not_build_is_rejected(self):
        identity = self.propose(self.target, FAILS_BUILD)
        outcome = self.automod(self.target, "try", identity, code=1)
        self.assertIn("| cannot build", outcome.out)

    def test_a_rejected_change_leaves_no_object_behind(self):
        identity = self.propose(self.target, FAILS_TESTS)
        before = self.objects()
        self.automod(self.target, "try", identity, code=1)
        self.assertEqual(self.objects(), before)

    def test_a_change_of_the_tests_needs_approval(self):
        identity = self.propose(self.target, {"test.sh": "exit 0\n"})
        self.automod(self.target, "try", identity, code=4)
        document = self.automod(self.target, "apply", identity, "--json", code=4).json()
        self.assertIsNone(document["applications"][0]["kept"]["application"])

    def test_several_at_once_exit_with_the_worst(self):
        good = self.propose(self.target, GOOD)
        bad = self.propose(self.target, FAILS_TESTS)
        document = self.automod(self.target, "try", good, bad, "--json", code=1).json()
        decisions = [row["tried"]["listed"]["judgement"]["verdict"]["decision"]
                     for row in document["trials"]]
        self.assertEqual(decisions, ["approved", "rejected"])
        self.assertEqual(document["exit_code"], 1)

    def test_an_unknown_id_stops_before_anything_runs(self):
        good = self.propose(self.target, GOOD)
        self.automod(self.target, "try", good, "deadbeef", code=2)
        shown = self.automod(self.target, "show", good, "--json").json()
        self.assertIsNone(shown["trial"])

    def test_a_second_try_is_answered_from_evidence_unless_fresh(self):
        identity = self.propose(self.target, GOOD)

        def try_again(*args):
            row = self.automod(self.target, "try", identity, "--json", *args).json()["trials"][0]
            return row["tried"]["from_evidence"], row["tried"]["trial"]["id"]

        first = try_again()
        self.assertFalse(first[0])
        self.assertEqual(try_again(), (True, first[1]))
        fresh = try_again("--fresh")
        self.assertFalse(fresh[0])
        self.assertNotEqual(fresh[1], first[1])

    def test_progress_goes_to_stderr_and_not_with_quiet(self):
        identity = self.propose(self.target, GOOD)
        outcome = self.automod(self.target, "try", identity, "--quiet")
        self.assertEqual(outcome.err, "")
        self.assertNotEqual(self.automod(self.target, "try", identity, "--fresh").err, "")

    def test_the_text_of_a_trial(self):
        identity = self.propose(self.target, FAILS_TESTS)
        self.check_golden("try_rejected.txt",
                          self.automod(self.target, "try", identity, code=1).out)


class Interrupted(Flow):
    def setUp(self):
        super().setUp()
        self.slow = self.repo({**SHELL_TARGET, "build.sh": "sleep 60\n"}, "slow")

    def interrupt(self, number):
        identity = self.propose(self.slow, GOOD)
        before = self.slow.snapshot()
        with subprocess.Popen(self.command("try", identity, "--json"), cwd=self.slow.folder,
                              env=self.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            time.sleep(2)
            process.send_signal(number)
            began = time.monotonic()
            out, err = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(process.returncode, -number, err)
        self.assertIn('"kind": "interrupted"', out)
        self.assertEqual(self.slow.snapshot(), before)

    def test_ctrl_c_ends_the_trial_and_the_program_by_that_signal(self):
        self.interrupt(signal.SIGINT)

    def test_termination_too(self):
        self.interrupt(signal.SIGTERM)


class Explain(Flow):
    def test_the_verdict_is_recomputed_and_agrees(self):
        identity = self.propose(self.target, FAILS_TESTS)
        self.automod(self.target, "try", identity, code=1)
        outcome = self.automod(self.target, "explain", identity)
        self.assertIn("confirmed", outcome.out)
        document = self.automod(self.target, "explain", identity, "--json").json()
        self.assertTrue(document["agrees"])
        self.assertEqual(document["recomputed"]["decision"], "rejected")

    def test_a_verdict_that_the_evidence_does_not_give_is_an_internal_error(self):
        identity = self.propose(self.target, FAILS_TESTS)
        self.automod(self.target, "try", identity, code=1)
        database = sqlite3.connect(self.target.folder / ".git/automod/automod.db")
        with database:
            drop_triggers(database)
            database.execute("UPDATE verdicts SET decision = 'approved', "
                             "verdict = replace(verdict, '\"rejected\"', '\"approved\"')")
        database.close()
        outcome = self.automod(self.target, "explain", identity, "--json", code=70)
        self.assertFalse(outcome.json()["agrees"])
        self.assertIn("recorded approved, recomputed rejected", outcome.err)


class Apply(Flow):
    def test_keeps_exactly_the_tree_that_was_tried(self):
        base = self.target.rev("HEAD")
        identity = self.propose(self.target, GOOD)
        outcome = self.automod(self.target, "apply", identity, refs={branch_of(identity): ANY, NOTES: ANY})
        self.assertIn("kept as ", outcome.out)
        commit = self.target.rev(branch_of(identity))
        shown = self.automod(self.target, "show", identity, "--json").json()["listed"]
        self.assertEqual(shown["status"], "applied")
        self.assertEqual(self.target.rev(f"{commit}^{{tree}}"), shown["modification"]["tree"])
        self.assertEqual(self.target.rev(f"{commit}^"), base)
        self.assertEqual(self.target.git("show", f"{commit}:word.txt"), "hello world\n")
        self.target.git("fsck", "--strict")

    def test_the_commit_says_who_and_why(self):
        identity = self.propose(self.target, GOOD, "--reason", "it greets")
        self.automod(self.target, "apply", identity, refs={branch_of(identity): ANY, NOTES: ANY})
        message = self.target.git("log", "-1", "--format=%an%n%B", branch_of(identity))
        self.assertIn("agent-self-modify", message)
        self.assertIn("Self-modification: ", message)
        self.assertIn(identity, message)

    def test_what_is_rejected_is_not_kept(self):
        identity = self.propose(self.target, FAILS_TESTS)
        outcome = self.automod(self.target, "apply", identity, code=1)
        self.assertIn("not kept", outcome.out)
        document = self.automod(self.target, "apply", identity, "--json", code=1).json()
        self.assertIsNone(document["applications"][0]["kept"]["application"])

    def test_applying_twice_changes_nothing(self):
        identity = self.propose(self.target, GOOD)
        self.automod(self.target, "apply", identity, refs={branch_of(identity): ANY, NOTES: ANY})
        self.automod(self.target, "apply", identity)

    def test_a_branch_of_somebody_else_is_a_conflict(self):
        identity = self.propose(self.target, GOOD)
        self.target.git("branch", f"self-mod/{identity}", "HEAD")
        outcome = self.automod(self.target, "apply", identity, "--json", code=5)
        self.assertEqual(outcome.json()["kind"], "conflict")


class Rollback(Flow):
    def applied(self):
        identity = self.propose(self.target, GOOD)
        self.automod(self.target, "apply", identity, refs={branch_of(identity): ANY, NOTES: ANY})
        return identity

    def test_the_branch_goes_and_the_commit_stays_reachable(self):
        identity = self.applied()
        commit = self.target.rev(branch_of(identity))
        outcome = self.automod(self.target, "rollback", identity, "--reason", "no longer wanted",
                               refs={branch_of(identity): None,
                                     f"refs/automod/undo/{identity}": commit})
        self.assertIn("taken back", outcome.out)
        shown = self.automod(self.target, "show", identity, "--json").json()["listed"]
        self.assertEqual(shown["status"], "rolled_back")
        self.assertEqual(shown["rollback"]["reason"], "no longer wanted")

    def test_what_was_merged_is_undone_by_a_commit(self):
        identity = self.applied()
        self.target.git("branch", "released", branch_of(identity))
        document = self.automod(
            self.target, "rollback", identity, "--reason", "slower", "--onto", "released", "--json",
            refs={f"refs/heads/self-mod/revert-{identity}": ANY, NOTES: ANY}).json()
        self.assertEqual(document["rollbacks"][0]["method"], "revert")
        revert = self.target.rev(f"self-mod/revert-{identity}")
        self.assertEqual(self.target.rev(f"{revert}^{{tree}}"), self.target.rev("main^{tree}"))

    def test_what_was_not_applied_cannot_be_taken_back(self):
        identity = self.propose(self.target, GOOD)
        self.automod(self.target, "rollback", identity, "--reason", "x", "--json", code=2)

    def test_taking_back_is_in_the_ledger(self):
        identity = self.applied()
        self.automod(self.target, "rollback", identity, "--reason", "x",
                     refs={branch_of(identity): None, f"refs/automod/undo/{identity}": ANY})
        kinds = [entry["kind"] for entry in
                 self.automod(self.target, "log", "--json").json()["entries"]]
        self.assertEqual(kinds[:2], ["rollback", "application"])
        self.automod(self.target, "log", "--verify")


if __name__ == "__main__":
    main(needs_sandbox=True)
