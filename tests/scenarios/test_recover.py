"""A database that was damaged or deleted."""

import json
import pathlib

from harness import ANY, GOOD, SHELL_TARGET, Scenario, main

NOTES = "refs/notes/automod"


def branch_of(identity):
    return f"refs/heads/self-mod/{identity}"


class Recover(Scenario):
    def setUp(self):
        super().setUp()
        self.make_key()
        self.target = self.repo(SHELL_TARGET)
        self.identity = self.propose(self.target, GOOD)
        self.automod(self.target, "apply", self.identity,
                     refs={branch_of(self.identity): ANY, NOTES: ANY})
        self.state = self.target.folder / ".git" / "automod"
        self.database = self.state / "automod.db"

    def export(self):
        file = self.home / "bundle.json"
        self.automod(self.target, "log", "export", "--to", str(file))
        return str(file)

    def recover(self, *args, **more):
        return self.automod(self.target, "recover", "--json", *args, **more).json()

    def check_whole(self):
        """Everything works as before."""
        listed = self.automod(self.target, "show", self.identity, "--json").json()["listed"]
        self.assertEqual(listed["status"], "applied")
        self.automod(self.target, "explain", self.identity)
        self.automod(self.target, "log", "--verify")
        self.automod(self.target, "verify", self.identity)
        self.automod(self.target, "rollback", self.identity, "--reason", "x",
                     refs={branch_of(self.identity): None,
                           f"refs/automod/undo/{self.identity}": ANY})

    def test_a_sound_one_is_left_alone(self):
        before = self.database.read_bytes()
        document = self.recover()
        self.assertEqual((document["health"], document["rebuilt"]), ("sound", None))
        self.assertEqual(self.database.read_bytes(), before)

    def test_deleted_it_is_noticed_and_made_anew_from_an_exported_bundle(self):
        bundle = self.export()
        for file in self.state.glob("automod.db*"):
            file.unlink()
        outcome = self.automod(self.target, "list", code=70)
        self.assertIn("the database is gone", outcome.err)
        self.assertIn("automod recover", outcome.err)
        document = self.recover("--bundle", bundle)
        self.assertEqual(document["health"], "gone")
        self.assertGreater(document["rebuilt"]["records"], 3)
        self.assertEqual(document["rebuilt"]["gone"], [])
        self.check_whole()

    def test_with_its_whole_folder_deleted_the_branches_tell_of_it(self):
        for file in sorted(self.state.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        self.state.rmdir()
        outcome = self.automod(self.target, "list", code=70)
        self.assertIn("automod recover", outcome.err)
        document = self.recover()
        gone = "\n".join(document["rebuilt"]["gone"])
        self.assertIn(self.identity, gone)
        self.automod(self.target, "list")

    def test_rubbish_in_it_is_noticed_and_what_can_be_read_is_kept(self):
        bundle = self.export()
        with open(self.database, "r+b") as file:
            file.seek(0)
            file.write(b"rubbish " * 512)
        (self.state / "automod.db-wal").unlink(missing_ok=True)
        self.automod(self.target, "list", code=70)
        document = self.automod(self.target, "recover", "--check", "--json", code=1).json()
        self.assertEqual(document["health"], "damaged")
        document = self.recover("--bundle", bundle)
        self.assertTrue(pathlib.Path(document["rebuilt"]["kept_aside"]).exists())
        self.check_whole()

    def test_a_bundle_that_is_none_is_refused_and_nothing_is_lost(self):
        self.database.unlink()
        outcome = self.automod(self.target, "recover", "--bundle",
                               self.file("b.json", json.dumps({"schema": "x"})), code=1)
        self.assertIn("b.json", outcome.err)
        self.recover()

    def test_doctor_says_so(self):
        self.database.unlink()
        doctor = self.run_anywhere("doctor", "--json", cwd=self.target.folder).json()
        group = [one for one in doctor["groups"] if one["name"] == "repository"][0]
        self.assertEqual((group["conditions"][0]["ok"], group["conditions"][0]["remedy"]),
                         (False, "automod recover"))


class NewHere(Scenario):
    def test_where_automod_never_was_nothing_is_to_be_done(self):
        target = self.repo(SHELL_TARGET)
        document = self.automod(target, "recover", "--json").json()
        self.assertEqual(document["health"], "none")


if __name__ == "__main__":
    main(needs_sandbox=True)
