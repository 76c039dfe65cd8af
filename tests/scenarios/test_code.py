"""index, map: what is known of the code."""

import unittest

from harness import Scenario, main

FILES = {
    "core.py": "def load(path):\n    return path\n\n\ndef unused():\n    pass\n",
    "a.py": "import core\n\n\ndef first():\n    return core.load(1)\n",
    "b.py": "import core\n\n\ndef second():\n    return core.load(2)\n",
    "notes.txt": "nothing to read\n",
}


class Index(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(FILES)

    def index(self, *args):
        return self.automod(self.target, "index", *args, "--json").json()

    def test_what_has_not_changed_is_not_read_again(self):
        document = self.index()
        self.assertEqual((document["files"], document["other_files"], document["read"]), (3, 1, 3))
        self.assertEqual(self.index()["read"], 0)
        self.target.commit({"a.py": "def first():\n    pass\n"})
        self.assertEqual(self.index()["read"], 1)
        self.assertEqual(self.index("HEAD~1")["read"], 0)

    def test_another_clone_has_nothing_to_read(self):
        self.index()
        other = self.repo(FILES, name="other")
        self.assertEqual(self.automod(other, "index", "--json").json()["read"], 0)

    def test_what_is_left_out_is_named(self):
        self.target.commit({"data.c": "int a;\0\n"})
        outcome = self.automod(self.target, "index")
        self.assertIn("left out: 1 file\n  binary  data.c\n", outcome.out)

    def test_rubbish_in_its_place_is_made_anew(self):
        self.index()
        file = self.home / "cache" / "automod" / "index" / "facts.db"
        file.write_bytes(b"rubbish" * 1000)
        self.assertEqual(self.index()["read"], 3)

    def test_an_unknown_revision(self):
        self.automod(self.target, "index", "nowhere", code=2)


class Map(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(FILES)

    def map(self, *args):
        return self.automod(self.target, "map", *args, "--json").json()

    def test_what_others_use_comes_first(self):
        document = self.map()
        self.assertEqual(document["files"][0]["path"], "core.py")
        self.assertEqual(document["files"][0]["symbols"][0]["signature"], "def load(path):")
        self.assertAlmostEqual(sum(file["rank"] for file in document["files"]), 1, places=6)

    def test_it_stays_within_its_budget(self):
        document = self.map("--budget", "10")
        self.assertLessEqual(document["tokens"], 10)
        self.assertEqual(document["symbols_in_map"], 1)
        self.assertEqual(document["symbols"], 4)

    def test_the_text(self):
        outcome = self.automod(self.target, "map", "--budget", "10")
        self.assertEqual(outcome.out, "core.py\n  1: def load(path):\n")
        self.assertIn("1 of 4 definitions, about", outcome.err)

    def test_a_focus_moves_the_ranks(self):
        def rank(document, path):
            return [file["rank"] for file in document["files"] if file["path"] == path][0]
        plain, focused = self.map(), self.map("--focus", "b.py:second")
        self.assertGreater(rank(focused, "b.py"), rank(plain, "b.py"))
        self.assertLess(rank(focused, "a.py"), rank(plain, "a.py"))

    def test_an_unknown_focus_says_what_is_near(self):
        outcome = self.automod(self.target, "map", "--focus", "secnd", code=2)
        self.assertIn("did you mean 'second'?", outcome.err)


if __name__ == "__main__":
    main()
