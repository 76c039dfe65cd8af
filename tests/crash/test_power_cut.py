"""Power cuts at a few moments; scripts/bench crash cuts at many."""

import unittest

import mounts
import power_cut
import world

CUTS = 20


class PowerCut(unittest.TestCase):
    def test_what_was_acknowledged_survives_and_the_control_shows_that_loss_is_seen(self):
        outcomes = power_cut.measure(CUTS)
        for outcome in outcomes:
            print(outcome, flush=True)
            self.assertEqual(outcome.complaints, [])
        self.assertGreater(sum(outcome.failed for outcome in outcomes if outcome.is_control), 0)


if __name__ == "__main__":
    world.leave_unless_possible(mounts.why_not())
    unittest.main(verbosity=2)
