"""The sandbox by itself: run, test, backends."""

import os
import pty
import subprocess
import unittest

from harness import Scenario, main


class Sandbox(Scenario):
    def run_in(self, *args, cwd=None, env=None, code=0):
        outcome = self.run_anywhere("sandbox", "run", *args, cwd=cwd, env=env)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def folder(self, files, name="work"):
        folder = self.home / name
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content)
        return folder


class Run(Sandbox):
    def test_sees_the_current_folder_and_changes_nothing(self):
        folder = self.folder({"a.txt": "here\n"})
        outcome = self.run_in("--", "sh", "-c", "cat a.txt; echo new > a.txt; echo b > b.txt; "
                              "cat a.txt; ls", cwd=folder)
        self.assertEqual(outcome.out, "here\nnew\na.txt\nb.txt\n")
        self.assertEqual(outcome.err, "")
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["a.txt"])
        self.assertEqual((folder / "a.txt").read_text(), "here\n")

    def test_the_work_folder_itself_where_that_is_asked_for(self):
        folder = self.folder({"a.txt": "here\n"})
        self.run_in("--mount", "folder", "sh", "-c", "echo new > a.txt", cwd=folder)
        self.assertEqual((folder / "a.txt").read_text(), "new\n")

    def test_changes_of_an_overlay_can_be_kept(self):
        folder = self.folder({"a.txt": "here\n", "b.txt": "b\n"})
        self.run_in("--changes", "../kept", "-C", str(folder), "sh", "-c", "echo new > a.txt")
        self.assertEqual((folder / "a.txt").read_text(), "here\n")
        kept = self.home / "kept" / "files"
        self.assertEqual((kept / "a.txt").read_text(), "new\n")
        self.assertEqual([path.name for path in kept.iterdir()], ["a.txt"])
        again = self.run_in("--changes", "../kept", "-C", str(folder), "cat", "a.txt")
        self.assertEqual(again.out, "new\n")

    def test_a_run_that_was_refused_leaves_nothing(self):
        folder = self.folder({"a.txt": "here\n"})
        self.run_in("--changes", "below", "--", "true", cwd=folder, code=2)
        self.assertEqual([path.name for path in folder.iterdir()], ["a.txt"])

    def test_options_behind_the_command_are_the_command_s(self):
        outcome = self.run_in("echo", "--mount", "-C", "", "--help", "--")
        self.assertEqual(outcome.out, "--mount -C  --help --\n")

    def test_output_is_passed_on_byte_for_byte(self):
        done = subprocess.run(
            self.command("sandbox", "run", "--", "printf", r"\033[31m\377\000red"),
            cwd=self.home, env=self.env, check=False, stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, b"\x1b[31m\xff\x00red")

    def test_output_is_escaped_on_a_terminal(self):
        leader, follower = pty.openpty()
        subprocess.run(self.command("sandbox", "run", "--", "printf", r"\033]0;title\007red"),
                       cwd=self.home, env=self.env, check=False, stdin=subprocess.DEVNULL,
                       stdout=follower, stderr=subprocess.PIPE)
        os.close(follower)
        self.assertEqual(os.read(leader, 1000), rb"\x1b]0;title\x07red")
        os.close(leader)

    def test_exit_code_is_the_command_s(self):
        self.run_in("--", "sh", "-c", "exit 7", code=7)
        self.run_in("--", "sh", "-c", "kill -9 $$", code=137)

    def test_a_limit_that_was_hit_is_named(self):
        outcome = self.run_in("--seconds", "1", "--", "sleep", "60", code=124)
        self.assertEqual(outcome.err,
                         "automod: the command was stopped at its limit of 1 s (--seconds)\n")
        outcome = self.run_in("--memory-mb", "32", "--", "sh", "-c",
                              "x=x; while :; do x=$x$x$x; done", code=137)
        self.assertIn("32 MB of memory (--memory-mb)", outcome.err)

    def test_a_command_that_is_not_there(self):
        document = self.run_in("--json", "--", "no-such-program", code=127).json()
        self.assertEqual(document["outcome"], "exited")

    def test_nothing_of_the_caller_s_is_seen(self):
        secret = {"SECRET": "do not tell"}
        outcome = self.run_in("--", "sh", "-c", "env; cat /proc/1/environ; ls /home /root",
                              env=secret, code=2)
        self.assertNotIn("do not tell", outcome.out + outcome.err)
        outcome = self.run_in("--env", "SECRET", "--env", "A=b", "--", "sh", "-c",
                              "echo $SECRET $A", env=secret)
        self.assertEqual(outcome.out, "do not tell b\n")

    def test_files_are_brought_back_by_name(self):
        outcome = self.run_in("--mount", "tmpfs", "--collect", "deep/a", "--collect", "link",
                              "--out", "out", "--json", "--", "sh", "-c",
                              "mkdir deep; echo a > deep/a; ln -s /etc/passwd link", code=1)
        self.assertEqual((self.home / "out" / "deep" / "a").read_text(), "a\n")
        self.assertFalse((self.home / "out" / "link").exists())
        rows = outcome.json()["artifacts"]
        self.assertEqual([row["name"] for row in rows], ["deep/a", "link"])
        self.assertIsNone(rows[0]["refused"])
        self.assertTrue(rows[1]["refused"])
        self.assertIn("link was not brought back", outcome.err)

    def test_as_a_document(self):
        document = self.run_in("--json", "--", "sh", "-c", "echo out; echo err >&2; exit 3",
                               code=3).json()
        self.assertEqual((document["stdout"], document["stderr"]), ("out\n", "err\n"))
        self.assertEqual(document["exit_code"], 3)
        self.assertGreater(document["costs"]["setup_us"], 0)
        self.assertGreater(document["costs"]["run_us"], 0)
        self.assertGreater(document["costs"]["peak_memory_bytes"], 0)

    def test_a_policy_is_a_file(self):
        folder = self.folder({"p.toml": "[sandbox]\nenvironment = { A = 'b' }\nuser = 4242\n"
                                        "[limits]\nseconds = 1\n"})
        outcome = self.run_in("--policy", "p.toml", "--", "sh", "-c", "echo $A; id -u; sleep 60",
                              cwd=folder, code=124)
        self.assertEqual(outcome.out, "b\n4242\n")

    def test_an_automod_toml_is_a_policy(self):
        folder = self.folder({"automod.toml": "version = 1\n[project]\nbuild = 'make'\n"
                                              "[limits]\nprocesses = 2\n"})
        self.run_in("--policy", "automod.toml", "--", "true", cwd=folder)

    def test_a_wrong_policy_is_a_usage_error(self):
        folder = self.folder({"p.toml": "[limits]\nmemory = 3\n"})
        outcome = self.run_in("--policy", "p.toml", "--", "true", cwd=folder, code=2)
        self.assertIn("p.toml:2:1: unknown key 'memory' in [limits]", outcome.err)

    def test_what_cannot_be_enforced_is_refused(self):
        outcome = self.run_in("--mount", "folder", "--require", "disk", "--json", "--", "true",
                              code=3)
        self.assertEqual(outcome.json()["kind"], "unavailable")

    def test_a_folder_that_holds_the_cache_is_not_copied_into_it(self):
        outcome = self.run_in("--mount", "copy", "--", "sh", "-c", "touch made; ls made")
        self.assertEqual(outcome.out, "made\n")

    def test_works_in_no_repository_and_touches_none(self):
        repo = self.repo({"a.txt": "a\n"})
        repo.untidy()
        self.automod(repo, "sandbox", "run", "--", "sh", "-c", "rm -rf .git *")


class Backends(Sandbox):
    def test_the_strongest_that_works_is_used_unasked(self):
        outcome = self.run_anywhere("sandbox", "backends", "--json")
        document = outcome.json()
        rows = {row["name"]: row for row in document["backends"]}
        self.assertEqual(list(rows), ["native", "bwrap", "oci", "podman", "docker"])
        working = [name for name in ("native", "bwrap", "oci") if rows[name]["works"]]
        self.assertEqual(document["chosen"], working[0] if working else None)
        self.assertEqual(outcome.code, 0 if working else 3)
        for row in rows.values():
            self.assertNotEqual(row["facts"] is None, row["works"])
            self.assertNotEqual(row["problem"] is None, not row["works"])

    def test_each_that_works_runs_a_command_the_same_way(self):
        folder = self.folder({"a.txt": "here\n"})
        for row in self.run_anywhere("sandbox", "backends", "--json").json()["backends"]:
            if not row["works"]:
                continue
            document = self.run_in("--backend", row["name"], "--mount", "copy", "--json",
                                   "--", "sh", "-c", "id -u; pwd; cat a.txt; exit 5",
                                   cwd=folder, code=5).json()
            self.assertEqual(document["facts"]["backend"], row["name"])
            self.assertEqual(document["stdout"], "1000\n/tree\nhere\n")

    def test_an_unknown_backend(self):
        outcome = self.run_in("--backend", "nativ", "--", "true", code=2)
        self.assertIn("did you mean 'native'?", outcome.err)


class Test(Sandbox):
    def test_one_group_on_one_backend(self):
        outcome = self.run_anywhere("sandbox", "test", "--backend", "native", "--only",
                                    "read-canary", "--json")
        self.assertEqual(outcome.code, 0, outcome)
        [tested] = outcome.json()["backends"]
        self.assertEqual((tested["contained"], tested["exposed"]), (1, 0))
        [row] = tested["attacks"]
        self.assertEqual((row["name"], row["verdict"], row["control"]),
                         ("read-canary", "contained", "worked"))

    def test_as_a_table(self):
        outcome = self.run_anywhere("sandbox", "test", "--backend", "native", "--only",
                                    "read-canary", "--quiet")
        lines = outcome.out.splitlines()
        self.assertRegex(lines[0], r"^  attack +control +native$")
        self.assertRegex(outcome.out, r"(?m)^  read-canary +worked +contained  ")
        self.assertRegex(lines[-1], r"^native: 1 contained, 0 exposed, 0 skipped; ")
        self.assertEqual(outcome.err, "")

    def test_an_unknown_attack(self):
        outcome = self.run_anywhere("sandbox", "test", "--only", "read-canry")
        self.assertEqual(outcome.code, 2)
        self.assertIn("did you mean 'read-canary'?", outcome.err)

    def test_a_backend_that_is_not_there(self):
        outcome = self.run_anywhere("sandbox", "test", "--backend", "podman", "--image",
                                    "localhost/automod-no-such-image", "--json")
        self.assertEqual(outcome.code, 3, outcome)


if __name__ == "__main__":
    main(needs_sandbox=True)
