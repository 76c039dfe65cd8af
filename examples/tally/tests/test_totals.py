import datetime
import unittest

from tally.entries import Entry
from tally.totals import balance_lines, by_category, by_month, duplicates, split_evenly


def entry(day, category, cents, note=""):
    return Entry(datetime.date.fromisoformat(day), category, cents, note)


class TotalsTest(unittest.TestCase):
    def test_categories_are_ordered_by_amount_then_name(self):
        totals = by_category(
            [
                entry("2024-01-01", "food", 300),
                entry("2024-01-02", "books", 500),
                entry("2024-01-03", "food", 200),
                entry("2024-01-04", "rent", 900),
            ]
        )
        self.assertEqual(list(totals.items()), [("rent", 900), ("books", 500), ("food", 500)])

    def test_months_are_in_order(self):
        totals = by_month([entry("2024-02-01", "a", 1), entry("2023-12-31", "a", 2)])
        self.assertEqual(list(totals.items()), [("2023-12", 2), ("2024-02", 1)])

    def test_nothing_adds_up_to_nothing(self):
        self.assertEqual(by_category([]), {})
        self.assertEqual(by_month([]), {})


class DuplicatesTest(unittest.TestCase):
    def test_each_repetition_is_found(self):
        first = entry("2024-01-01", "food", 300, "market")
        second = entry("2024-01-01", "food", 300, "bakery")
        third = entry("2024-01-01", "food", 300)
        self.assertEqual(duplicates([first, second, third]), [second, third])

    def test_another_day_category_or_amount_is_no_repetition(self):
        entries = [
            entry("2024-01-01", "food", 300),
            entry("2024-01-02", "food", 300),
            entry("2024-01-01", "rent", 300),
            entry("2024-01-01", "food", 301),
        ]
        self.assertEqual(duplicates(entries), [])


class SplitEvenlyTest(unittest.TestCase):
    def test_shares_add_up(self):
        self.assertEqual(split_evenly(1000, 3), [334, 333, 333])
        self.assertEqual(split_evenly(900, 3), [300, 300, 300])

    def test_debts_are_shared_too(self):
        self.assertEqual(sum(split_evenly(-1000, 3)), -1000)

    def test_nobody_is_an_error(self):
        with self.assertRaises(ValueError):
            split_evenly(100, 0)


class BalanceTest(unittest.TestCase):
    def test_running_total_in_order_of_date(self):
        lines = balance_lines(
            [
                entry("2024-01-03", "food", 250),
                entry("2024-01-01", "rent", 10000),
                entry("2024-01-02", "refund", -500),
            ]
        )
        self.assertEqual(
            [line.split() for line in lines],
            [
                ["2024-01-01", "100.00", "100.00"],
                ["2024-01-02", "-5.00", "95.00"],
                ["2024-01-03", "2.50", "97.50"],
            ],
        )

    def test_entries_of_one_day_keep_their_order(self):
        lines = balance_lines([entry("2024-01-01", "a", 200), entry("2024-01-01", "b", 100)])
        self.assertEqual([line.split()[1] for line in lines], ["2.00", "1.00"])
