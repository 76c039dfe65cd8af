"""gate: the verdict on a range or a patch, in the exit code."""

import json
import pathlib
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

from harness import (FAILS_BUILD, FAILS_TESTS, GOOD, PROGRAM, ROOT, SHELL_TARGET, Repo, Scenario,
                     main)
from sarif import check_sarif

CI = ROOT / "docs" / "ci"


def obeyed(log):
    """The workflow commands that GitHub's runner would obey in a log, whoever wrote them."""
    commands, token = [], None
    for line in log.splitlines():
        line = line.lstrip()
        if token is None and line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif token is not None and line == f"::{token}::":
            token = None
        elif token is None and (line.startswith("::") or "##[" in line):
            commands.append(line)
    return commands


class Gate(Scenario):
    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)
        self.base = self.target.rev("HEAD")

    def branch(self, files):
        self.target.git("checkout", "--quiet", "-b", "work")
        self.target.commit(files, "work")
        self.target.untidy()

    def test_a_good_range_passes(self):
        self.branch(GOOD)
        outcome = self.automod(self.target, "gate", "main..work")
        self.assertRegex(outcome.out, r"\Agate: approved")

    def test_a_bad_range_is_rejected(self):
        self.branch(FAILS_TESTS)
        document = self.automod(self.target, "gate", "main..work", "--json", code=1).json()
        self.assertEqual(document["exit_code"], 1)

    def test_three_dots_begin_at_the_merge_base(self):
        self.branch(GOOD)
        self.target.git("stash", "drop", "--quiet")
        self.target.git("branch", "--force", "elsewhere", "main")
        document = self.automod(self.target, "gate", "elsewhere...work", "--json").json()
        self.assertEqual(document["tried"]["listed"]["modification"]["base_commit"], self.base)

    def test_a_patch(self):
        self.target.untidy()
        self.automod(self.target, "gate", "--patch", "-", text=self.target.patch(GOOD))
        self.automod(self.target, "gate", "--patch", "-", text=self.target.patch(FAILS_TESTS),
                     code=1)

    def test_an_unknown_revision(self):
        outcome = self.automod(self.target, "gate", "main..nowhere", "--json", code=2)
        self.assertEqual(outcome.json()["kind"], "usage")

    def test_the_verdict_as_sarif(self):
        self.branch(FAILS_TESTS)
        path = self.home / "gate.sarif"
        self.automod(self.target, "gate", "main..work", "--sarif", str(path), code=1)
        log = json.loads(path.read_text())
        check_sarif(log)
        levels = {result["level"] for result in log["runs"][0]["results"]}
        self.assertIn("error", levels)

    def test_text_comes_at_the_dash_of_one_report_only(self):
        self.branch(FAILS_TESTS)
        outcome = self.automod(self.target, "gate", "main..work", "--sarif", "-", code=1)
        check_sarif(json.loads(outcome.out))
        self.automod(self.target, "gate", "main..work", "--sarif", "-", "--junit", "-", code=2)
        self.automod(self.target, "gate", "main..work", "--sarif", "-", "--json", code=2)

    def test_reports_for_ci(self):
        self.branch(FAILS_TESTS)
        junit, quality, page = (self.home / name for name in ["j.xml", "q.json", "page.md"])
        page.write_text("from a step before\n")
        self.automod(self.target, "gate", "main..work", "--junit", str(junit),
                     "--codequality", str(quality), code=1,
                     env={"GITHUB_STEP_SUMMARY": str(page)})
        suite = xml.etree.ElementTree.parse(junit).getroot().find("testsuite")
        failed = [case.get("name") for case in suite if case.find("failure") is not None]
        self.assertEqual(failed[:2], ["verdict", "tests_failed"])
        issues = json.loads(quality.read_text())
        self.assertIn(("tests_failed", "word.txt"),
                      {(issue["check_name"], issue["location"]["path"]) for issue in issues})
        text = page.read_text()
        self.assertTrue(text.startswith("from a step before\n## automod: rejected\n"), text)
        self.assertIn("`tests_failed`", text)

    def test_reports_say_so_when_nothing_could_be_judged(self):
        page = self.home / "page.md"
        self.automod(self.target, "gate", "main..nowhere", "--markdown", str(page), code=2)
        self.assertIn("not judged", page.read_text())


class Ways(Scenario):
    """What can be handed to the gate."""

    def setUp(self):
        super().setUp()
        self.target = self.repo(SHELL_TARGET)

    def test_each_commit_on_its_own(self):
        self.target.git("checkout", "--quiet", "-b", "work")
        self.target.commit(GOOD, "a good one")
        self.target.commit(FAILS_TESTS, "a bad one")
        self.target.commit({}, "an empty one")
        self.target.commit(GOOD, "a mending one")
        outcome = self.automod(self.target, "gate", "main..work", "--each", code=1)
        gates = [line.split()[1].rstrip(",") for line in outcome.out.splitlines()
                 if line.startswith("gate: ")]
        self.assertEqual(gates, ["approved", "rejected", "it", "approved"], outcome)
        self.assertIn("4 commits: 1 rejected, 2 approved, 1 no change\n", outcome.out)
        # As one the range is what it comes to.
        self.automod(self.target, "gate", "main..work")

    def test_no_commit_has_a_say_in_how_the_next_is_judged(self):
        self.target.git("checkout", "--quiet", "-b", "work")
        lax = SHELL_TARGET["automod.toml"].replace("sh test.sh", "true")
        self.target.commit({"automod.toml": lax}, "test less")
        self.target.commit(FAILS_TESTS, "break it")
        both = self.automod(self.target, "gate", "main..work", "--each", code=1)
        self.assertRegex(both.out, r"break it\ngate: rejected")

    def test_what_is_staged(self):
        self.automod(self.target, "gate", "--staged", code=2)
        self.target.write(FAILS_TESTS)
        self.automod(self.target, "gate", "--staged", code=2)  # changed, not staged
        self.target.git("add", "word.txt")
        self.automod(self.target, "gate", "--staged", code=1)
        self.target.write(GOOD)
        self.target.git("add", "word.txt")
        self.target.write(FAILS_BUILD)
        self.automod(self.target, "gate", "--staged")

    def test_a_hook_before_commits_sees_the_index_that_is_committed(self):
        hook = self.target.folder / ".git" / "hooks" / "pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\nexec '{PROGRAM}' gate --staged\n")
        hook.chmod(0o755)
        before = self.target.rev("HEAD")
        self.target.write(FAILS_TESTS)
        self.target.git("commit", "--all", "--message", "bad", check=False)
        self.assertEqual(self.target.rev("HEAD"), before)
        self.target.write(GOOD)
        self.target.git("commit", "--all", "--message", "good")
        self.assertNotEqual(self.target.rev("HEAD"), before)

    def test_ways_that_do_not_go_together(self):
        for words in [[], ["--staged", "--patch", "x"], ["a..b", "--staged"],
                      ["--staged", "--each"], ["--staged", "--base", "HEAD"],
                      ["a..b", "--base", "HEAD"]]:
            self.automod(self.target, "gate", *words, code=2)

    def test_a_branch_that_fell_behind_is_remarked_upon(self):
        self.target.git("branch", "work")
        self.target.commit({"notes.txt": "newer\n"}, "main moves on")
        self.target.git("checkout", "--quiet", "work")
        self.target.commit(GOOD, "work")
        self.assertIn("main...work", self.automod(self.target, "gate", "main..work").err)
        self.assertNotIn("main...work", self.automod(self.target, "gate", "main...work").err)

    def test_a_shallow_clone_says_what_is_missing(self):
        for number in range(4):
            self.target.commit({"notes.txt": f"{number}\n"}, f"note {number}")
        self.target.git("clone", "--quiet", "--depth=2", f"file://{self.target.folder}",
                        str(self.home / "clone"))
        clone = Repo(self.home / "clone", self.env)
        deep = self.automod(clone, "gate", "HEAD~4..HEAD", code=3)
        self.assertIn("git fetch --deepen=3", deep.err)
        self.automod(clone, "gate", "HEAD~1..HEAD")
        gone = self.automod(clone, "gate", "origin/gone..HEAD", code=3)
        self.assertIn("git fetch", gone.err)
        each = self.automod(clone, "gate", "HEAD~1..HEAD", "--each")
        self.assertIn("1 commit: 1 approved", each.out)
        clone.git("fetch", "--quiet", "--deepen=3")
        self.automod(clone, "gate", "HEAD~4..HEAD")


class Hostile(Scenario):
    """Text of a change that wants to be taken for something else."""

    def setUp(self):
        super().setUp()
        self.target = self.repo({**SHELL_TARGET, "test.sh": "cat build/word.txt\n"
                                                            "grep -q hello build/word.txt\n"})
        self.target.git("checkout", "--quiet", "-b", "work")
        self.target.commit({"word.txt": "::set-output name=a::b\n##[error]x\n::add-mask::e\n",
                            "::error::, file%0A.txt": "x\n"}, "::error::subject @everybody")

    def test_the_runner_obeys_our_annotations_and_nothing_else(self):
        outcome = self.automod(self.target, "gate", "main..work", "--each", "--annotations",
                               "github", code=1)
        self.assertIn("| ::add-mask::e", outcome.out)
        commands = obeyed(outcome.out)
        self.assertTrue(commands)
        for command in commands:
            self.assertRegex(command,
                             r"^::(error|warning) file=[^:,]*,.*title=automod%3A [a-z_]+::")

    def test_with_a_document_on_stdout_annotations_are_on_stderr(self):
        outcome = self.automod(self.target, "gate", "main..work", "--junit", "-", "--annotations",
                               "github", code=1)
        xml.etree.ElementTree.fromstring(outcome.out)
        self.assertTrue(obeyed(outcome.err))


class Examples(Scenario):
    """docs/ci/, as far as one machine can run it."""

    def setUp(self):
        super().setUp()
        tools = self.home / "bin"
        tools.mkdir()
        (tools / "automod").symlink_to(pathlib.Path(shutil.which(PROGRAM) or PROGRAM).resolve())
        self.env["PATH"] = f"{tools}:/usr/bin:/bin"
        self.target = self.repo(SHELL_TARGET)
        self.target.git("clone", "--quiet", "--bare", ".", str(self.home / "other.git"))
        self.target.git("remote", "add", "origin", str(self.home / "other.git"))
        self.target.git("fetch", "--quiet", "origin")
        self.target.git("remote", "set-head", "origin", "main")

    def push(self, *words):
        done = subprocess.run(["git", "push", "--quiet", "origin", *words], cwd=self.target.folder,
                              env=self.env, text=True, check=False, capture_output=True)
        return done.returncode == 0, done.stdout + done.stderr

    def test_the_hook_before_pushes(self):
        hooks = self.target.folder / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        shutil.copy(CI / "pre-push", hooks / "pre-push")
        self.assertTrue(self.push("main")[0], "nothing to push")
        self.target.git("checkout", "--quiet", "-b", "work")
        self.target.commit(GOOD, "good")
        self.assertTrue(self.push("work")[0], "a new branch")
        good = self.target.rev("HEAD")
        self.target.commit(FAILS_TESTS, "bad")
        pushed, said = self.push("work")
        self.assertFalse(pushed, said)
        self.assertIn("gate: rejected", said)
        self.assertIn("--no-verify", said)
        self.target.git("checkout", "--quiet", "-b", "other", good)
        self.assertTrue(self.push("other")[0], "the same commit under another name")
        self.assertTrue(self.push(":work")[0], "a branch that goes")

    def script(self, name, *path):
        try:
            import yaml
        except ImportError:
            self.skipTest("no module yaml")
        found = yaml.safe_load((CI / name).read_text())
        for key in path:
            found = found[key]
        return found

    def run_script(self, text, **env):
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", text], cwd=self.target.folder,
                              env={**self.env, **env}, text=True, check=False, capture_output=True)
        return done.returncode, done.stdout + done.stderr

    def test_the_job_for_github(self):
        steps = self.script("github-actions.yml", "jobs", "gate", "steps")
        gate = next(step["run"] for step in steps if step.get("name") == "gate")
        base = self.target.rev("HEAD")
        for files, approved, code in [(GOOD, "false", 0), (FAILS_TESTS, "true", 1),
                                      ({"test.sh": "grep -q hello build/word.txt\n"}, "false", 4),
                                      ({"test.sh": "grep -q hello build/word.txt\n"}, "true", 0)]:
            self.target.git("checkout", "--quiet", "--detach", base)
            head = self.target.commit(files, "work")
            ended, said = self.run_script(gate, BASE=base, HEAD=head, APPROVED=approved)
            self.assertEqual(ended, code, said)
            log = self.target.folder / "automod.sarif"
            check_sarif(json.loads(log.read_text()))
            log.unlink()

    def test_the_job_for_gitlab(self):
        lines = self.script("gitlab-ci.yml", "automod", "script")
        base = self.target.rev("HEAD")
        head = self.target.commit(FAILS_TESTS, "work")
        code, said = self.run_script("\n".join(lines), CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
                                     CI_COMMIT_SHA=head)
        self.assertEqual(code, 1, said)
        reports = self.script("gitlab-ci.yml", "automod", "artifacts", "reports")
        for name in reports.values():
            self.assertTrue((self.target.folder / name).stat().st_size > 0)


if __name__ == "__main__":
    main(needs_sandbox=True)
