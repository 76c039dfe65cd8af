"""cache: what is kept warm for trials."""

import unittest

from harness import GOOD, SHELL_TARGET, Scenario, main


class Cache(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)

    def warm(self):
        self.automod(self.target, "gate", "--patch", "-", text=self.target.patch(GOOD))

    def shown(self):
        return self.run_anywhere("cache", "show", "--json").json()

    def test_an_empty_one(self):
        outcome = self.run_anywhere("cache", "show")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn("0 warm bases", outcome.out)

    def test_a_base_is_shown_by_its_tree(self):
        self.warm()
        document = self.shown()
        bases = [base for base in document["bases"] if base["variant"] == "plain"]
        self.assertEqual([base["tree"] for base in bases], [self.target.rev("HEAD^{tree}")])
        self.assertEqual(bases[0]["level"], "tested")
        self.assertFalse(bases[0]["in_use"])
        self.assertEqual(document["bytes"], sum(base["bytes"] for base in document["bases"]))
        self.assertIn(bases[0]["tree"][:12], self.run_anywhere("cache", "show").out)

    def test_pruning_keeps_what_was_used_last(self):
        self.warm()
        first = self.target.rev("HEAD^{tree}")
        self.target.commit({"notes.txt": "another base\n"})
        self.warm()
        document = self.run_anywhere("cache", "prune", "--keep", "1", "--json").json()
        self.assertIn(first, [base["tree"] for base in document["removed"]])
        self.assertEqual([base["tree"] for base in document["left"]["bases"]],
                         [self.target.rev("HEAD^{tree}")])

    def test_pruning_all_leaves_nothing_and_harms_nothing(self):
        self.warm()
        self.run_anywhere("cache", "prune", "--all")
        document = self.shown()
        self.assertEqual((document["bases"], document["toolchains"]), ([], 0))
        self.automod(self.target, "gate", "--patch", "-",
                     text=self.target.patch({"word.txt": "hello again\n"}))

    def test_sizes_are_numbers(self):
        for words in [["--max-bytes", "much"], ["--max-bytes", "5X"], ["--all", "--keep", "1"]]:
            self.assertEqual(self.run_anywhere("cache", "prune", *words).code, 2)
        self.assertEqual(self.run_anywhere("cache", "prune", "--max-bytes", "20G").code, 0)


if __name__ == "__main__":
    main(needs_sandbox=True)
