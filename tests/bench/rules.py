#!/usr/bin/env python3
"""Rules: recall and precision of each over the corpus of seeded defects.

The corpus (tests/seeded) is laid out as a repository and analyzed once for every goal at the
boldest level. A finding on a line without a mark is a false alarm when its rule has a mark
somewhere; findings of all other rules are counted apart. `rules LANGUAGE...` takes some of the
languages. AUTOMOD_BIN names another program to measure.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from program import ROOT, program
from report import Report

GOALS = "improve_performance,fix_bugs,refactor"
PRECISION = 95.0

sys.path[:0] = [str(ROOT / "tests" / "seeded"), str(ROOT / "tests" / "scenarios")]
import corpus  # noqa: E402
import harness  # noqa: E402


def analyze(binary, files):
    """The document of one analysis of the files, in a repository of their own."""
    with tempfile.TemporaryDirectory(prefix="automod-rules-") as scratch:
        home = pathlib.Path(scratch)
        (home / "home").mkdir()
        environment = harness.environment(home)
        repo = harness.Repo(home / "seeded", environment)
        repo.commit(corpus.laid_out(files))
        done = subprocess.run(
            [binary, "analyze", "--json", "--goal", GOALS, "--safety", "aggressive"],
            cwd=repo.folder, env=environment, check=False, text=True, stdout=subprocess.PIPE)
        if done.returncode != 0:
            raise SystemExit(f"analyze: exit code {done.returncode}")
        return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE",
                        help=f"of {', '.join(corpus.languages())} (default: all)")
    chosen = parser.parse_args().languages or corpus.languages()
    unknown = sorted(set(chosen) - set(corpus.languages()))
    if unknown:
        parser.error(f"no language '{unknown[0]}', expected {', '.join(corpus.languages())}")
    files = corpus.sources(chosen)
    wanted = corpus.marks(files)
    document = analyze(program("automod-clang"), files)
    compared = corpus.Comparison(wanted, corpus.findings(document))

    print(f"{'rule':<44} {'seeded':>6} {'found':>6} {'missed':>6} {'alarms':>6}")
    for rule in compared.rules:
        seeded, right = compared.seeded[rule], compared.right[rule]
        print(f"{rule:<44} {seeded:>6} {right:>6} {seeded - right:>6} {compared.alarms[rule]:>6}")
    for word, places in (("missed", compared.missed), ("false alarm", compared.wrong)):
        for place in places:
            print(f"{word}: {place.path}:{place.line}: {place.rule}")
    others = collections.Counter(place.rule for place in compared.others)
    for rule, number in sorted(others.items()):
        print(f"not of the corpus: {rule}: {number}")

    report = Report("rules")
    report.figure("files", len(files))
    report.figure("rules", len(compared.rules))
    report.figure("seeded", len(wanted))
    report.figure("found", compared.right.total())
    report.figure("false_alarms", len(compared.wrong))
    report.figure("others", len(compared.others))
    report.figure("recall_percent", compared.recall())
    report.at_least("precision_percent", compared.precision(), PRECISION)
    report.at_most("files_not_analyzed", len(document["failed_files"]), 0)
    report.finish()


if __name__ == "__main__":
    main()
