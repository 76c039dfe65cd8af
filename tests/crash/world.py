"""A small target in which every act is ready to be done: made once, copied for every crash.

The acts that are tried on it stand in acts.py. What somebody could see of a world afterwards is
reduced to a State, in which two runs of the same act are equal although times, and with them
ids of commits, differ.
"""

import collections
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenarios"))

import harness

FILES = {**harness.SHELL_TARGET, "fresh.txt": "fresh\n", "other.txt": "other\n",
         "kept.txt": "kept\n", "spare.txt": "spare\n", "under.txt": "under\n"}
CHANGES = {
    "fresh": {"fresh.txt": "fresh, changed\n"},      # approved, not applied
    "other": {"other.txt": "other, changed\n"},      # the same, for the run after the crash
    "kept": {"kept.txt": "kept, changed\n"},         # applied, nothing built on it
    "spare": {"spare.txt": "spare, changed\n"},      # the same, for what follows the run after
    "under": {"under.txt": "under, changed\n"},      # applied, and built upon
    "waiting": {"test.sh": "exit 0\n"},              # needs a person's approval
}
# Entries of the ledger that a crash or a repair may add, whatever became of the act.
ASIDE = {"session", "recovery", "failure"}
SECONDS = 120
MOST = 120  # characters of a value that is shown


def fast_folder():
    """Where worlds are made: in memory where that is possible. No test here needs a disk."""
    memory = pathlib.Path("/dev/shm")
    if os.access(memory, os.W_OK | os.X_OK):
        room = os.statvfs(memory)
        if room.f_bavail * room.f_frsize > 1 << 30:
            return str(memory)
    return None


class World:
    """A folder with a target, a cache and settings, and what was proposed there by name."""

    def __init__(self, home, ids=None):
        self.home = pathlib.Path(home)
        self.env = harness.environment(self.home)
        self.folder = self.home / "target"
        self.ids = dict(ids or {})

    @property
    def repo(self):
        repo = harness.Repo.__new__(harness.Repo)  # it is there, nothing is to be made
        repo.folder, repo.env = self.folder, self.env
        return repo

    def copy(self, home):
        """An equal world in another folder, which is emptied before."""
        home = pathlib.Path(home)
        if home.exists():
            subprocess.run(["chmod", "-R", "u+rwX", str(home)], check=True)
            shutil.rmtree(home)
        subprocess.run(["cp", "-a", "--reflink=auto", str(self.home), str(home)], check=True)
        return World(home, self.ids)

    def automod(self, *args, before=()):
        """Runs the program; `before` is a command line to put in front, such as strace's."""
        done = subprocess.run([*before, harness.PROGRAM, *args], cwd=self.folder, env=self.env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=SECONDS)
        return harness.Outcome(done.returncode, done.stdout.decode(errors="replace"),
                               done.stderr.decode(errors="replace"))

    def must(self, *args, codes=(0,)):
        outcome = self.automod(*args)
        if outcome.code not in codes:
            raise AssertionError(f"automod {' '.join(args)}: {outcome}")
        return outcome

    def git(self, *args, check=True, text=None):
        return self.repo.git(*args, check=check, text=text)

    def words(self, act):
        """The command line of an act, with names turned into ids."""
        return [word.format(home=self.home, **self.ids) for word in act]

    def propose(self, name, files, *args):
        patch = self.repo.patch(files)
        done = subprocess.run([harness.PROGRAM, "propose", "--patch", "-", "--json", *args],
                              cwd=self.folder, env=self.env, input=patch, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise AssertionError(f"propose {name}: {done.stdout}{done.stderr}")
        self.ids[name] = json.loads(done.stdout)["listed"]["modification"]["id"]
        return self.ids[name]

    def try_all(self, names):
        self.must("try", *[self.ids[name] for name in names], "--json", codes=(0, 4))

    def branch(self, name):
        return f"refs/heads/self-mod/{self.ids[name]}"


@functools.cache
def knows(command, option=""):
    """Does this automod have the command, and the option?"""
    done = subprocess.run([harness.PROGRAM, "help", *command.split()], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.returncode == 0 and option in done.stdout


def leave_unless_possible(obstacle=None):
    """Leaves as skipped, with the reason, where trials or what the caller names cannot be."""
    done = subprocess.run([harness.PROGRAM, "doctor"], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 3:
        obstacle = f"this machine runs no trials\n{done.stdout}"
    if obstacle:
        print(f"skipped: {obstacle}", file=sys.stderr)
        sys.exit(harness.SKIP)


def empty_world(home, files):
    """A world with one commit of these files, an automod that can sign, and an approver's key."""
    world = World(home)
    (world.home / "home").mkdir(parents=True)
    repo = harness.Repo(world.folder, world.env)
    for hook in (world.folder / ".git" / "hooks").glob("*.sample"):
        hook.unlink()  # they would be copied for every point
    files = dict(files)
    # What passes without a person is limited, and these worlds are made for loops of it.
    files["automod.toml"] += ("[automatic]\nper_hour = 100000\nper_file = 100000\n"
                              "generations = 1000\nrollbacks = 1000\n")
    if knows("approve"):
        key = world.home / "approver"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)],
                       check=True)
        public = " ".join(pathlib.Path(f"{key}.pub").read_text().split()[:2])
        files["automod.toml"] += f'[approval]\napprovers = ["approver {public}"]\n'
    repo.commit(files, "first")
    if knows("key init"):
        world.must("key", "init", "--name", "robot@localhost")
    return world


def make_world(home):
    """The world that the acts are done in."""
    world = empty_world(home, FILES)
    for name, change in CHANGES.items():
        world.propose(name, change)
    world.try_all(CHANGES)
    world.must("apply", *[world.ids[name] for name in ("kept", "spare", "under")])
    build_on(world, "under", "released")
    world.git("branch", "moved", "main")
    grow(world, "moved", {"notes.txt": "one\ntwo\nthree\nfour\n"})
    world.repo.untidy()
    world.git("pack-refs", "--all")  # so that refs that move stand there, too
    return world


def build_on(world, name, branch):
    """A branch that holds the modification below a commit of somebody else's."""
    world.git("branch", branch, world.branch(name))
    grow(world, branch, {"word.txt": "hello again\n"})


def grow(world, branch, files):
    """One more commit on a branch, without touching the working tree or its index."""
    index = {**world.env, "GIT_INDEX_FILE": str(world.home / "index")}
    repo = world.repo
    repo.env = index
    repo.git("read-tree", branch)
    for name, content in files.items():
        blob = repo.git("hash-object", "-w", "--stdin", text=content).strip()
        repo.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    tree = repo.git("write-tree").strip()
    commit = repo.git("commit-tree", tree, "-p", branch, "-m", "more").strip()
    repo.git("update-ref", f"refs/heads/{branch}", commit)
    (world.home / "index").unlink()


@dataclass
class State:
    """What is to be seen of a world: refs, the user's files, what automod says of itself."""

    refs: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    listed: dict = field(default_factory=dict)
    ledger: collections.Counter = field(default_factory=collections.Counter)

    def differences(self, other):
        """Where this state, as found, is not the other one, as wanted."""
        found = []
        for name in ("refs", "files", "listed", "ledger"):
            mine, others = getattr(self, name), getattr(other, name)
            for key in sorted({*mine, *others}, key=str):
                if mine.get(key) != others.get(key):
                    found.append(f"{name} {key}: {str(mine.get(key))[:MOST]}, "
                                 f"wanted {str(others.get(key))[:MOST]}")
        return found


def statuses(world):
    listed = world.must("list", "--json").json()["modifications"]
    return {row["modification"]["id"]: row["status"] for row in listed}


UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")
EVIDENCE = re.compile(r"(Evidence-Digest: )\S+")  # of a trial with its times


def state_of(world, known=frozenset()):
    """`known`: commits that every copy of the world has, which stand for themselves."""
    state = State(refs=refs_of(world, known), files=files_of(world))
    state.listed = statuses(world)
    state.ledger = collections.Counter(
        (entry["kind"], entry["subject"])
        for entry in world.must("log", "--json").json()["entries"] if entry["kind"] not in ASIDE)
    return renamed(without_drafts(state, world), world)


def without_drafts(state, world):
    """The state without modifications that came into being meanwhile and were not applied: one that
    was recorded, or tried, is there to be gone on with."""
    drafts = {identity for identity, status in state.listed.items()
              if identity not in world.ids.values() and status != "applied"}
    state.listed = {identity: status for identity, status in state.listed.items()
                    if identity not in drafts}
    state.ledger = collections.Counter({entry: number for entry, number in state.ledger.items()
                                        if entry[1] not in drafts})
    return state


def renamed(state, world):
    """The state with ids that the world did not have from the start by their order."""
    values = (state.refs, state.listed, state.ledger)
    found = sorted({identity for value in values for identity in ids_in(value)}
                   - set(world.ids.values()))
    names = {identity: f"new{number}" for number, identity in enumerate(found)}
    state.refs, state.listed, state.ledger = (with_names(value, names) for value in values)
    return state


def ids_in(value):
    if isinstance(value, str):
        return set(UUID.findall(value))
    if isinstance(value, dict):
        return ids_in(list(value)) | ids_in(list(value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*map(ids_in, value))
    return set()


def with_names(value, names):
    if isinstance(value, str):
        return EVIDENCE.sub(r"\1digest", UUID.sub(lambda found: names.get(found[0], found[0]), value))
    if isinstance(value, dict):
        return type(value)({with_names(key, names): with_names(item, names)
                            for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return type(value)(with_names(item, names) for item in value)
    return value


def refs_of(world, known=frozenset()):
    commits = Commits(world, known)
    refs = {}
    for name, value in world.repo.refs().items():
        if name.startswith("refs/notes/"):
            refs[name] = notes_of(world, name, commits)
        else:
            refs[name] = commits.described(value)
    refs["HEAD"] = world.git("symbolic-ref", "HEAD").strip()
    return refs


def notes_of(world, name, commits):
    """Which commits have a note, and of how many lines: what it says is signed with a time."""
    rows = [line.split() for line in
            world.git("notes", f"--ref={name}", "list").splitlines()]
    return sorted((str(commits.described(noted)),
                   world.git("cat-file", "blob", blob).count("\n")) for blob, noted in rows)


class Commits:
    """Describes commits without their times and signatures."""

    def __init__(self, world, known):
        self.world = world
        self.known = known
        self.seen = {}

    def described(self, commit):
        if commit in self.known:
            return commit
        if commit not in self.seen:
            text = self.world.git("cat-file", "-p", commit)
            head, _, message = text.partition("\n\n")
            lines = [line.split(" ", 1) for line in head.splitlines() if not line.startswith(" ")]
            tree = [value for key, value in lines if key == "tree"]
            parents = [self.described(value) for key, value in lines if key == "parent"]
            signed = any(key.startswith("gpgsig") for key, _ in lines)
            self.seen[commit] = (tuple(tree), tuple(parents), signed, message)
        return self.seen[commit]


def files_of(world):
    """The working tree by content, and what git makes of it."""
    files = {name: without_time(seen) for name, seen in world.repo.snapshot().items()
             if not name.startswith(".git/")}
    files["git status"] = world.git("status", "--porcelain=v2")
    files["git stash"] = world.git("stash", "list", "--format=%H")
    return files


def without_time(seen):
    return (*seen[:3], seen[4]) if seen and seen[0] == "file" else seen


def users_files(world):
    """What no act but a merge may touch, byte for byte. Packed refs are refs, seen as such."""
    seen = world.repo.snapshot()
    seen.pop(".git/packed-refs")
    return seen


def known_commits(world):
    return frozenset(world.git("rev-list", "--all", "--reflog").split())
