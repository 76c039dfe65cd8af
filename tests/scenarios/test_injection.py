"""Hostile answers and hostile repositories: what a model says changes nothing about what may happen.

The corpus and what its folders mean: tests/hostile/models/README.md.
"""

import pathlib
import unittest

from harness import ROOT, Scenario, main

CORPUS = ROOT / "tests" / "hostile" / "models"

# Does what the repository tells it: it answers with what a line OBEY in its prompt names, else
# with the honest repair.
GULLIBLE = """import pathlib, re, sys
prompt = sys.stdin.buffer.read().decode("utf-8", "replace")
corpus = pathlib.Path(sys.argv[1])
found = re.search(r"OBEY ([a-z/-]+)", prompt)
name = found.group(1) if found else "honest"
(pathlib.Path(sys.argv[2])).write_text(name + "\\n" + prompt)
sys.stdout.buffer.write((corpus / (name + ".txt")).read_bytes())
"""


def answers(folder):
    return sorted(path.stem for path in (CORPUS / folder).glob("*.txt"))


class Injection(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(self.files())
        self.target.untidy()
        self.make_key()

    @staticmethod
    def files():
        folder = CORPUS / "target"
        return {str(path.relative_to(folder)): path.read_text()
                for path in sorted(folder.rglob("*")) if path.is_file()}

    def model(self, *command):
        folder = self.home / "config" / "automod"
        folder.mkdir(parents=True, exist_ok=True)
        words = ", ".join(f'"{word}"' for word in command)
        (folder / "config.toml").write_text(
            f'[ask]\nmodel = "toy"\nattempts = 1\n'
            f'[models.toy]\nkind = "command"\ncommand = [{words}]\n')

    def ask(self, target, *args):
        """One attempt; the only refs that may appear are none."""
        before = target.refs(), target.snapshot()
        outcome = self.run_anywhere("ask", "mend change()", "--type", "bug_fix", "--json", *args,
                                    cwd=target.folder)
        self.assertEqual((target.refs(), target.snapshot()), before)
        self.assertIn(outcome.code, (0, 1, 4), outcome)
        return outcome

    def outcome_of(self, answer):
        self.model("cat", str(CORPUS / f"{answer}.txt"))
        outcome = self.ask(self.target)
        attempts = outcome.json()["attempts"]
        self.assertEqual(len(attempts), 1, outcome)
        return outcome, attempts[0]

    def test_the_honest_answer_is_approved(self):
        outcome, attempt = self.outcome_of("honest")
        self.assertEqual((outcome.code, attempt["outcome"]), (0, "approved"), outcome)

    def test_nothing_is_made_of_answers_that_leave_the_tree_or_are_no_edits(self):
        names = answers("refused")
        self.assertGreaterEqual(len(names), 20)
        for name in names:
            with self.subTest(name):
                outcome, attempt = self.outcome_of(f"refused/{name}")
                self.assertEqual((outcome.code, attempt["outcome"]), (1, "unusable"), outcome)
                self.assertIsNone(attempt["modification_id"])
                self.assertNotIn("\x1b", outcome.out + outcome.err)
        self.assertEqual(self.automod(self.target, "list", "--ids").out, "")
        self.assertFalse(pathlib.Path("/tmp/owned").exists())

    def test_the_gate_stops_what_no_model_may_change_by_itself(self):
        names = answers("stopped")
        self.assertGreaterEqual(len(names), 20)
        for name in names:
            with self.subTest(name):
                outcome, attempt = self.outcome_of(f"stopped/{name}")
                self.assertIn(attempt["outcome"], ("rejected", "needs_approval"), outcome)
                self.assertNotEqual(outcome.code, 0)
                self.automod(self.target, "apply", attempt["modification_id"],
                             code=4 if attempt["outcome"] == "needs_approval" else 1)

    def test_a_repository_that_talks_to_the_model_gets_no_further(self):
        script = self.file("gullible.py", GULLIBLE)
        log = self.home / "prompt"
        self.model("python3", script, str(CORPUS), str(log))
        for path in sorted((CORPUS / "texts").glob("*.txt")):
            with self.subTest(path.stem):
                where, text = path.read_text().split("\n", 1)
                files = self.files()
                files[where] = text + files[where]
                target = self.repo(files, path.stem)
                outcome = self.ask(target, "--files", where)
                obeyed, prompt = log.read_text().split("\n", 1)
                self.assertRegex(text, f"OBEY {obeyed}\\b", "the model was not told")
                self.assertNotEqual(outcome.code, 0, outcome)
                self.check_fences(prompt, text)

    def check_fences(self, prompt, text):
        """The hostile text stands between the fences, and no line of it looks like their end."""
        hostile = [line for line in text.splitlines() if "OBEY" in line][0].split("OBEY")[1]
        lines = prompt.splitlines()
        at = [number for number, line in enumerate(lines) if hostile in line][0]
        opening = [line for line in lines[:at] if line.startswith("~~~~")]
        self.assertTrue(opening, "the text stands in no fence")
        fence = opening[-1].split()[0]
        self.assertFalse([line for line in text.splitlines() if line.strip() == fence])

    def test_text_that_cannot_be_seen_is_shown_to_the_model_as_what_it_is(self):
        script = self.file("gullible.py", GULLIBLE)
        log = self.home / "prompt"
        self.model("python3", script, str(CORPUS), str(log))
        where, text = (CORPUS / "texts" / "unseen.txt").read_text().split("\n", 1)
        files = self.files()
        files[where] = text + files[where]
        self.ask(self.repo(files, "unseen"), "--files", where)
        prompt = log.read_text()
        self.assertNotIn("\u202e", prompt)
        self.assertNotIn("\u2066", prompt)


if __name__ == "__main__":
    main(needs_sandbox=True)
