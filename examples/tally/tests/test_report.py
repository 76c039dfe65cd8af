import datetime
import unittest

from tally.entries import Entry
from tally.report import money, monthly_report, summary


def entry(day, category, cents):
    return Entry(datetime.date.fromisoformat(day), category, cents)


class ReportTest(unittest.TestCase):
    def test_money(self):
        self.assertEqual(money(123450), "1,234.50")
        self.assertEqual(money(-5), "-0.05")

    def test_summary_ends_with_the_total(self):
        text = summary([entry("2024-01-01", "rent", 70000), entry("2024-01-02", "food", 1250)])
        self.assertEqual(
            text, "rent         700.00\nfood          12.50\ntotal        712.50\n"
        )

    def test_summary_of_nothing(self):
        self.assertEqual(summary([]), "total          0.00\n")

    def test_months_show_the_change(self):
        text = monthly_report([entry("2024-01-05", "a", 1000), entry("2024-02-05", "a", 1550)])
        self.assertEqual(
            text, "2024-01         10.00\n2024-02         15.50         +5.50\n"
        )
