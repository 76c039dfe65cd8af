"""kill -9, a full disk and failing writes at an even sample of points; scripts/bench crash takes
all."""

import unittest

import calls
import sweep
import world

PLAN = sweep.Plan(most={"kill": 24, "enospc": 6, "eio": 6, "eio_flush": 4}, firsts=2, seconds=2)


class Interrupted(unittest.TestCase):
    maxDiff = None

    def test_every_act_converges_wherever_it_was_interrupted(self):
        rows = []

        def report(row):
            rows.append(row)
            print(row, flush=True)

        sweep.sweep(PLAN, report)
        self.assertEqual([text for row in rows for text in row.complaints], [])
        self.assertGreater(sum(row.tried for row in rows), 0)


if __name__ == "__main__":
    world.leave_unless_possible(calls.why_not())
    unittest.main(verbosity=2)
