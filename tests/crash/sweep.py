"""All points of all acts, or an even sample of them, on as many worlds at once as there are
processors."""

import concurrent.futures
import os
import pathlib
import queue
import tempfile
from dataclasses import dataclass, field

import acts
import calls
import world as worlds
from lab import Lab


@dataclass
class Row:
    """What became of one act under one fault."""

    act: str
    fault: str
    points: int  # there are
    tried: int = 0
    missed: int = 0  # were not come to, three times in a row
    failed: int = 0
    complaints: list = field(default_factory=list)

    def add(self, trial):
        self.tried += trial.hit
        self.missed += not trial.hit
        self.failed += bool(trial.complaints)
        self.complaints += trial.complaints

    def __str__(self):
        of = "" if self.tried == self.points else f" of {self.points}"
        missed = f", {self.missed} not reached" if self.missed else ""
        return f"{self.act:<16} {self.fault:<10} {self.tried}{of} points, {self.failed} failed{missed}"


@dataclass
class Plan:
    """How much is tried; None: all."""

    most: dict = field(default_factory=dict)  # points by name of the fault
    firsts: int = 8  # of two kills in a row
    seconds: int = 8
    names: tuple = ()  # of acts; none: all that this automod knows
    faults: tuple = ()
    jobs: int = os.cpu_count() or 2

    def wants(self, fault):
        return not self.faults or fault in self.faults


class Places:
    """Folders for worlds, so many that no two at once share one."""

    def __init__(self, number):
        self.free = queue.SimpleQueue()
        for index in range(number):
            self.free.put(f"world-{index}")

    def use(self, work):
        place = self.free.get()
        try:
            return work(place)
        finally:
            self.free.put(place)


def sweep_fault(lab, fault, plan, pool, places):
    points = fault.points(lab.points)
    chosen = calls.sample(points, plan.most.get(fault.name))
    row = Row(lab.act.name, fault.name, len(points))
    # Every other one is followed by the act itself.
    futures = [pool.submit(places.use, lambda place, point=point, same=index % 2 == 1:
                           lab.try_point(point, fault, same, place))
               for index, point in enumerate(chosen)]
    for future in futures:
        row.add(future.result())
    return row


def sweep_pairs(lab, plan, pool, places):
    """Two kills in a row."""
    chosen = calls.sample(lab.points, plan.firsts)
    row = Row(lab.act.name, "two_kills", 0)
    futures = [pool.submit(places.use, lambda place, point=point, same=index % 2 == 0:
                           lab.try_pair(point, same, plan.seconds, place))
               for index, point in enumerate(chosen)]
    for future in futures:
        for trial in future.result():
            row.add(trial)
    row.points = row.tried
    return row


def sweep(plan, report):
    """Calls `report` with each row as it is known."""
    with tempfile.TemporaryDirectory(prefix="automod-crash-", dir=worlds.fast_folder()) as folder:
        home = pathlib.Path(folder)
        template = worlds.make_world(home / "world")
        places = Places(plan.jobs)
        with concurrent.futures.ThreadPoolExecutor(plan.jobs) as pool:
            for act in acts.known_acts(plan.names):
                lab = Lab(template, act, make_folder(home / act.name))
                if lab.others:
                    print(f"{act.name}: {lab.others} calls of other threads and programs write, "
                          "and are not interrupted", flush=True)
                for fault in calls.FAULTS:
                    if plan.wants(fault.name):
                        report(sweep_fault(lab, fault, plan, pool, places))
                if plan.wants("two_kills"):
                    report(sweep_pairs(lab, plan, pool, places))


def make_folder(path):
    path.mkdir()
    return path
