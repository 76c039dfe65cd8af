"""Signed commits, approvals, merge, undo, cascades and limits."""

import os
import sqlite3
import subprocess

from harness import ANY, GOOD, SHELL_TARGET, Scenario, drop_triggers, main

NOTES = "refs/notes/automod"


# What a merge into the checked-out branch changes of the user's.
MOVED = ["word.txt", ".git/index", ".git/logs/HEAD"]


def branch_of(identity):
    return f"refs/heads/self-mod/{identity}"


class Keep(Scenario):
    def setUp(self):
        super().setUp()
        self.make_key()
        self.key = self.home / "ada"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.key],
                       check=True)
        public = self.key.with_suffix(".pub").read_text().strip()
        config = SHELL_TARGET["automod.toml"] + f'[approval]\napprovers = ["ada {public}"]\n'
        self.target = self.repo({**SHELL_TARGET, "automod.toml": config})

    def apply(self, identity, *args, **more):
        return self.automod(self.target, "apply", identity, *args,
                            refs={branch_of(identity): ANY, NOTES: ANY}, **more)

    def applied(self, files=None):
        identity = self.propose(self.target, files or GOOD)
        self.apply(identity)
        return identity

    def status(self, identity):
        return self.automod(self.target, "show", identity, "--json").json()["listed"]["status"]


class Signed(Keep):
    def test_stock_git_verifies_subject_id_author_and_branch(self):
        identity = self.applied()
        signers = self.home / "config" / "automod" / "allowed_signers"
        shown = subprocess.run(
            ["git", "-c", f"gpg.ssh.allowedSignersFile={signers}", "log", "-1",
             "--format=%G? %GS|%an|%s|%(trailers:key=Modification-Id,valueonly)",
             branch_of(identity)],
            cwd=self.target.folder, env=self.env, check=True, text=True, stdout=subprocess.PIPE)
        status, author, subject, trailer = shown.stdout.strip().split("|")
        self.assertEqual(status, "G robot@localhost")
        self.assertEqual(author, "agent-self-modify")
        self.assertTrue(subject.startswith("Self-modification: "))
        self.assertEqual(trailer.strip(), identity)

    def test_without_a_key_nothing_is_kept(self):
        identity = self.propose(self.target, GOOD)
        outcome = self.automod(self.target, "apply", identity, code=3,
                               env={"XDG_CONFIG_HOME": str(self.home / "none")})
        self.assertIn("run: automod key init", outcome.err)


class Edited(Keep):
    def test_a_verdict_that_was_edited_lets_nothing_pass(self):
        identity = self.propose(self.target, {"word.txt": "goodbye\n"})
        self.automod(self.target, "try", identity, code=1)
        database = sqlite3.connect(self.target.folder / ".git" / "automod" / "automod.db")
        drop_triggers(database)
        database.execute("UPDATE verdicts SET decision = 'approved', verdict = "
                         "replace(verdict, '\"decision\":\"rejected\"', "
                         "'\"decision\":\"approved\"')")
        database.commit()
        database.close()
        outcome = self.automod(self.target, "apply", identity, code=70)
        self.assertIn("is not what its evidence says", outcome.err)


class Verify(Keep):
    def test_what_was_judged_again_at_another_level_still_holds(self):
        identity = self.applied()
        self.automod(self.target, "try", identity, "--safety", "aggressive")
        document = self.automod(self.target, "verify", identity, "--json").json()
        self.assertTrue(document["holds"], document)


class Approval(Keep):
    def waiting(self):
        identity = self.propose(self.target, {"test.sh": "exit 0\n"})
        self.automod(self.target, "try", identity, code=4)
        return identity

    def token(self, identity, *args):
        return self.automod(self.target, "approve", identity, "--key", str(self.key),
                            *args).out.strip()

    def test_a_persons_approval_lets_it_pass_once(self):
        identity = self.waiting()
        token = self.token(identity, "--note", "read it")
        outcome = self.apply(identity, "--approval-token", token)
        self.assertIn("approved by ada (SHA256:", outcome.out)
        self.assertIn("Approved-By: ada", self.target.git("log", "-1", "--format=%B",
                                                          branch_of(identity)))
        self.automod(self.target, "rollback", identity, "--reason", "x",
                     refs={branch_of(identity): None, f"refs/automod/undo/{identity}": ANY})
        outcome = self.automod(self.target, "apply", identity, "--approval-token", token, code=1)
        self.assertIn("used already", outcome.err)

    def test_the_token_may_be_in_a_file(self):
        identity = self.waiting()
        self.file("token", self.token(identity) + "\n")
        self.apply(identity, "--approval-token", f"@{self.home / 'token'}")

    def test_a_token_of_another_modification_is_refused(self):
        token = self.token(self.waiting())
        other = self.propose(self.target, {"test.sh": "exit 0 #\n"})
        outcome = self.automod(self.target, "apply", other, "--approval-token", token, code=1)
        self.assertIn("for another modification", outcome.err)

    def test_an_edited_token_is_refused(self):
        identity = self.waiting()
        head, claims, signature = self.token(identity).split(".")
        for token in [f"{head}.{claims[:-2]}AA.{signature}", f"{head}.{claims}.", "x"]:
            self.automod(self.target, "apply", identity, "--approval-token", token, code=1)
        self.assertEqual(self.status(identity), "needs_approval")

    def test_a_key_that_is_not_listed_cannot_approve(self):
        identity = self.waiting()
        other = self.home / "eve"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
        outcome = self.automod(self.target, "approve", identity, "--key", str(other), code=1)
        self.assertIn("none of the approvers", outcome.err)

    def test_an_approver_that_only_the_working_tree_names_does_not_count(self):
        target = self.repo(SHELL_TARGET, name="other")
        public = self.key.with_suffix(".pub").read_text().strip()
        config = SHELL_TARGET["automod.toml"] + f'[approval]\napprovers = ["ada {public}"]\n'
        (target.folder / "automod.toml").write_text(config)
        identity = self.propose(target, {"test.sh": "exit 0\n"})
        self.automod(target, "try", identity, code=4)
        outcome = self.automod(target, "approve", identity, "--key", str(self.key), code=1)
        self.assertIn("names no approvers", outcome.err)

    def test_review_asks_and_does_what_it_is_told(self):
        first = self.waiting()
        second = self.propose(self.target, {"test.sh": "exit 0 # again\n"})
        self.automod(self.target, "try", second, code=4)
        outcome = self.automod(self.target, "review", "--key", str(self.key), "--json",
                               text="a\nlooks fine\ny\nd\nnot this one\n",
                               refs={branch_of(first): ANY, NOTES: ANY})
        reviewed = outcome.json()["reviewed"]
        self.assertEqual([one["modification_id"] for one in reviewed], [first, second])
        self.assertEqual(reviewed[0]["application"]["branch"], branch_of(first))
        self.assertEqual(reviewed[1]["approval"]["answer"], "decline")
        self.assertIn("+exit 0", outcome.err)
        outcome = self.automod(self.target, "review", "--key", str(self.key), text="")
        self.assertIn("nothing waits", outcome.err)


class Merge(Keep):
    def test_the_checked_out_branch_moves_and_its_files_follow(self):
        identity = self.applied()
        commit = self.target.rev(branch_of(identity))
        outcome = self.automod(self.target, "merge", identity, changed=MOVED,
                               refs={"refs/heads/main": commit})
        self.assertIn("moved forward", outcome.out)
        self.assertEqual((self.target.folder / "word.txt").read_text(), "hello world\n")
        self.assertEqual(self.target.git("status", "--porcelain"), "")

    def test_changes_of_the_users_in_the_way_stop_it(self):
        identity = self.applied()
        (self.target.folder / "word.txt").write_text("mine\n")
        outcome = self.automod(self.target, "merge", identity, code=5)
        self.assertIn("word.txt", outcome.err)

    def test_undo_goes_back_through_merge_and_apply(self):
        before = self.target.refs()
        identity = self.applied()
        base = self.target.rev("main")
        self.automod(self.target, "merge", identity, changed=MOVED,
                     refs={"refs/heads/main": ANY})
        self.automod(self.target, "undo", changed=MOVED, refs={"refs/heads/main": base})
        self.automod(self.target, "undo", refs={branch_of(identity): None,
                                                f"refs/automod/undo/{identity}": ANY})
        after = {name: value for name, value in self.target.refs().items()
                 if name.startswith("refs/heads/")}
        self.assertEqual(after, {name: value for name, value in before.items()
                                 if name.startswith("refs/heads/")})
        self.assertEqual(self.status(identity), "rolled_back")
        self.automod(self.target, "undo", code=2)


class Rollback(Keep):
    def test_what_builds_on_it_is_listed_or_goes_along(self):
        first = self.applied()
        self.automod(self.target, "merge", first, changed=MOVED,
                     refs={"refs/heads/main": ANY})
        second = self.applied({"word.txt": "hello world again\n"})
        self.automod(self.target, "merge", second, changed=MOVED,
                     refs={"refs/heads/main": ANY})
        outcome = self.automod(self.target, "rollback", first, "--reason", "x", "--onto", "main",
                               code=5)
        self.assertIn(second, outcome.err)
        self.assertIn("--cascade", outcome.err)
        document = self.automod(
            self.target, "rollback", first, "--reason", "x", "--onto", "main", "--cascade",
            "--json", refs={f"refs/heads/self-mod/revert-{first}": ANY, NOTES: ANY}).json()
        self.assertEqual([one["modification_id"] for one in document["rollbacks"]],
                         [second, first])
        self.assertEqual(self.target.git("show", f"self-mod/revert-{first}:word.txt"), "hello\n")


class Onto(Keep):
    def test_a_branch_that_has_moved_on_is_tried_anew(self):
        identity = self.propose(self.target, GOOD)
        self.target.commit({"notes.txt": "four\n"}, "moved on")
        document = self.run_anywhere("apply", identity, "--onto", "main", "--json",
                                     cwd=self.target.folder).json()
        kept = document["applications"][0]["kept"]
        new = kept["application"]
        self.assertNotEqual(new["modification_id"], identity)
        self.assertEqual(new["base_commit"], self.target.rev("main"))
        listed = kept["tried"]["listed"]["modification"]
        self.assertEqual(listed["parent"], identity)

    def test_a_branch_that_changed_the_same_lines_is_a_conflict(self):
        identity = self.propose(self.target, GOOD)
        self.target.commit({"word.txt": "hello there\n"}, "the same line")
        outcome = self.automod(self.target, "apply", identity, "--onto", "main", code=5)
        self.assertIn("word.txt", outcome.err)


class Together(Keep):
    def test_a_set_is_one_commit_of_the_tree_that_was_tried(self):
        one = self.propose(self.target, GOOD)
        two = self.propose(self.target, {"notes.txt": "one\ntwo\nthree\nfour\n"})
        tried = self.automod(self.target, "try", one, two, "--together", "--json").json()
        whole = tried["trials"][0]["id"]
        self.automod(self.target, "apply", one, two, "--together",
                     refs={branch_of(whole): ANY, NOTES: ANY})
        self.assertEqual(self.target.git("show", f"{branch_of(whole)}:word.txt"), "hello world\n")


class Limits(Keep):
    def test_beyond_a_limit_a_person_is_asked(self):
        config = (self.target.folder / "automod.toml").read_text()
        self.target.commit({"automod.toml": config + "[automatic]\nper_hour = 1\n"}, "limit")
        self.applied()
        other = self.propose(self.target, {"notes.txt": "none\n"})
        outcome = self.automod(self.target, "apply", other, code=4)
        self.assertIn("per_hour allows 1", outcome.err)


class Feedback(Keep):
    def test_it_is_in_the_ledger(self):
        identity = self.propose(self.target, GOOD)
        self.automod(self.target, "feedback", identity, "good", "--note", "half the latency")
        entry = self.automod(self.target, "log", "--json").json()["entries"][0]
        self.assertEqual((entry["kind"], entry["subject"]), ("feedback", identity))


class Hooks(Keep):
    def hook(self, name, text):
        path = self.target.folder / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)

    def test_they_run_where_they_are_asked_for_and_never_unasked(self):
        self.hook("commit-msg", "echo 'Seen: yes' >> \"$1\"\n")
        first = self.applied()
        self.assertNotIn("Seen", self.target.git("log", "-1", "--format=%B", branch_of(first)))
        second = self.propose(self.target, {"notes.txt": "none\n"})
        self.apply(second, "--hooks")
        self.assertIn("Seen", self.target.git("log", "-1", "--format=%B", branch_of(second)))

    def test_those_of_a_merge_may_refuse_it_and_hear_of_it(self):
        identity = self.applied()
        self.target.commit({"notes.txt": "moved on\n"}, "more")
        self.hook("pre-merge-commit", "echo 'not today'; exit 1\n")
        outcome = self.automod(self.target, "merge", identity, "--hooks", code=1)
        self.assertIn("not today", outcome.err)
        self.hook("pre-merge-commit", "exit 0\n")
        heard = self.home / "heard"
        self.hook("post-merge", f"echo merged > {heard}\n")
        self.automod(self.target, "merge", identity, "--hooks", changed=MOVED,
                     refs={"refs/heads/main": ANY, NOTES: ANY})
        self.assertEqual(heard.read_text(), "merged\n")

    def test_a_hook_that_refuses_keeps_it_from_being_kept(self):
        self.hook("commit-msg", "echo 'no ticket'; exit 1\n")
        identity = self.propose(self.target, GOOD)
        outcome = self.automod(self.target, "apply", identity, "--hooks", code=1)
        self.assertIn("no ticket", outcome.err)


if __name__ == "__main__":
    main(needs_sandbox=True)
