"""ask that ends before its end: budgets, interruptions, failures; and what is asked once more."""

import signal
import subprocess
import time

from asking import BREAKS, REQUEST, RIGHT, Asking
from harness import main


class Budgets(Asking):
    def test_a_budget_ends_it_and_nothing_is_lost(self):
        tokens = self.run_json(*REQUEST, "--dry-run")["tokens"]
        self.answers(BREAKS, RIGHT)
        document = self.run_json(*REQUEST, "--tokens", str(tokens * 3 // 2 + 500), code=1)
        self.assertIn("budget", document["stopped"])
        self.assertIn("--tokens", document["stop_hint"])
        self.assertEqual(self.outcomes(document)[0], "rejected")
        self.assertEqual(self.calls(), [1])
        self.assertEqual(len(self.listed()), 1)
        outcome = self.automod(self.target, "ask", "--resume", "--tokens", "1000000")
        self.assertIn("approved, score ", outcome.out)
        self.assertEqual(self.calls(), [1, 2], "the first answer was on record")

    def test_a_budget_too_small_for_one_question_asks_none(self):
        outcome = self.automod(self.target, *REQUEST, "--tokens", "10", code=1)
        self.assertIn("budget", outcome.out + outcome.err)
        self.assertEqual(self.calls(), [])

    def test_the_budget_of_a_day_counts_over_repositories(self):
        tokens = self.run_json(*REQUEST, "--dry-run")["tokens"]
        self.configure(self.toy() + f"[ask]\nday_tokens = {tokens * 3 // 2 + 500}\n")
        self.answers(RIGHT, RIGHT)
        self.run_json(*REQUEST)
        other = self.repo(self.files, "other")
        request = [*REQUEST[:1], "another request", *REQUEST[2:]]
        outcome = self.automod(other, *request, code=1)
        self.assertIn("budget", outcome.out + outcome.err)
        self.assertEqual(self.calls(), [1])


class Interrupted(Asking):
    def stop_while_it_thinks(self, number):
        """Sends the signal when the model has the second question; what automod said."""
        self.answers(BREAKS, RIGHT)
        return self.interrupted(2, number, *REQUEST)

    def interrupted(self, question, number, *command):
        """The command that is sent the signal when the model has got that question."""
        self.thinks_about(question)
        asked = len(self.calls())
        with subprocess.Popen(self.command(*command, "--json"), cwd=self.target.folder,
                              env=self.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            deadline = time.monotonic() + 240
            while question not in self.calls()[asked:] and process.poll() is None:
                self.assertLess(time.monotonic(), deadline, "it never came to that question")
                time.sleep(0.05)
            process.send_signal(number)
            out, _ = process.communicate(timeout=60)
        self.thinks_about(0)
        self.assertEqual(process.returncode, -number)
        return out

    def kept(self):
        """Requests that --resume could go on with."""
        folder = self.target.folder / ".git" / "automod" / "asks"
        return sorted(folder.iterdir()) if folder.exists() else []

    def check_resumed(self):
        document = self.run_json("ask", "--resume")
        self.assertEqual(self.outcomes(document), ["rejected", "approved"])
        self.assertEqual([a["from_book"] for a in document["attempts"]], [True, False])
        self.assertTrue(document["attempts"][0]["tried"]["from_evidence"])
        self.assertEqual(self.calls(), [1, 2, 2], "what was answered is not asked again")
        self.automod(self.target, "ask", "--resume", code=2)  # nothing is left to go on with

    def test_killed_while_the_model_thinks_it_goes_on(self):
        self.stop_while_it_thinks(signal.SIGKILL)
        self.check_resumed()

    def test_ctrl_c_while_the_model_thinks_ends_it_and_it_goes_on(self):
        out = self.stop_while_it_thinks(signal.SIGINT)
        self.assertIn("interrupted", out)
        self.check_resumed()

    def test_interrupted_twice_it_goes_on_with_the_last_and_leaves_nothing(self):
        self.stop_while_it_thinks(signal.SIGKILL)
        self.interrupted(2, signal.SIGINT, "ask", "--resume")
        self.assertEqual(len(self.kept()), 1, "the second stands for the first")
        document = self.run_json("ask", "--resume")
        self.assertEqual(self.outcomes(document), ["rejected", "approved"])
        self.assertEqual(self.kept(), [])

    def test_going_on_that_fails_may_be_tried_again(self):
        self.stop_while_it_thinks(signal.SIGKILL)
        self.automod(self.target, "ask", "--resume", "--model", "none", code=2)
        self.configure(self.toy().replace("player.py", "nowhere.py"))
        self.run_json("ask", "--resume", code=1)
        self.configure(self.toy())
        document = self.run_json("ask", "--resume")
        self.assertEqual(self.outcomes(document), ["rejected", "approved"])
        self.assertEqual(self.kept(), [])

    def test_a_model_that_fails_on_the_way_is_asked_again(self):
        self.answers(BREAKS)
        stopped = self.run_json(*REQUEST, code=1)
        self.assertEqual(self.outcomes(stopped), ["rejected", "unanswered"])
        self.assertIn("nobody told me what to say", stopped["stopped"])
        self.answers(BREAKS, RIGHT)
        document = self.run_json("ask", "--resume")
        self.assertEqual(self.outcomes(document), ["rejected", "approved"])
        self.assertIsNone(document["stopped"])
        self.assertEqual(self.kept(), [])

    def test_a_model_that_fails_at_once_is_asked_again(self):
        self.automod(self.target, *REQUEST, code=3)
        self.answers(RIGHT)
        self.assertEqual(self.outcomes(self.run_json("ask", "--resume")), ["approved"])
        self.assertEqual(self.kept(), [])

    def test_how_to_go_on_is_said_and_a_session_that_runs_is_not_taken(self):
        outcome = self.automod(self.target, *REQUEST, code=3)
        command = outcome.err.split("to go on: automod ")[1].splitlines()[0]
        self.answers(BREAKS, RIGHT)
        self.thinks_about(1)
        with subprocess.Popen(self.command(*command.split(), "--json"), cwd=self.target.folder,
                              env=self.env, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            while self.calls() != [1, 1] and process.poll() is None:
                time.sleep(0.05)
            refused = self.automod(self.target, "ask", "--resume", code=2)
            self.assertIn("is still running", refused.err)
            self.thinks_about(0)
            self.assertEqual(process.wait(timeout=120), 0)
        self.assertEqual(self.kept(), [])

    def test_a_session_by_its_name(self):
        self.stop_while_it_thinks(signal.SIGKILL)
        sessions = {row["modification"]["session_id"] for row in self.listed()}
        self.assertEqual(len(sessions), 1)
        session = sessions.pop()
        self.automod(self.target, "ask", "--resume", "--session", "ffffffff", code=2)
        self.run_json("ask", "--resume", "--session", session[:13])

    def test_with_nothing_to_go_on_with(self):
        self.automod(self.target, "ask", "--resume", code=2)


class Replay(Asking):
    def test_a_record_replays_without_the_model_in_another_clone(self):
        book = str(self.home / "book")
        self.answers(BREAKS, RIGHT)
        recorded = self.run_json(*REQUEST, "--book", book)
        (self.player / "player.py").unlink()
        other = self.home / "clone"
        self.target.git("clone", "--quiet", str(self.target.folder), str(other))
        outcome = self.run_anywhere(*REQUEST, "--book", book, "--replay", "--json", cwd=other)
        self.assertEqual(outcome.code, 0, outcome)
        replayed = outcome.json()
        self.assertEqual(self.outcomes(replayed), self.outcomes(recorded))
        self.assertEqual([a["question"] for a in replayed["attempts"]],
                         [a["question"] for a in recorded["attempts"]])
        patches = [[self.modification(a)["patch_digest"] for a in d["attempts"]]
                   for d in (recorded, replayed)]
        self.assertEqual(patches[0], patches[1])
        self.assertEqual(replayed["spent"]["questions"], 0)
        self.assertEqual(self.calls(), [1, 2])

    def test_the_reviewers_opinion_is_replayed_too(self):
        book = str(self.home / "book")
        self.configure(self.toy() + self.toy("eyes").replace(str(self.player), str(self.home / "eyes")))
        (self.home / "eyes").mkdir()
        (self.home / "eyes" / "player.py").write_text(
            "import sys\nsys.stdin.read()\nprint('VERDICT: nothing against it')\n")
        self.answers(RIGHT)
        request = [*REQUEST, "--model", "toy", "--review", "eyes", "--book", book]
        recorded = self.run_json(*request)
        (self.home / "eyes" / "player.py").unlink()
        other = self.home / "clone"
        self.target.git("clone", "--quiet", str(self.target.folder), str(other))
        outcome = self.run_anywhere(*request, "--replay", "--json", cwd=other)
        self.assertEqual(outcome.code, 0, outcome)
        opinions = [document["attempts"][0]["tried"]["trial"]["evidence"]["opinions"]
                    for document in (recorded, outcome.json())]
        self.assertEqual([one[0]["says"] for one in opinions], ["nothing_against"] * 2)

    def test_what_is_not_on_record_is_not_asked(self):
        self.answers(RIGHT)
        outcome = self.automod(self.target, *REQUEST, "--replay", code=1)
        self.assertIn("no answer to question", outcome.out + outcome.err)
        self.assertEqual(self.calls(), [])


if __name__ == "__main__":
    main(needs_sandbox=True)
