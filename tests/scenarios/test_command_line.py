"""What the program does before it looks at any repository."""

import os
import pty
import subprocess
import unittest

from harness import Scenario, main

COMMANDS = ["init", "doctor", "analyze", "propose", "ask", "fix", "optimize", "models", "list",
            "show", "try", "explain", "bench", "gate", "index", "map", "conventions", "impact",
            "api", "context", "apply", "merge", "rollback", "undo", "approve", "review", "watch",
            "feedback", "verify", "recover", "log", "log export", "completion",
            "help"]
FAMILIES = ["prompt list", "prompt show", "rules list", "rules show", "rules test", "key init", "key list",
            "key show", "sandbox run", "sandbox test", "sandbox backends", "cache show", "cache prune"]


class Loading(Scenario):
    """What the loader does before the first line of ours takes longer than most commands."""

    def loader(self, what):
        outcome = self.run_anywhere("--version", env={"LD_DEBUG": what})
        self.assertEqual(outcome.code, 0, outcome)
        return outcome.err.splitlines()

    def test_no_compiler_is_loaded(self):
        loaded = [line for line in self.loader("files") if "calling init: " in line]
        self.assertTrue(any("libgit2" in line for line in loaded), "the loader says nothing")
        self.assertEqual([line for line in loaded if "libLLVM" in line or "libclang" in line], [])

    def test_the_reader_of_certificates_is_ours(self):
        name = "`mbedtls_x509_crt_parse_file'"
        bound = [line for line in self.loader("bindings") if line.endswith(name)]
        bound = [line for line in bound if "binding file " in line and "libgit2" in line]
        self.assertTrue(bound, "libgit2 has no such reader any more")
        self.assertTrue(all("automod [0]: " in line for line in bound), bound)


class UsageErrors(Scenario):
    def check_usage(self, words, message):
        outcome = self.run_anywhere(*words)
        self.assertEqual(outcome.code, 2, outcome)
        self.assertEqual(outcome.out, "")
        self.assertEqual(outcome.err.splitlines()[0], f"automod: error: {message}")
        self.assertIn("automod: hint: ", outcome.err)
        self.assertEqual(self.run_anywhere(*words, "--json").json()["message"], message)

    def test_misspelt_command(self):
        self.check_usage(["anlyze"], "unknown command 'anlyze', did you mean 'analyze'?")

    def test_misspelt_option(self):
        self.check_usage(["analyze", "--goall", "fix_bugs"],
                         "unknown option '--goall', did you mean '--goal'?")

    def test_misspelt_value(self):
        self.check_usage(["analyze", "--goal", "fix_bug"],
                         "unknown goal 'fix_bug', did you mean 'fix_bugs'?")

    def test_missing_operand(self):
        for command in ["show", "explain", "try", "apply"]:
            self.check_usage([command], f"'{command}' needs an ID")

    def test_missing_required_option(self):
        self.check_usage(["propose"], "'propose' needs --patch FILE")
        self.check_usage(["rollback", "0199c2d4"], "'rollback' needs --reason TEXT")

    def test_gate_needs_exactly_one_subject(self):
        self.check_usage(["gate"], "gate needs BASE..HEAD, --patch FILE or --staged")
        self.check_usage(["gate", "a..b", "--patch", "x"],
                         "gate takes a range, --patch or --staged, only one of them")

    def test_analyze_with_a_patch_needs_its_proposer(self):
        self.check_usage(["analyze", "--proposer", "patch"],
                         "--proposer patch needs --patch FILE")

    def test_asking_a_model(self):
        self.check_usage(["ask"], "'ask' needs WORDS, or --resume")
        self.check_usage(["fix", "--session", "0199c2d4"], "--session goes with --resume")
        self.check_usage(["ask", "x", "--replay", "--fresh"],
                         "--replay asks nobody and --fresh asks anew: only one of them")
        for amount in ["0", "-1", "inf", "1e9", "1.5x", "nan"]:
            self.check_usage(["optimize", f"--dollars={amount}"],
                             f"'{amount}' is no amount for --dollars, expected a number above 0 "
                             "such as 0.5")
        for words, what in [(["ask", "more"], "'more'"), (["fix", "--test", "x"], "--test"),
                            (["optimize", "--base", "main"], "--base")]:
            self.check_usage([*words, "--resume"],
                             f"--resume goes on with what was asked, so {what} has no place")

    def test_no_command(self):
        self.check_usage([], "no command given")

    def test_a_missing_patch_file(self):
        outcome = self.run_anywhere("propose", "--patch", "missing.patch")
        self.assertEqual(outcome.code, 2, outcome)
        self.assertIn("reading the patch", outcome.err)

    def test_outside_of_a_repository(self):
        for words in (["list"], ["log"], ["show", "0199c2d4"], ["init"], ["analyze"],
                      ["try", "0199c2d4"], ["gate", "a..b"], ["ask", "x"], ["fix"], ["optimize"]):
            outcome = self.run_anywhere(*words, "--json")
            self.assertEqual(outcome.code, 2, outcome)
            self.assertEqual(outcome.json()["kind"], "usage")


class Help(Scenario):
    def test_every_command_explains_itself_within_80_columns(self):
        for command in COMMANDS + FAMILIES:
            outcome = self.run_anywhere("help", *command.split())
            self.assertEqual(outcome.code, 0)
            self.assertIn("examples", outcome.out)
            self.assertEqual(self.run_anywhere(*command.split(), "--help").out, outcome.out)

    def test_overview_names_every_command(self):
        overview = self.run_anywhere("help").out
        for command in [*COMMANDS, "sandbox"]:
            self.assertIn(f"\n  {command} ", overview)
        self.assertEqual(self.run_anywhere("--help").out, overview)

    def test_help_as_a_document(self):
        names = [row["name"] for row in self.run_anywhere("help", "--json").json()["commands"]]
        self.assertEqual(names, COMMANDS[:-2] + FAMILIES + COMMANDS[-2:])

    def test_unknown_command(self):
        outcome = self.run_anywhere("help", "aply")
        self.assertEqual(outcome.code, 2)
        self.assertIn("did you mean 'apply'?", outcome.err)
        outcome = self.run_anywhere("help", "prompt", "shwo")
        self.assertEqual(outcome.code, 2)
        self.assertIn("unknown command 'prompt shwo', did you mean 'show'?", outcome.err)

    def test_a_family_of_commands(self):
        for family in ["rules", "key", "sandbox", "cache"]:
            members = [name for name in FAMILIES if name.startswith(family + " ")]
            outcome = self.run_anywhere("help", family)
            for command in members:
                self.assertIn(f"\n  {command.split()[1]} ", outcome.out)
            self.assertEqual(self.run_anywhere(family, "--help").out, outcome.out)
            names = [row["name"] for row in
                     self.run_anywhere("help", family, "--json").json()["commands"]]
            self.assertEqual(names, members)
            self.assertEqual(self.run_anywhere(family).code, 2)

    def test_manual_page(self):
        outcome = self.run_anywhere("help", "--man")
        self.assertEqual(outcome.code, 0)
        self.assertTrue(outcome.out.startswith(".TH AUTOMOD 1"))


class Version(Scenario):
    def test_names_what_is_linked(self):
        text = self.run_anywhere("--version").out
        self.assertRegex(text, r"\Aautomod \d+\.\d+\.\d+\n")
        for library in ["libgit2", "SQLite", "libclang", "tree-sitter", "OpenSSL", "fmt", "CLI11"]:
            self.assertRegex(text, rf"(?m)^  {library} +\S")

    def test_as_a_document(self):
        document = self.run_anywhere("--version", "--json").json()
        self.assertIn("SQLite", document["linked"])


class Completion(Scenario):
    def test_each_shell(self):
        for shell in ["bash", "zsh", "fish"]:
            text = self.run_anywhere("completion", shell).out
            self.assertIn("automod", text)
            document = self.run_anywhere("completion", shell, "--json").json()
            self.assertEqual(document["script"], text)

    def test_ids_are_completed_from_the_repository(self):
        repo = self.repo({"a.txt": "a\n"})
        identity = self.propose(repo, {"a.txt": "b\n"})
        ids = self.automod(repo, "list", "--ids").out
        self.assertTrue(identity.startswith(ids.split("\t")[0]))


class Streams(Scenario):
    def test_a_full_disk_behind_stdout_is_reported(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(self.command("help"), stdout=full, stderr=subprocess.PIPE,
                                  env=self.env, check=False, text=True)
        self.assertEqual(done.returncode, 70)
        self.assertIn("writing to standard output failed", done.stderr)

    def on_terminal(self, *args, **env):
        leader, follower = pty.openpty()
        with subprocess.Popen(self.command(*args), stdout=follower, stderr=follower,
                              env={**self.env, **env}, cwd=self.home) as process:
            os.close(follower)
            text = b""
            try:
                while chunk := os.read(leader, 65536):
                    text += chunk
            except OSError:  # how Linux says that the other side is gone
                pass
            process.wait()
        os.close(leader)
        return text

    def test_colour_only_on_a_terminal_that_wants_it(self):
        self.assertIn(b"\x1b[", self.on_terminal("help", TERM="xterm"))
        self.assertNotIn(b"\x1b[", self.on_terminal("help", TERM="dumb"))
        self.assertNotIn(b"\x1b[", self.on_terminal("help", TERM="xterm", NO_COLOR="1"))
        self.assertNotIn(b"\x1b[", self.on_terminal("help", "--no-color", TERM="xterm"))
        self.assertNotIn("\x1b[", self.run_anywhere("help", env={"TERM": "xterm"}).out)


if __name__ == "__main__":
    main()
