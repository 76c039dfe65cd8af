#!/usr/bin/env python3
"""Poison set: every bad patch must be stopped and the good ones must get through.

Each patch of tests/poison/ is handed to the release build of automod and tried, and the verdict
is held against the manifest. --verify-plain builds and tests each bad patch by hand as well, to
show that without the gate it would have passed. AUTOMOD_BIN names another program to test.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from program import ROOT, program
from report import Report

sys.path.insert(0, str(ROOT / "tests" / "poison"))

import targets

PLAIN_TRIES = 3  # who wants to win runs the tests again until they pass
GOOD_SHARE = 0.95
SECONDS = 60


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", action="append", choices=targets.TARGETS,
                        help="only the patches of this target; may be repeated")
    parser.add_argument("--only", metavar="SUBSTRING", action="append",
                        help="only patches with this in their name; may be repeated")
    parser.add_argument("--jobs", metavar="N", help="as for automod itself")
    parser.add_argument("--seconds", type=int, default=SECONDS,
                        help="longest measurement of one benchmark (default: %(default)s)")
    parser.add_argument("--verify-plain", action="store_true",
                        help="build and test the bad patches by hand before")
    parser.add_argument("--plain-only", action="store_true",
                        help="build and test all patches by hand, without automod")
    parser.add_argument("--reasons", action="store_true",
                        help="print what each check said, too")
    return parser.parse_args()


def chosen(asked):
    for target in asked.target or targets.TARGETS:
        patches = [patch for patch in targets.patches(target)
                   if not asked.only or any(part in patch.name for part in asked.only)]
        if patches:
            yield target, patches


class Gate:
    """One target in a repository of its own, with automod before it."""

    def __init__(self, automod, target, place, asked):
        self.folder = place / target
        self.command = [automod, "--quiet", "--json"] + (["--jobs", asked.jobs] if asked.jobs else [])
        self.environment = targets.environment() | {
            "HOME": str(place), "XDG_CACHE_HOME": str(place / "cache"),
            "XDG_CONFIG_HOME": str(place / "config")}
        targets.compose(target, self.folder, f"\n[measure]\nseconds = {asked.seconds}\n")

    def run(self, *args):
        done = subprocess.run([*self.command, *args], cwd=self.folder, env=self.environment,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            words = done.stderr.strip()[-300:]
            return {"schema": "automod.error/1",
                    "kind": "internal", "message": f"exit code {done.returncode}: {words}"}

    def judge(self, patch):
        """The row of the table: what became of the patch."""
        row = {"patch": patch.name, "verdict": "error", "score": None, "spoke": [], "seconds": 0}
        start = time.monotonic()
        answer = self.run("propose", "--patch", str(patch.path), "--type", patch.type,
                          "--reason", patch.goal)
        if answer["schema"] == "automod.error/1":
            # A patch that cannot be recorded is stopped; so is nothing that went wrong otherwise.
            refused = answer["kind"] in ["refused", "usage"]
            row |= {"verdict": "refused" if refused else "error",
                    "reasons": [answer["message"]]}
            return row
        answer = self.run("try", answer["listed"]["modification"]["id"])
        row["seconds"] = time.monotonic() - start
        tried = answer["trials"][0] if "trials" in answer else {"error": answer}
        if tried["error"]:
            row["reasons"] = [tried["error"]["message"]]
            return row
        verdict = tried["tried"]["listed"]["judgement"]["verdict"]
        # A check that only had nothing to look at, because the trial ended before, takes nothing.
        spoke = [check for check in verdict["checks"]
                 if check["result"] != "pass" and (check["penalty"] > 0 or check["blocks"])]
        row |= {"verdict": verdict["decision"], "score": verdict["safety_score"],
                "spoke": [check["code"] for check in spoke],
                "reasons": [f"{check['code']}: {check['reason']}" for check in spoke]}
        return row


def print_row(row, mark):
    score = "    -" if row["score"] is None else f"{row['score']:5.2f}"
    print(f"{mark:<6} {row['patch']:<46} {row['verdict']:<15} {score} {row['seconds']:6.0f} s  "
          f"{' '.join(row['spoke'])}", flush=True)


def mark(patch, row):
    """What the table says in front: nothing when all is as it should be."""
    if not patch.meets(row["verdict"]):
        return "WRONG"
    if patch.is_bad and row["verdict"] != "refused" and not set(patch.checks) & set(row["spoke"]):
        return "other"  # stopped, but not by a check that was meant to
    return ""


def try_all(report, asked):
    automod = program()
    bad = good = bad_approved = good_passed = other = 0
    for target, patches in chosen(asked):
        with tempfile.TemporaryDirectory(prefix="automod-poison-") as scratch:
            gate = Gate(automod, target, pathlib.Path(scratch), asked)
            for patch in patches:
                row = gate.judge(patch)
                word = mark(patch, row)
                print_row(row, word)
                if asked.reasons or word == "WRONG":
                    for reason in row.get("reasons", []):
                        print(f"         {reason}", flush=True)
                other += word == "other"
                if patch.is_bad:
                    bad += 1
                    bad_approved += not patch.meets(row["verdict"])
                else:
                    good += 1
                    good_passed += patch.meets(row["verdict"])
    report.figure("bad_patches", bad)
    report.figure("good_patches", good)
    report.figure("stopped_by_another_check", other)
    report.at_most("bad_approved", bad_approved, 0)
    if good:
        report.at_least("good_passed_share", good_passed / good, GOOD_SHARE)


def try_by_hand(report, asked):
    made_of_straw = 0
    for target, patches in chosen(asked):
        with tempfile.TemporaryDirectory(prefix="automod-poison-") as scratch:
            plain = targets.PlainTarget(target, pathlib.Path(scratch))
            for patch in patches:
                if not (patch.is_bad or asked.plain_only):
                    continue
                for _ in range(PLAIN_TRIES if patch.is_bad else 1):
                    problem = plain.problem_with(patch)
                    if problem is None:
                        break
                made_of_straw += problem is not None
                print(f"by hand {patch.name:<46} {problem or 'passes'}", flush=True)
    report.at_most("fail_by_hand", made_of_straw, 0)


def main():
    asked = options()
    report = Report("poison")
    if asked.verify_plain or asked.plain_only:
        try_by_hand(report, asked)
    if not asked.plain_only:
        try_all(report, asked)
    report.finish()


if __name__ == "__main__":
    main()
