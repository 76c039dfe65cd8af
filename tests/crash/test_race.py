"""Two automods on one repository, and applications taken back in any order."""

import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

import world as worlds
from harness import PROGRAM, SHELL_TARGET

ROUNDS = 200
RACERS = [f"racer{number}" for number in range(6)]
MANY = 100
CHAIN = 5  # modifications built one upon the other, where taking back can cascade
SEED = 11
BUSY = 5


class Crowd(unittest.TestCase):
    maxDiff = None

    def make(self, names):
        """A world in which a modification of that name was approved, each of a file of its own."""
        folder = tempfile.mkdtemp(prefix="automod-race-", dir=worlds.fast_folder())
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        files = {**SHELL_TARGET, **{f"{name}.txt": f"{name}\n" for name in names}}
        self.world = worlds.empty_world(pathlib.Path(folder) / "world", files)
        for name in names:
            self.world.propose(name, {f"{name}.txt": f"{name}, changed\n"})
        if names:
            self.world.try_all(names)
        return self.world

    def status(self):
        rows = self.world.must("list", "--json").json()["modifications"]
        return {row["modification"]["id"]: row["status"] for row in rows}

    def entries(self, kind):
        entries = self.world.must("log", "--json").json()["entries"]
        return sum(entry["kind"] == kind for entry in entries)

    def check_agreement(self):
        """Refs, records and the ledger say the same."""
        refs = self.world.repo.refs()
        names = {identity: name for name, identity in self.world.ids.items()}
        for identity, status in self.status().items():
            branch = self.world.branch(names[identity])
            self.assertEqual(branch in refs, status == "applied", f"{names[identity]}: {status}")
        self.world.must("log", "--verify")
        self.world.git("fsck", "--full", "--no-dangling")


class Race(Crowd):
    def start(self, name, is_applied):
        """Turns the modification over."""
        identity = self.world.ids[name]
        words = ["rollback", identity, "--reason", "race"] if is_applied else ["apply", identity]
        return subprocess.Popen([PROGRAM, *words], cwd=self.world.folder, env=self.world.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def finish(self, process):
        _, words = process.communicate(timeout=60)
        return process.returncode, words

    def test_two_at_once_lose_nothing_200_times(self):
        self.make(RACERS)
        chance = random.Random(SEED)
        applied = {name: False for name in RACERS}
        done = {"application": 0, "rollback": 0}
        busy = 0
        for number in range(ROUNDS):
            pair = chance.sample(RACERS, 2)
            racing = [self.start(name, applied[name]) for name in pair]
            if number % 5 == 0:  # the user tidies up meanwhile; git gives way to a lock by itself
                self.world.git("pack-refs", "--all", check=False)
            for name, process in zip(pair, racing):
                code, words = self.finish(process)
                self.assertIn(code, (0, BUSY), words)
                busy += code == BUSY
                if code == 0:
                    done["rollback" if applied[name] else "application"] += 1
                    applied[name] = not applied[name]
            refs = self.world.repo.refs()
            for name in RACERS:
                self.assertEqual(self.world.branch(name) in refs, applied[name],
                                 f"{name} in round {number}")
        for kind, number in done.items():
            self.assertEqual(self.entries(kind), number)
        self.check_agreement()
        print(f"{ROUNDS} rounds of two: {sum(done.values())} done, {busy} gave way", flush=True)

    def test_the_same_one_at_once_is_done_once(self):
        self.make(RACERS[:1])
        name = RACERS[0]
        for number in range(20):
            is_applied = number % 2 == 1
            racing = [self.start(name, is_applied) for _ in range(2)]
            codes = sorted(self.finish(process)[0] for process in racing)
            self.assertEqual(codes[0], 0)
            self.assertIn(codes[1], (0, 2, BUSY))
            self.check_agreement()
        self.assertEqual((self.entries("application"), self.entries("rollback")), (10, 10))


class Order(Crowd):
    def test_100_applications_taken_back_in_random_order_leave_the_start(self):
        names = [f"part{number}" for number in range(MANY)]
        world = self.make(names)
        before = world.repo.refs()
        world.must("apply", *[world.ids[name] for name in names])
        random.Random(SEED).shuffle(names)
        for name in names:
            world.must("rollback", world.ids[name], "--reason", "order")
        self.check_start(before)
        self.assertEqual(self.entries("rollback"), MANY)

    def check_start(self, before):
        refs = {name: value for name, value in self.world.repo.refs().items()
                if not name.startswith(("refs/automod/", "refs/notes/"))}
        self.assertEqual(refs, before)
        self.check_agreement()

    @unittest.skipUnless(worlds.knows("rollback", "--cascade"), "nothing cascades yet")
    def test_100_applications_built_on_each_other_go_with_what_they_stand_on(self):
        names = [f"part{number}" for number in range(MANY)]
        world = self.make([])
        world.repo.commit({f"{name}.txt": f"{name}\n" for name in names}, "parts")
        before = world.repo.refs()
        for index, name in enumerate(names):
            base = [] if index % CHAIN == 0 else ["--base", f"self-mod/{world.ids[names[index - 1]]}"]
            world.propose(name, {f"{name}.txt": f"{name}, changed\n"}, *base)
            world.must("apply", world.ids[name])
        random.Random(SEED).shuffle(names)
        for name in names:
            if self.status()[world.ids[name]] == "applied":
                world.must("rollback", world.ids[name], "--reason", "order", "--cascade")
        self.check_start(before)
        self.assertEqual(self.entries("rollback"), MANY)


if __name__ == "__main__":
    worlds.leave_unless_possible()
    unittest.main(verbosity=2)
