"""Looking after what was kept, and taking it back when it does not do well."""

import signal
import subprocess
import time

from harness import ANY, SHELL_TARGET, Scenario, main

NOTES = "refs/notes/automod"
BAD = {"word.txt": "hello, and slow\n"}  # passes the tests; what is watched is another thing
QUICK = ["--every", "1s", "--for", "2s"]
CHECK = "! grep -q slow build/word.txt"


def branch_of(identity):
    return f"refs/heads/self-mod/{identity}"


class Watch(Scenario):
    def setUp(self):
        super().setUp()
        self.make_key()
        self.target = self.repo(SHELL_TARGET)

    def applied(self, files, target=None):
        target = target or self.target
        identity = self.propose(target, files)
        self.automod(target, "apply", identity, refs={branch_of(identity): ANY, NOTES: ANY})
        return identity

    def watch(self, identity, *args, target=None, **more):
        return self.automod(target or self.target, "watch", identity, *QUICK, *args, **more)

    def taken_back(self, identity):
        return {branch_of(identity): None, f"refs/automod/undo/{identity}": ANY}

    def status(self, identity):
        return self.automod(self.target, "show", identity, "--json").json()["listed"]["status"]

    def test_what_does_well_stays(self):
        identity = self.applied(BAD)
        watch = self.watch(identity, "--json", "--", "test -f build/word.txt").json()
        self.assertEqual(watch["watch"]["state"], "healthy")
        self.assertGreaterEqual(len(watch["watch"]["checks"]), 2)
        self.assertEqual(watch["rollbacks"], [])

    def test_what_does_badly_is_taken_back_once_with_the_reason(self):
        identity = self.applied(BAD)
        outcome = self.watch(identity, "--failures", "2", "--json", "--", CHECK, code=1,
                             refs=self.taken_back(identity))
        document = outcome.json()
        self.assertEqual(document["watch"]["state"], "regressed")
        self.assertEqual([check["outcome"] for check in document["watch"]["checks"]],
                         ["unhealthy", "unhealthy"])
        self.assertEqual(len(document["rollbacks"]), 1)
        self.assertIn("unhealthy 2 times in a row", document["rollbacks"][0]["reason"])
        self.assertEqual(self.status(identity), "rolled_back")
        kinds = [entry["kind"] for entry in
                 self.automod(self.target, "log", identity, "--json").json()["entries"]]
        self.assertEqual(kinds.count("rollback"), 1)
        self.assertIn("watch", kinds)
        outcome = self.watch(identity, "--", CHECK, code=2)
        self.assertIn("is not applied", outcome.err)

    def test_a_command_that_fails_without_the_modification_too_is_refused(self):
        identity = self.applied(BAD)
        outcome = self.watch(identity, "--", "false", code=1)
        self.assertIn("fails without the modification, too", outcome.err)
        self.assertEqual(self.status(identity), "applied")

    def test_a_merged_one_is_undone_on_its_branch(self):
        identity = self.applied(BAD)
        self.automod(self.target, "merge", identity, changed=["word.txt", ".git/index",
                                                              ".git/logs/HEAD"],
                     refs={"refs/heads/main": ANY, NOTES: ANY})
        refs = {f"refs/heads/self-mod/revert-{identity}": ANY, NOTES: ANY}
        outcome = self.watch(identity, "--failures", "1", "--", CHECK, code=1, refs=refs)
        self.assertIn("next: merge that branch", outcome.out)

    def test_automod_toml_names_command_and_schedule(self):
        config = SHELL_TARGET["automod.toml"] + f"""[monitor]
command = "{CHECK}"
every_seconds = 1
for_seconds = 1
failures = 1
"""
        target = self.repo({**SHELL_TARGET, "automod.toml": config}, name="other")
        identity = self.applied(BAD, target)
        document = self.automod(target, "watch", identity, "--json", code=1,
                                refs=self.taken_back(identity)).json()
        self.assertEqual(document["watch"]["command"], CHECK)
        self.assertEqual(document["watch"]["every_seconds"], 1)

    def test_without_a_command_there_is_nothing_to_watch_by(self):
        outcome = self.watch(self.applied(BAD), code=2)
        self.assertIn("nothing to watch by", outcome.err)
        outcome = self.watch(self.applied({"word.txt": "hello 2\n"}), "--outside", code=2)
        self.assertIn("--outside needs a command", outcome.err)

    def test_outside_of_the_sandbox_the_users_own_machine_is_seen(self):
        identity = self.applied(BAD)
        (self.home / "service").write_text("up\n")
        command = f"grep -q up {self.home}/service"
        self.watch(identity, "--outside", "--", command)
        (self.home / "service").write_text("down\n")
        self.watch(identity, "--outside", "--failures", "1", "--", command, code=1,
                   refs=self.taken_back(identity))

    def test_benchmarks_are_held_against_the_tree_before(self):
        config = SHELL_TARGET["automod.toml"] + """[[benchmark]]
name = "nap"
command = "sh nap.sh"
[measure]
seconds = 5
"""
        target = self.repo({**SHELL_TARGET, "automod.toml": config,
                            "nap.sh": "sleep 0.05; echo done\n"}, name="bench")
        identity = self.propose(target, {"notes.txt": "one\ntwo\nthree, and more\n"})
        self.automod(target, "apply", identity, refs={branch_of(identity): ANY, NOTES: ANY})
        document = self.watch(identity, "--bench", "--json", target=target).json()
        self.assertEqual(document["watch"]["state"], "healthy")
        self.assertIsNotNone(document["watch"]["checks"][0]["value"])
        # Somebody builds on it what takes four times as long.
        target.git("checkout", "--quiet", branch_of(identity).removeprefix("refs/heads/"))
        target.commit({"nap.sh": "sleep 0.2; echo done\n"}, "slow")
        target.git("checkout", "--quiet", "main")
        document = self.watch(identity, "--bench", "--failures", "1", "--json", target=target,
                              code=1, refs={f"refs/heads/self-mod/revert-{identity}": ANY,
                                            NOTES: ANY}).json()
        self.assertGreater(document["watch"]["checks"][0]["value"], 100)

    def test_interrupted_it_stops_and_takes_nothing_back(self):
        identity = self.applied(BAD)
        process = subprocess.Popen(self.command("watch", identity, "--every", "1s", "--for", "1h",
                                                "--", "true"),
                                   cwd=self.target.folder, env=self.env, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertIn("healthy", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertIn("stopped", out)
        self.assertEqual(self.status(identity), "applied")

    def test_killed_while_it_waits_another_watch_goes_on(self):
        identity = self.applied(BAD)
        process = subprocess.Popen(self.command("watch", identity, "--every", "1h", "--for", "2h",
                                                "--", "true"),
                                   cwd=self.target.folder, env=self.env, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        time.sleep(0.3)
        process.kill()
        process.communicate()
        self.watch(identity, "--failures", "1", "--", CHECK, code=1,
                   refs=self.taken_back(identity))

    def test_after_rollbacks_in_a_row_a_person_is_asked(self):
        for number in range(3):
            identity = self.applied({"word.txt": f"hello slow {number}\n"})
            self.watch(identity, "--failures", "1", "--", CHECK, code=1,
                       refs=self.taken_back(identity))
        identity = self.propose(self.target, {"word.txt": "hello slow again\n"})
        outcome = self.automod(self.target, "apply", identity, code=4)
        self.assertIn("were all taken back", outcome.err)
        doctor = self.automod(self.target, "doctor", "--json").json()
        limits = [group for group in doctor["groups"] if group["name"].startswith("limits")][0]
        states = {row["name"]: (row["ok"], row["detail"]) for row in limits["conditions"]}
        self.assertEqual(states["rollbacks"], (False, "3 of 3 used"))
        self.assertEqual(states["per_hour"], (True, "3 of 20 used"))


if __name__ == "__main__":
    main(needs_sandbox=True)
