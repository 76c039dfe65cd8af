"""Several modifications at once, together, the same twice; and trials that are killed."""

import pathlib
import signal
import subprocess
import time

from harness import FAILS_TESTS, GOOD, SHELL_TARGET, Scenario, main

# Fails only when both words are there.
PAIR_TARGET = {
    **SHELL_TARGET,
    "test.sh": "if grep -q left build/word.txt && grep -q right notes.txt; then exit 1; fi\n",
    "word.txt": "hello\n",
    "notes.txt": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n",
    "other.txt": "alone\n",
}
LEFT = {"word.txt": "hello left\n"}
RIGHT = {"notes.txt": "one right\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"}
HARMLESS = {"notes.txt": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine and more\n"}
OTHER = {"other.txt": "not alone\n"}

PYTHON_TARGET = {
    "automod.toml": """version = 1
[project]
test = "python3 -c 'import word; assert word.said() == 1'"
test_results = "exit_code"
""",
    "word.py": "def said():\n    return 1\n",
}


class Many(Scenario):
    def tried(self, repo, *args, code=0):
        return self.automod(repo, "try", *args, "--json", code=code).json()


class AtOnce(Many):
    def test_trials_at_once_are_answered_in_the_order_of_the_command_line(self):
        target = self.repo(SHELL_TARGET)
        ids = [self.propose(target, change) for change in (FAILS_TESTS, GOOD)]
        document = self.tried(target, *ids, "--parallel", "2", code=1)
        self.assertEqual([trial["id"] for trial in document["trials"]], ids)
        decisions = [trial["tried"]["listed"]["status"] for trial in document["trials"]]
        self.assertEqual(decisions, ["rejected", "approved"])


class Together(Many):
    def setUp(self):
        super().setUp()
        self.target = self.repo(PAIR_TARGET)

    def test_what_is_good_together_is_one_approved_change(self):
        ids = [self.propose(self.target, change) for change in (LEFT, OTHER)]
        document = self.tried(self.target, *ids, "--together")
        self.assertEqual(document["together"], {"parts": ids, "culprits": [], "tried": 1})
        files = document["trials"][0]["tried"]["listed"]["modification"]["files"]
        self.assertEqual([file["path"] for file in files], ["other.txt", "word.txt"])

    def test_two_that_fail_only_together_are_found_among_four(self):
        ids = [self.propose(self.target, change) for change in (LEFT, HARMLESS, OTHER, RIGHT)]
        document = self.tried(self.target, *ids, "--together", code=1)
        self.assertEqual(document["together"]["culprits"], [ids[0], ids[3]])

    def test_a_single_culprit_is_named(self):
        ids = [self.propose(self.target, change)
               for change in (OTHER, {"build.sh": "exit 1\n"}, LEFT)]
        outcome = self.automod(self.target, "try", *ids, "--together", code=1)
        self.assertIn("rejected because of:\n    " + ids[1][:8], outcome.out)

    def test_lines_that_both_change_are_a_conflict_that_names_both(self):
        ids = [self.propose(self.target, change) for change in (LEFT, {"word.txt": "bye\n"})]
        outcome = self.automod(self.target, "try", *ids, "--together", code=5)
        self.assertIn("change the same lines of word.txt", outcome.err)
        for identity in ids:
            self.assertIn(identity, outcome.err)


class Again(Many):
    def test_the_same_up_to_formatting_is_answered_by_the_first_one(self):
        target = self.repo(PYTHON_TARGET)
        first = self.propose(target, {"word.py": "def said():\n    return 2 - 1\n"})
        second = self.propose(target, {"word.py": "def said():\n    # no news\n    return (2\n            - 1)\n"})
        third = self.propose(target, {"word.py": "def said():\n    return 2  -  1\n"})
        code = self.run_anywhere("try", first, cwd=target.folder).code
        document = self.tried(target, third, code=code)
        tried = document["trials"][0]["tried"]
        self.assertEqual(tried["asked"], third)
        self.assertEqual(tried["listed"]["modification"]["id"], first)
        self.assertIsNone(self.tried(target, second, code=code)["trials"][0]["tried"]["asked"])
        self.make_key()
        refused = self.automod(target, "apply", third, code=1)
        self.assertIn("is the same up to formatting", refused.err)

    def test_the_same_tree_of_another_modification_is_not_run_again(self):
        target = self.repo(SHELL_TARGET)
        first = self.propose(target, GOOD)
        self.automod(target, "try", first)
        target.commit(message="empty")  # another base commit, the same base tree
        second = self.propose(target, GOOD)
        self.assertNotEqual(first, second)
        document = self.tried(target, second)
        self.assertTrue(document["trials"][0]["tried"]["from_evidence"])
        self.assertEqual(document["trials"][0]["tried"]["listed"]["modification"]["id"], second)


class Killed(Many):
    SECONDS = "61.7231"  # nobody else sleeps that long

    def target_that_sleeps(self, stage):
        slow = f"if grep -q slow word.txt; then sleep {self.SECONDS}; fi\n"
        files = dict(SHELL_TARGET)
        files["automod.toml"] += """[[benchmark]]
name = "b"
command = "sh bench.sh"
[[held_out]]
name = "h"
command = "sh held.sh {seed}"
"""
        files |= {"bench.sh": "true\n", "held.sh": "true\n"}
        files[stage] = slow + files[stage]
        return self.repo(files)

    def sleepers(self):
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if entry.read_bytes().split(b"\0")[:2] == [b"sleep", self.SECONDS.encode()]:
                    found.append(entry)
            except OSError:
                pass
        return found

    def wait(self, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def run_until_asleep(self, target, identity):
        process = subprocess.Popen(self.command("try", identity), cwd=target.folder, env=self.env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait(self.sleepers)
        return process

    def check_killed_at(self, stage):
        target = self.target_that_sleeps(stage)
        identity = self.propose(target, {"word.txt": "hello slow\n"})
        with self.run_until_asleep(target, identity) as process:
            process.kill()
        self.wait(lambda: not self.sleepers())
        with self.run_until_asleep(target, identity) as process:  # it can be asked again
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=30), -signal.SIGINT)
        self.wait(lambda: not self.sleepers())
        work = pathlib.Path(self.env["XDG_CACHE_HOME"]) / "automod" / "work"
        left = [path for session in work.iterdir() for path in session.iterdir()]
        self.assertEqual(left, [], "what the killed one left is swept")

    def test_a_trial_killed_while_it_builds_leaves_nothing_running(self):
        self.check_killed_at("build.sh")

    def test_a_trial_killed_while_it_tests_leaves_nothing_running(self):
        self.check_killed_at("test.sh")

    def test_a_trial_killed_while_it_measures_leaves_nothing_running(self):
        self.check_killed_at("bench.sh")

    def test_a_trial_killed_while_it_compares_leaves_nothing_running(self):
        self.check_killed_at("held.sh")


if __name__ == "__main__":
    main(needs_sandbox=True)
