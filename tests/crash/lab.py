"""Interrupts an act at its points, restarts automod, and looks at what is there.

Whatever happened, after the next command that writes the world must be one of those that the
commands lead to undisturbed: with the act, or without it, and with it where it was acknowledged.
"""

import json
import pathlib
import sqlite3
import subprocess

import calls
import world as worlds
from harness import Outcome
from world import State

NEVER = 70  # stands for the exit code of what does not end
CODES = {0, 3, 5, 70}  # of a command whose machine fails: none of these blames the user
GIT_AFTER = [("branch", "probe"), ("update-ref", "refs/heads/probe-2", "HEAD"),
             ("branch", "--delete", "--force", "probe"), ("pack-refs", "--all"),
             ("commit", "--quiet", "--allow-empty", "--message", "probe")]


class Lab:
    """One act on a world of its own, the points it goes through, and where it should lead."""

    def __init__(self, template, act, folder):
        self.act = act
        self.folder = pathlib.Path(folder)
        self.template = template.copy(self.folder / "template")
        if act.prepare:
            act.prepare(self.template)
        self.known = worlds.known_commits(self.template)
        self.words = self.template.words(act.words)
        self.users = worlds.users_files(self.template)
        self.states = self.rehearse()
        self.before = self.states[()]
        self.done = self.states[(act.words,)]
        self.check_repeatable()
        _, self.points, self.others = calls.trace(self.world("trace"), self.words,
                                                  self.folder / "trace.log")

    def world(self, place):
        return self.template.copy(self.folder / place)

    def rehearse(self):
        """The states that chains of commands lead to undisturbed; None where one of them fails."""
        act, other = self.act.words, self.act.afterwards
        chains = [(), (act,), (other,), (act, act), (act, other), (act, act, act)]
        return {chain: self.after(chain) for chain in chains}

    def after(self, chain):
        world = self.world("undisturbed")
        for words in chain:
            outcome = world.automod(*world.words(words))
            if outcome.code != 0:
                if len(chain) == 1:
                    raise AssertionError(f"{' '.join(words)} fails undisturbed: {outcome}")
                return None  # as taking back does the second time
        return worlds.state_of(world, self.known)

    def check_repeatable(self):
        again = self.world("again")
        again.must(*self.words)
        found = worlds.state_of(again, self.known).differences(self.done)
        if found or not self.done.differences(self.before):
            raise AssertionError(f"{self.act.name} cannot be told from nothing: {found}")

    def relies_on(self, point):
        """Is the act durable only if this flush succeeds? Not where it is acknowledged before:
        what SQLite does when it closes its files only moves what is safe in its log. And not
        where a syncfs comes after, which tells of everything that could not be written."""
        index = self.points.index(point)
        answer = next((number for number, other in enumerate(self.points) if writes_to(1, other)),
                      len(self.points))
        covered = point.call != "syncfs" and any(other.call == "syncfs"
                                                 for other in self.points[index:answer])
        return point.call in calls.FLUSHES and index < answer and not covered

    def try_point(self, point, fault, same, place):
        """One interruption. `same`: the act itself is what runs next, not another command."""
        return Trial(self, self.world(place), same).interrupt(point, fault)

    def try_pair(self, first, same, most, place):
        """Killed at `first`; the run after is killed at `most` of its own points, in turn."""
        crashed = Trial(self, self.world(f"{place}-crashed"), same)
        outcome = crashed.run(first, calls.FAULTS[0])
        if not crashed.hit:
            return [crashed.missed(outcome)]
        log = self.folder / f"{place}-repair.log"
        repair = crashed.world.copy(self.folder / place)
        _, points, _ = calls.trace(repair, repair.words(crashed.next), log)
        results = []
        for second in calls.sample(points, most):
            trial = Trial(self, crashed.world.copy(self.folder / place), same)
            trial.acknowledged = crashed.acknowledged
            trial.where = f"{crashed.where}, then {second}"
            outcome, hit = calls.interrupted(trial.world, trial.world.words(trial.next), second,
                                             calls.FAULTS[0], log)
            trial.killed_twice = True
            results.append(trial.look() if hit else trial.missed(outcome))
        return results


class Trial:
    """One world that was interrupted, and the complaints about what is there."""

    def __init__(self, lab, world, same):
        self.lab = lab
        self.world = world
        self.next = lab.act.words if same else lab.act.afterwards
        self.where = ""
        self.hit = True
        self.acknowledged = False
        self.killed_twice = False
        self.complaints = []

    def complain(self, text):
        self.complaints.append(f"{self.where}\n    {text}")

    def missed(self, outcome):
        self.hit = False
        self.where += f" was not reached, exit code {outcome.code}"
        return self

    def run(self, point, fault):
        self.where = f"{fault.name} at {point}"
        log = self.lab.folder / f"{self.world.home.name}.log"
        try:
            outcome, self.hit = calls.interrupted(self.world, self.lab.words, point, fault, log)
        except subprocess.TimeoutExpired:
            self.complain("does not come to an end")
            return Outcome(NEVER, "", "automod: error: none")
        self.acknowledged = is_acknowledged(outcome)
        return outcome

    def interrupt(self, point, fault):
        for _ in range(3):  # names of objects hang on the time, and with them a folder more or less
            outcome = self.run(point, fault)
            if self.hit:
                break
            self.world = self.lab.world(self.world.home.name)
        if not self.hit:
            return self.missed(outcome)
        return self.look(None if fault.kills else outcome, point)

    def look_at_failure(self, outcome, point):
        """Of a command that met an error: it says so, and leaves all or nothing by itself."""
        if outcome.code not in CODES:
            self.complain(f"exit code {outcome.code}: {outcome.err.strip()[-300:]}")
        if outcome.code != 0 and "automod: error: " not in outcome.err and not is_report(point):
            self.complain(f"exit code {outcome.code} without a word")
        if outcome.code == 0 and point and self.lab.relies_on(point):
            self.complain("acknowledged although a flush failed")
        refs = worlds.renamed(State(refs=worlds.refs_of(self.world, self.lab.known)), self.world)
        if all(refs.differences(State(refs=state.refs))
               for state in (self.lab.before, self.lab.done)):
            self.complain(f"refs are half moved: {refs.differences(State(refs=self.lab.done.refs))}")
        if outcome.code != 0 and worlds.knows("log", "--kind"):
            kinds = {entry["kind"] for entry in self.world.must("log", "--json").json()["entries"]}
            if "failure" not in kinds and not cannot_be_recorded(outcome):
                self.complain(f"the failure is not in the ledger: {outcome.err.strip()[-300:]}")

    def look(self, outcome=None, point=None):
        """What must hold after the next command that writes, and what must go on working.
        `outcome`: of a command that met an error and came to its end."""
        try:
            if outcome:
                self.look_at_failure(outcome, point)
            self.look_at_files("the crash")
            self.fsck("the crash")
            self.restart()
            self.finish()
            self.follow_up()
            self.fsck("everything")
            self.look_at_locks()
            self.use_git()
        except (AssertionError, ValueError, KeyError, sqlite3.Error,
                subprocess.SubprocessError) as problem:
            self.complain(f"{type(problem).__name__}: {problem}")
        return self

    def look_at_files(self, when):
        if self.lab.act.moves_files:
            return
        seen = worlds.users_files(self.world)
        touched = sorted(name for name in seen.keys() | self.lab.users.keys()
                         if seen.get(name) != self.lab.users.get(name))
        if touched:
            self.complain(f"the user's files are touched after {when}: {touched}")

    def fsck(self, when):
        try:
            self.world.git("fsck", "--full", "--strict", "--no-dangling")
        except AssertionError as problem:
            self.complain(f"after {when}: {problem}")

    def restart(self):
        """Taking back what is taken back already is a mistake, and says so; nothing else is."""
        outcome = self.world.automod(*self.world.words(self.next))
        if outcome.code not in ((0, 2) if self.next == self.lab.act.words else (0,)):
            self.complain(f"the command after it fails: {outcome}")

    def wanted(self):
        """With the act, and, unless it was acknowledged, without it."""
        act, states = self.lab.act.words, self.lab.states
        wanted = [states[(act, self.next)] or self.lab.done]
        if not self.acknowledged:
            wanted.append(states[(self.next,)])
        if self.killed_twice and self.next == act and states[(act, act, act)]:
            wanted.append(states[(act, act, act)])
        return wanted

    def finish(self):
        """All or nothing; where it is nothing, the act can still be done."""
        found = worlds.state_of(self.world, self.lab.known)
        wanted = self.wanted()
        if all(found.differences(state) for state in wanted):
            word = "is lost or half done" if self.acknowledged else "is half done"
            closest = min((found.differences(state) for state in wanted), key=len)
            self.complain(f"{self.lab.act.name} {word}: " + "; ".join(closest))
            return
        self.look_at_files("the command after it")
        if self.lab.act.twice and self.next != self.lab.act.words and found.differences(wanted[0]):
            outcome = self.world.automod(*self.world.words(self.lab.act.words))
            now = worlds.state_of(self.world, self.lab.known).differences(wanted[0])
            if outcome.code != 0 or now:
                self.complain(f"doing it again leads elsewhere, exit code {outcome.code}: "
                              f"{outcome.err.strip()[-300:]} {'; '.join(now)}")

    def follow_up(self):
        spare = self.world.ids["spare"]
        if worlds.statuses(self.world)[spare] == "applied":
            self.world.must("rollback", spare, "--reason", "afterwards")
        else:
            self.world.must("apply", spare)
        self.world.must("log", "--verify")
        database = sqlite3.connect(self.world.folder / ".git/automod/automod.db")
        for pragma in ("integrity_check", "foreign_key_check"):
            rows = database.execute(f"PRAGMA {pragma}").fetchall()
            if rows not in ([("ok",)], []):
                self.complain(f"the database after it: {rows[:3]}")
        database.close()

    def look_at_locks(self):
        left = [str(path.relative_to(self.world.folder))
                for path in (self.world.folder / ".git").rglob("*.lock")]
        if left:
            self.complain(f"locks stay behind: {left}")

    def use_git(self):
        for words in GIT_AFTER:
            self.world.git(*words)


def is_acknowledged(outcome):
    """Its result was printed, whole."""
    try:
        document = json.loads(outcome.out)
    except ValueError:
        return False
    return document["schema"] != "automod.error/1" and document.get("exit_code", 0) == 0


def cannot_be_recorded(outcome):
    """It failed before there was anything to record it in, or when all was done and acknowledged."""
    return "error: opening the store in " in outcome.err or \
        outcome.err.startswith("automod: error: writing to standard output failed")


def writes_to(descriptor, point):
    return point.call in ("write", "writev") and point.text.startswith(f"{descriptor}, ")


def is_report(point):
    """Was it the very words about the error that could not be written?"""
    return point and (writes_to(1, point) or writes_to(2, point))
