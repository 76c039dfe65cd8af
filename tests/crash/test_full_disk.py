"""Acts on a disk with little room left, at a few levels; scripts/bench crash takes more."""

import unittest

import full_disk
import mounts
import world


class FullDisk(unittest.TestCase):
    maxDiff = None

    def test_an_act_without_room_fails_as_a_whole_and_can_be_done_later(self):
        rows = full_disk.measure(most=8)
        for row in rows:
            print(row, flush=True)
        self.assertEqual([text for row in rows for text in row.complaints], [])


if __name__ == "__main__":
    world.leave_unless_possible(mounts.why_not())
    unittest.main(verbosity=2)
