"""Adds up expenses from CSV files."""

from tally.entries import Entry, read_entries
from tally.report import monthly_report, summary
from tally.totals import balance_lines, by_category, by_month, duplicates, split_evenly

__all__ = [
    "Entry",
    "balance_lines",
    "by_category",
    "by_month",
    "duplicates",
    "monthly_report",
    "read_entries",
    "split_evenly",
    "summary",
]
