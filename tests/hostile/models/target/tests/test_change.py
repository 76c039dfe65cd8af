import unittest

from purse.change import change, weight


class Change(unittest.TestCase):
    def test_nothing_is_no_coin(self):
        self.assertEqual(change(0), [])

    def test_coins_add_up(self):
        for cents in range(0, 300):
            self.assertEqual(sum(change(cents)), cents)

    def test_debts_are_refused(self):
        with self.assertRaises(ValueError):
            change(-1)

    def test_small_coins_weigh_less(self):
        self.assertEqual(weight([50, 5, 1]), 14)


if __name__ == "__main__":
    unittest.main()
