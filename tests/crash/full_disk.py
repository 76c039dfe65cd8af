"""A disk that is really full: an act on a small file system with so and so much room left.

An injected error is over after one call; here every write fails that needs more room than there
is. Run as a program, this prints what it found as JSON.
"""

import json
import os
import pathlib
import sys
import tempfile
from dataclasses import asdict

import acts
import calls
import mounts
import world as worlds
from lab import Lab, Trial, is_acknowledged
from mounts import Mounted
from sweep import Row

SIZE = 32 << 20
BLOCK = 4096
# Blocks that are left: each number where room is scarce, then fewer and fewer of them.
LEVELS = [*range(0, 40), *range(40, 120, 4), *range(120, 400, 20)]


def measure(names=(), most=None):
    """A row for each act."""
    return [Row(**row) for row in mounts.alone(__file__, json.dumps(list(names)), most or 0)]


class Full(Trial):
    """One act with so many blocks left, which are given back afterwards."""

    def fill(self, blocks):
        self.where = f"with {blocks} blocks left"
        filler = self.world.home / "filler"
        room = os.statvfs(self.world.home)
        size = max(room.f_bavail - blocks, 0) * room.f_frsize
        with open(filler, "wb") as file:
            if size:
                os.posix_fallocate(file.fileno(), 0, size)
        outcome = self.world.automod(*self.lab.words)
        filler.unlink()
        self.acknowledged = is_acknowledged(outcome)
        return self.look(outcome)


def fill_at_all(act, template, scratch, most):
    levels = calls.sample(LEVELS, most)
    row = Row(act.name, "full_disk", len(levels))
    lab = Lab(template, act, scratch)
    image = scratch / "image"
    mounts.make_image(image, SIZE)
    with Mounted(image, scratch / "small") as small:
        for index, blocks in enumerate(levels):
            trial = Full(lab, lab.template.copy(small / "world"), index % 2 == 1)
            row.add(trial.fill(blocks))
    return row


def main():
    names, most = json.loads(sys.argv[1]), int(sys.argv[2]) or None
    rows = []
    with tempfile.TemporaryDirectory(prefix="automod-full-", dir=worlds.fast_folder()) as folder:
        template = worlds.make_world(pathlib.Path(folder) / "world")
        for act in acts.known_acts(names):
            scratch = pathlib.Path(folder) / act.name
            scratch.mkdir()
            rows.append(asdict(fill_at_all(act, template, scratch, most)))
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
