"""key: who signs, and how others check it."""

import os
import stat
import subprocess
import unittest

from harness import Scenario, main


class Key(Scenario):
    def setUp(self):
        super().setUp()
        self.env["GIT_CONFIG_GLOBAL"] = str(self.home / "gitconfig")
        self.config = self.home / "config" / "automod"
        self.private = self.config / "keys" / "signing"

    def configure(self, *words):
        self.tool("git", "config", "--global", *words)

    def tool(self, *words, text=None):
        done = subprocess.run(words, cwd=self.home, env=self.env, input=text, text=True,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def run_key(self, *words, code=0):
        outcome = self.run_anywhere("key", *words)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def make(self, *words):
        return self.run_key("init", "--name", "jane@example.org", "--json", *words).json()


class Init(Key):
    def test_makes_a_key_that_ssh_keygen_knows(self):
        made = self.make()
        self.assertEqual(made["file"], str(self.private))
        self.assertFalse(made["completed"])
        self.assertEqual(self.tool("ssh-keygen", "-y", "-f", made["file"]).strip(), made["line"])
        self.assertIn(made["key"], self.tool("ssh-keygen", "-l", "-f", made["public_file"]))
        self.assertEqual(stat.S_IMODE(os.stat(made["file"]).st_mode), 0o600)

    def test_says_what_git_needs_to_hear(self):
        text = self.run_key("init", "--name", "jane@example.org").out
        for line in text.splitlines():
            if line.strip().startswith("git config"):
                self.tool(*line.split())
        self.assertEqual(self.tool("git", "config", "gpg.ssh.allowedSignersFile").strip(),
                         str(self.config / "allowed_signers"))
        repo = self.repo({"a.txt": "a\n"})
        repo.commit({"a.txt": "b\n"})  # with commit.gpgsign, as it said
        repo.git("verify-commit", "HEAD")
        self.assertEqual(repo.git("log", "-1", "--format=%GS").strip(), "jane@example.org")

    def test_a_list_of_signers_that_git_has_is_added_to(self):
        signers = self.home / "signers"
        self.configure("gpg.ssh.allowedSignersFile", str(signers))
        self.assertIn(f"automod key show --signers >> {signers}",
                      self.run_key("init", "--name", "jane@example.org").out)

    def test_belongs_to_whom_git_knows(self):
        self.configure("user.email", "git@example.org")
        self.assertEqual(self.run_key("init", "--json").json()["principal"], "git@example.org")

    def test_nobody_known(self):
        outcome = self.run_key("init", code=2)
        self.assertIn("--name you@example.org", outcome.err)
        self.assertFalse(self.private.exists())

    def test_a_name_that_is_none(self):
        self.run_key("init", "--name", "two words", code=2)
        self.assertFalse(self.config.exists())

    def test_never_replaces_a_key(self):
        made = self.make()
        before = self.private.read_bytes()
        outcome = self.run_key("init", "--name", "other@example.org", code=5)
        self.assertIn(made["key"], outcome.err)
        self.assertEqual(self.private.read_bytes(), before)

    def test_completes_what_was_cut_off(self):
        made = self.make()
        (self.config / "allowed_signers").unlink()
        again = self.make()
        self.assertTrue(again["completed"])
        self.assertEqual(again["key"], made["key"])


class List(Key):
    def test_nothing(self):
        document = self.run_key("list", "--json").json()
        self.assertEqual((document["keys"], document["signs"]), ([], None))
        self.assertIn("run: automod key init", self.run_key("list").out)

    def test_own_key_and_that_of_git(self):
        made = self.make()
        self.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.home / "k"))
        self.configure("gpg.format", "ssh")
        self.configure("user.signingkey", str(self.home / "k"))
        document = self.run_key("list", "--json").json()
        self.assertEqual(document["signs"], "automod")
        self.assertEqual([row["source"] for row in document["keys"]], ["automod", "git"])
        self.assertEqual(document["keys"][0]["key"], made["key"])
        self.assertIn(document["keys"][1]["key"],
                      self.tool("ssh-keygen", "-l", "-f", str(self.home / "k")))
        (self.config / "signing.toml").write_text('with = "git"\n')
        self.assertEqual(self.run_key("list", "--json").json()["signs"], "git")
        self.assertIn("signing.toml says", self.run_key("list").out)

    def test_a_key_that_cannot_sign_says_why(self):
        self.make()
        self.private.chmod(0o644)
        row = self.run_key("list", "--json").json()["keys"][0]
        self.assertIn("others can use this key", row["problem"])
        self.assertTrue(row["hint"].startswith("chmod 600 "))

    def test_a_repository_says_nothing(self):
        repo = self.repo({"a.txt": "a\n"})
        repo.git("config", "gpg.format", "ssh")
        repo.git("config", "user.signingkey", "/etc/passwd")
        repo.git("config", "commit.gpgsign", "true")
        document = self.automod(repo, "key", "list", "--json").json()
        self.assertEqual((document["keys"], document["signs"]), ([], None))


class Show(Key):
    def test_lines(self):
        made = self.make()
        self.assertEqual(self.run_key("show").out, made["line"] + "\n")
        line = self.run_key("show", "--signers").out
        self.assertEqual(line, (self.config / "allowed_signers").read_text())
        document = self.run_key("show", "--json").json()
        self.assertEqual(document["signers_line"] + "\n", line)
        self.assertEqual(document["source"], "automod")

    def test_without_a_key(self):
        outcome = self.run_key("show", code=3)
        self.assertIn("hint: run: automod key init", outcome.err)


if __name__ == "__main__":
    main()
