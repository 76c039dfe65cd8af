"""seeded: every defect of the corpus is found where it is marked, and its twins are left alone."""

import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT, Scenario, main

sys.path.insert(0, str(ROOT / "tests" / "seeded"))
import corpus  # noqa: E402

GOALS = "improve_performance,fix_bugs,refactor"
PRECISION = 95
RECALL = 90


def runs_trials():
    return subprocess.run([PROGRAM, "doctor"], check=False, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 3


class Seeded(Scenario):
    def compare(self, languages):
        files = corpus.sources(languages)
        target = self.repo(corpus.laid_out(files))
        document = self.automod(target, "analyze", "--json", "--goal", GOALS, "--safety",
                                "aggressive").json()
        self.assertEqual(document["failed_files"], [])
        return corpus.Comparison(corpus.marks(files), corpus.findings(document))

    def test_rules_as_data_find_what_is_marked_and_nothing_else(self):
        compared = self.compare(corpus.BY_SYNTAX)
        self.assertGreater(len(compared.rules), 40)
        self.assertEqual(compared.missed, [])
        self.assertEqual(compared.wrong, [])

    @unittest.skipUnless(runs_trials(), "this machine runs no trials")
    def test_what_reads_c_and_cpp_finds_nearly_all_and_is_nearly_always_right(self):
        compared = self.compare([name for name in corpus.languages()
                                 if name not in corpus.BY_SYNTAX])
        self.assertGreaterEqual(compared.recall(), RECALL, compared.missed)
        self.assertGreaterEqual(compared.precision(), PRECISION, compared.wrong)
        exact = [one for one in [*compared.missed, *compared.wrong] if one.rule.startswith("c-")]
        self.assertEqual(exact, [])

    def test_every_language_with_rules_has_a_corpus(self):
        rows = self.run_anywhere("rules", "list", "--json").json()["rules"]
        builtin = {row["id"].partition("-")[0] for row in rows
                   if row["source"] == "automod" and row["file"] is not None}
        marked = {mark.rule.partition("-")[0]
                  for mark in corpus.marks(corpus.sources(corpus.languages()))}
        self.assertLessEqual(builtin, marked)


if __name__ == "__main__":
    main()
