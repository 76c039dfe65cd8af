#!/usr/bin/env python3
"""Context: what a model is told of a function in a million lines, with everything warm.

The sources are those of the bench analyze. Functions are chosen over all of the tree, small and
large, rare names and common ones. Measured is the whole program, from its start to its end.
AUTOMOD_BIN names another program to measure.
"""

import argparse
import json
import pathlib
import random
import re
import statistics
import tempfile

from analyze import SOURCES, commit, copy_sources, mixed_sources, run
from program import environment, program
from report import Report

LINES = 1_000_000
LIMIT_MS = 300


def functions(automod, target, world, wanted):
    """As file:symbol, spread over what the map knows, the most important among them."""
    _, out = run([automod, "map", "--budget", "200000", "--json"], target, world)
    names = [f"{file['path']}:{symbol['name']}" for file in json.loads(out)["files"]
             for symbol in file["symbols"] if symbol["kind"] in ("function", "method")
             and re.fullmatch(r"[\w:]+", symbol["name"])]
    return names[:3] + random.Random(1).sample(names[3:], wanted - 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--functions", type=int, default=12, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--lines", type=int, default=LINES, help="default: %(default)s")
    asked = parser.parse_args()
    report = Report("context")
    automod = program()
    with tempfile.TemporaryDirectory(prefix="automod-bench-") as folder:
        scratch = pathlib.Path(folder)
        world = environment(scratch)
        target = scratch / "target"
        target.mkdir()
        files, lines = copy_sources(mixed_sources(), target, asked.lines)
        commit(target, world)
        print("sources:", ", ".join(SOURCES))
        report.figure("files", files)
        report.figure("lines", lines)
        run([automod, "index"], target, world)
        medians, memory, tokens = [], 0, []
        for name in functions(automod, target, world, asked.functions):
            command = [automod, "context", name, "--json"]
            run(command, target, world)
            costs = [run(command, target, world) for _ in range(asked.rounds)]
            medians.append(1000 * statistics.median(cost.wall for cost, _ in costs))
            memory = max(memory, *(cost.memory for cost, _ in costs))
            tokens.append(json.loads(costs[0][1])["tokens"])
            print(f"{medians[-1]:8.0f} ms {tokens[-1]:7} tokens  {name}")
        report.figure("tokens", statistics.median(tokens))
        report.figure("memory_mb", memory)
        report.figure("median_ms", statistics.median(medians))
        report.at_most("slowest_ms", max(medians), LIMIT_MS)
    report.finish()


if __name__ == "__main__":
    main()
