"""Power cuts: an ext4 file system on a disk that remembers every write, cut at many of them.

automod applies and takes back on it. Each command that says it is done notes how much the disk
had been told by then. Afterwards the disk is put into the state it had after a number of writes
(`in_order`), or into one where what was not flushed is lost in part (`cache_lost`), mounted
elsewhere, and looked at: what was acknowledged before the cut has to be there. The control does
the same to plain `git commit` with git's default settings, and has to lose something, or these
cuts show nothing.

Run as a program, this prints what it found as JSON.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field

import disk
import mounts
import world as worlds
from mounts import Mounted

SIZE = 32 << 20
NAMES = [f"part{number}" for number in range(10)]
COMMITS = 12  # of the control
SEED = 5


@dataclass
class Outcome:
    """What became of one way of cutting."""

    name: str
    is_control: bool = False
    cuts: int = 0
    failed: int = 0
    complaints: list = field(default_factory=list)

    def add(self, place, complaints):
        self.cuts += 1
        self.failed += bool(complaints)
        if not self.is_control:
            self.complaints += [f"{self.name} after {place} writes\n    {text}"
                                for text in complaints]

    def __str__(self):
        word = "lose something (wanted: some)" if self.is_control else "failed"
        return f"{self.name:<24} {self.cuts} power cuts, {self.failed} {word}"


def measure(cuts):
    """Cuts of each kind."""
    return [Outcome(**row) for row in mounts.alone(__file__, cuts)]


class Recorded:
    """The same on a disk that remembers, which notes what was acknowledged when."""

    def __init__(self, image, scratch):
        self.image = image
        self.log = scratch / "log"
        self.shown = scratch / "shown"
        self.mounted = Mounted(self.shown / "disk", scratch / "live")
        self.acknowledged = []  # (position in the log, what was done)

    def __enter__(self):
        self.log.write_bytes(b"")
        self.shown.mkdir(exist_ok=True)
        command = [sys.executable, "-B", disk.__file__, str(self.image), str(self.log),
                   str(self.shown)]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if self.server.stdout.readline() != "ready\n":
            raise RuntimeError("the disk does not start")
        self.mounted.__enter__()
        return self

    def __exit__(self, *problem):
        self.mounted.__exit__(*problem)
        subprocess.run(["umount", str(self.shown)], check=True)
        self.server.wait()

    @property
    def folder(self):
        return self.mounted.folder

    def acknowledge(self, what):
        self.acknowledged.append((self.log.stat().st_size, what))


class Subject:
    """Whose acknowledgements are checked: makes an image, does things, looks at what is left."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.image = scratch / "image"
        mounts.make_image(self.image, SIZE)

    def record(self):
        """Does everything once, on a recording disk."""
        with Recorded(self.image, self.scratch) as recorded:
            self.act(recorded)
        self.log = disk.Log(recorded.log)
        self.acknowledged = recorded.acknowledged
        self.first = self.image.read_bytes()

    def cut(self, name, count, is_control=False):
        """Cuts evenly spread over the writes, and looks at each."""
        outcome = Outcome(name, is_control)
        chance = random.Random(SEED)
        last = sum(end <= self.acknowledged[-1][0] for end in self.log.ends)
        for index in range(count):
            number = round(last * (index + 1) / count)
            make = self.log.image_without_cache if name.endswith("cache_lost") else None
            content = make(self.first, number, chance) if make else \
                self.log.image_after(self.first, number)
            left = self.scratch / "cut"
            left.write_bytes(content)
            end = self.log.ends[number - 1]
            done = [what for position, what in self.acknowledged if position <= end]
            outcome.add(number, self.look_at(left, done))
        return outcome

    def look_at(self, image, done):
        try:
            with Mounted(image, self.scratch / "left") as folder:
                return self.check(folder, done)
        except subprocess.CalledProcessError as problem:
            return [f"cannot be mounted: {problem}"]


class Automod(Subject):
    """Applies everything and takes every other one back."""

    def __init__(self, scratch):
        super().__init__(scratch)
        files = {**worlds.harness.SHELL_TARGET, "other.txt": "other\n",
                 **{f"{name}.txt": f"{name}\n" for name in NAMES}}
        self.world = worlds.empty_world(scratch / "world", files)
        self.world.propose("other", {"other.txt": "other, changed\n"})
        for name in NAMES:
            self.world.propose(name, {f"{name}.txt": f"{name}, changed\n"})
        self.world.try_all(["other", *NAMES])
        with Mounted(self.image, scratch / "live") as folder:
            self.world.copy(folder / "world")

    def act(self, recorded):
        world = worlds.World(recorded.folder / "world", self.world.ids)
        for index, name in enumerate(NAMES):
            world.must("apply", world.ids[name])
            recorded.acknowledge((name, "applied"))
            if index % 2:
                before = NAMES[index - 1]
                world.must("rollback", world.ids[before], "--reason", "power")
                recorded.acknowledge((before, "rolled_back"))

    def check(self, folder, done):
        world = worlds.World(folder / "world", self.world.ids)
        complaints = []
        try:
            world.git("fsck", "--full", "--no-dangling")
            world.must("apply", world.ids["other"])
            world.must("log", "--verify")
            rows = world.must("list", "--json").json()["modifications"]
            status = {row["modification"]["id"]: row["status"] for row in rows}
            refs = world.repo.refs()
            wanted = dict(done)
            for name in NAMES:
                complaints += self.check_one(world, refs, name, status[world.ids[name]],
                                             wanted.get(name, "approved"))
            world.git("fsck", "--full", "--no-dangling")
            world.must("rollback", world.ids["other"], "--reason", "afterwards")
        except (AssertionError, ValueError, KeyError) as problem:
            complaints.append(f"{type(problem).__name__}: {problem}")
        return complaints

    def check_one(self, world, refs, name, found, wanted):
        """What was not acknowledged may be there, too; refs and records have to agree."""
        next_one = {"approved": "applied", "applied": "rolled_back", "rolled_back": "rolled_back"}
        complaints = []
        if found not in (wanted, next_one[wanted]):
            complaints.append(f"{name} is {found}, {wanted} was acknowledged")
        if (world.branch(name) in refs) != (found == "applied"):
            complaints.append(f"{name} is {found}, and its branch says otherwise")
        undo = f"refs/automod/undo/{world.ids[name]}"
        if found == "rolled_back" and undo not in refs:
            complaints.append(f"{name} is taken back, and {undo} is not there")
        return complaints


class Control(Subject):
    """git commit with git's default settings."""

    def __init__(self, scratch):
        super().__init__(scratch)
        world = worlds.World(scratch / "world")
        (world.home / "home").mkdir(parents=True)
        worlds.harness.Repo(world.folder, world.env).commit({"word.txt": "hello\n"}, "first")
        self.world = world
        with Mounted(self.image, scratch / "live") as folder:
            world.copy(folder / "world")

    def act(self, recorded):
        world = worlds.World(recorded.folder / "world")
        for number in range(COMMITS):
            (world.folder / "word.txt").write_text(f"hello {number}\n")
            world.git("commit", "--quiet", "--all", "--message", f"commit {number}")
            recorded.acknowledge(world.repo.rev("HEAD"))

    def check(self, folder, done):
        world = worlds.World(folder / "world")
        try:
            world.git("fsck", "--full", "--no-dangling")
            there = world.git("rev-list", "main").split()
        except AssertionError as problem:
            return [str(problem)]
        return [f"{commit} is lost" for commit in done if commit not in there]


def main():
    cuts = int(sys.argv[1])
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="automod-power-", dir=worlds.fast_folder()) as folder:
        for name, subject, is_control in (("automod", Automod, False), ("control", Control, True)):
            scratch = pathlib.Path(folder) / name
            scratch.mkdir()
            made = subject(scratch)
            made.record()
            for way in ("in_order", "cache_lost"):
                outcomes.append(made.cut(f"{name}_{way}", cuts, is_control))
    json.dump([asdict(outcome) for outcome in outcomes], sys.stdout)


if __name__ == "__main__":
    main()
