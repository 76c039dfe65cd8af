#!/usr/bin/env python3
"""Crashes: kill -9 and failing system calls at every point of every act, full disks, power cuts.

Each act (apply, rollback, ...) is traced once; then it is killed, or an error is injected, at each
of its system calls that write, on a world of its own. The next command has to put everything in
order. What is wrong afterwards is a failure, and the bar is none. AUTOMOD_BIN names another
program to test.
"""

import argparse
import os
import sys

from program import ROOT, program
from report import Report

sys.path.insert(0, str(ROOT / "tests" / "crash"))

MOUNTED = {"full_disk", "power_cut"}  # faults that need a file system of their own


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--act", action="append", default=[],
                        help="only this act; may be repeated")
    parser.add_argument("--fault", action="append", default=[],
                        help="only this: kill, enospc, eio, eio_flush, two_kills, full_disk or "
                             "power_cut; may be repeated")
    parser.add_argument("--most", type=int, metavar="N",
                        help="at most N points of each act and fault, evenly spread (default: all)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--cuts", type=int, default=120,
                        help="power cuts of each kind (default: %(default)s)")
    return parser.parse_args()


def interrupt_all(report, asked):
    # These ask for AUTOMOD_BIN when they are imported.
    import calls
    import sweep

    obstacle = calls.why_not()
    if obstacle:
        raise SystemExit(f"crash: {obstacle}")
    most = {fault.name: asked.most for fault in calls.FAULTS}
    plan = sweep.Plan(most=most, firsts=16, seconds=12, names=tuple(asked.act),
                      faults=tuple(asked.fault), jobs=asked.jobs)
    rows = []

    def show(row):
        rows.append(row)
        print(row, flush=True)
        for complaint in row.complaints:
            print(f"  {complaint}", flush=True)

    sweep.sweep(plan, show)
    for row in rows:
        name = f"{row.act}_{row.fault}"
        report.figure(f"{name}_points", row.points)
        report.figure(f"{name}_tried", row.tried)
        report.at_most(f"{name}_failures", row.failed, 0)
    report.figure("points_tried", sum(row.tried for row in rows))
    report.figure("points_not_reached", sum(row.missed for row in rows))
    return sum(row.tried for row in rows)


def cut_power(report, asked):
    import power_cut

    tried = 0
    for outcome in power_cut.measure(asked.cuts):
        print(outcome, flush=True)
        for complaint in outcome.complaints:
            print(f"  {complaint}", flush=True)
        tried += outcome.cuts
        report.figure(f"power_{outcome.name}_cuts", outcome.cuts)
        if outcome.is_control:
            # A harness that cannot see loss would prove nothing.
            report.at_least(f"power_{outcome.name}_lost", outcome.failed, 1)
        else:
            report.at_most(f"power_{outcome.name}_failures", outcome.failed, 0)
    return tried


def fill_disk(report, asked):
    import full_disk

    rows = full_disk.measure(asked.act)
    for row in rows:
        print(row, flush=True)
        for complaint in row.complaints:
            print(f"  {complaint}", flush=True)
        report.figure(f"{row.act}_full_disk_levels", row.tried)
        report.at_most(f"{row.act}_full_disk_failures", row.failed, 0)
    return sum(row.tried for row in rows)


def main():
    asked = options()
    os.environ["AUTOMOD_BIN"] = program()
    report = Report("crash")
    import mounts

    wanted = set(asked.fault)
    tried = 0
    if not wanted or wanted - MOUNTED:
        tried += interrupt_all(report, asked)
    obstacle = mounts.why_not() if not wanted or wanted & MOUNTED else None
    if obstacle:
        print(f"full disks and power cuts: skipped, {obstacle}", flush=True)
    elif not wanted or wanted & MOUNTED:
        if not wanted or "full_disk" in wanted:
            tried += fill_disk(report, asked)
        if not wanted or "power_cut" in wanted:
            tried += cut_power(report, asked)
    report.at_least("tried", tried, 1)
    report.finish()


if __name__ == "__main__":
    main()
