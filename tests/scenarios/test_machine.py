"""init and doctor."""

import unittest

from harness import SHELL_TARGET, Scenario, main

CMAKE = {"CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(x CXX)\n"
                           "enable_testing()\nadd_executable(x x.cpp)\nadd_test(NAME x COMMAND x)\n",
         "x.cpp": "int main() {}\n"}


class Init(Scenario):
    def test_writes_what_was_detected_and_nothing_else(self):
        repo = self.repo(CMAKE)
        repo.untidy()
        outcome = self.automod(repo, "init", changed=["automod.toml"])
        text = (repo.folder / "automod.toml").read_text()
        self.assertIn("cmake", text)
        self.assertIn("wrote ", outcome.out)
        self.assertIn("next: ", outcome.out)

    def test_the_file_is_read_back_by_the_other_commands(self):
        repo = self.repo(CMAKE)
        self.automod(repo, "init", changed=["automod.toml"])
        repo.commit(message="configure")
        self.propose(repo, {"x.cpp": "int main() { return 0; }\n"})

    def test_does_not_replace_unless_forced(self):
        repo = self.repo({**CMAKE, "automod.toml": "version = 1\n"})
        outcome = self.automod(repo, "init", code=2)
        self.assertIn("exists already", outcome.err)
        self.assertIn("automod init --force", outcome.err)
        document = self.automod(repo, "init", "--force", "--json",
                                changed=["automod.toml"]).json()
        self.assertTrue(document["replaced"])
        self.assertIn("cmake", document["config"]["build"])

    def test_writes_at_the_root_from_a_folder_below(self):
        repo = self.repo({**CMAKE, "deep/er/file.txt": "x\n"})
        self.automod(repo, "-C", "deep/er", "init", changed=["automod.toml"])
        self.assertTrue((repo.folder / "automod.toml").is_file())

    def test_a_project_it_does_not_know(self):
        repo = self.repo({"poem.txt": "roses\n"})
        document = self.automod(repo, "init", "--json", changed=["automod.toml"]).json()
        self.assertIsNone(document["config"]["build"])

    def test_a_bare_repository_has_no_place_for_it(self):
        repo = self.repo(CMAKE)
        repo.git("clone", "--quiet", "--bare", ".", str(self.home / "bare.git"))
        outcome = self.run_anywhere("-C", str(self.home / "bare.git"), "init", "--json")
        self.assertEqual(outcome.code, 2, outcome)


class Doctor(Scenario):
    def test_exit_code_says_whether_trials_can_run(self):
        outcome = self.run_anywhere("doctor", "--json")
        document = outcome.json()
        self.assertEqual(outcome.code, 0 if document["can_run_trials"] else 3)
        self.assertEqual([group["name"] for group in document["groups"]],
                         ["sandbox", "backends", "tools", "places"])

    def test_what_is_missing_has_a_remedy(self):
        for group in self.run_anywhere("doctor", "--json").json()["groups"]:
            for condition in group["conditions"]:
                self.assertTrue(condition["ok"] or condition["remedy"], condition)

    def test_text_ends_with_the_answer(self):
        outcome = self.run_anywhere("doctor")
        self.assertRegex(outcome.out.splitlines()[-1], r"^(ready|not ready): ")

    def test_needs_no_repository_and_touches_none(self):
        repo = self.repo(SHELL_TARGET)
        repo.untidy()
        before = repo.snapshot()
        self.run_anywhere("doctor", cwd=repo.folder)
        self.assertEqual(repo.snapshot(), before)


if __name__ == "__main__":
    main()
