"""bench: figures of one revision or of two in turn, without a verdict and without a trace."""

import xml.etree.ElementTree

from harness import Scenario, main

TARGET = {
    "automod.toml": """version = 1
[project]
build = "sh build.sh"
[[benchmark]]
name = "nap"
command = "sh build/nap"
[[benchmark]]
name = "other"
command = "true"
[measure]
seconds = 5
""",
    "build.sh": "mkdir -p build\ncp nap.sh build/nap\n",
    "nap.sh": "sleep 0.1; echo done\n",
}


class Bench(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(TARGET)

    def slower(self):
        self.target.git("checkout", "--quiet", "-b", "work")
        # The candidate's own configuration does not count.
        self.target.commit({"nap.sh": "sleep 0.3; echo done\n",
                            "automod.toml": "version = 1\n"}, "work")

    def nap(self, *args, code=0):
        document = self.automod(self.target, "bench", *args, "--only", "nap", "--json",
                                code=code).json()
        [benchmark] = document["benchmarks"]
        [wall] = [figure for figure in benchmark["figures"] if figure["decisive"]]
        return document, wall

    def test_one_revision_shows_its_spread(self):
        document, wall = self.nap("--rounds", "4")
        self.assertIsNone(document["against"])
        self.assertIsNone(wall["change"])
        self.assertEqual(len(wall["base"]), 4)
        self.assertGreater(min(wall["base"] + wall["candidate"]), 100)
        text = self.automod(self.target, "bench", "--rounds", "2").out
        self.assertIn("middle half", text)
        self.assertIn("other", text)

    def test_two_revisions_are_compared_under_the_base_configuration(self):
        self.slower()
        document, wall = self.nap("work", "--against", "main", "--rounds", "6")
        self.assertEqual(document["config_source"], "base commit")
        self.assertIn(wall["change"]["answer"], ["worse", "slightly_worse"])  # on a busy machine
        self.assertGreater(wall["change"]["percent"], 50)

    def test_a_modification_is_held_against_its_base(self):
        modification = self.propose(self.target, {"nap.sh": "sleep 0.01; echo done\n"})
        document, wall = self.nap(modification, "--rounds", "6")
        self.assertEqual(document["against"]["commit"], self.target.rev("HEAD"))
        self.assertIn(wall["change"]["answer"], ["better", "slightly_better"])

    def test_a_drawing_is_well_formed(self):
        path = self.home / "nap.svg"
        self.slower()
        self.automod(self.target, "bench", "work", "--against", "main", "--rounds", "4",
                     "--svg", str(path))
        self.assertTrue(xml.etree.ElementTree.parse(path).getroot().tag.endswith("svg"))

    def test_a_benchmark_that_fails_is_said(self):
        self.target.commit({"nap.sh": "exit 3\n"}, "broken")
        outcome = self.automod(self.target, "bench", "--only", "nap", code=1)
        self.assertIn("failed", outcome.out)

    def test_names_that_do_not_exist(self):
        self.automod(self.target, "bench", "nowhere", code=2)
        outcome = self.automod(self.target, "bench", "--only", "nab", code=2)
        self.assertIn("did you mean 'nap'", outcome.err)


if __name__ == "__main__":
    main(needs_sandbox=True)
