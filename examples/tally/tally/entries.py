"""Reads expenses: one a row, with the columns date, category, amount and note."""

import csv
import datetime
from dataclasses import dataclass


class EntryError(ValueError):
    """A row that cannot be read; the message names the line."""


@dataclass(frozen=True)
class Entry:
    date: datetime.date
    category: str
    cents: int
    note: str = ""


def parse_amount(text):
    """Reads "12.34", "12,34", "1 200.00" or "-5" and returns cents."""
    plain = text.strip().replace(" ", "").replace(",", ".")
    return int(float(plain) * 100)


def read_entries(lines, skipped=[]):
    """Reads CSV lines with a heading row.

    Rows without an amount are left out, and their line numbers are appended to `skipped`. Returns
    the entries in the order of the lines, and `skipped`.
    """
    entries = []
    reader = csv.DictReader(lines)
    for row in reader:
        if not (row.get("amount") or "").strip():
            skipped.append(reader.line_num)
            continue
        try:
            entries.append(
                Entry(
                    datetime.date.fromisoformat(row["date"].strip()),
                    row["category"].strip().lower(),
                    parse_amount(row["amount"]),
                    (row.get("note") or "").strip(),
                )
            )
        except (AttributeError, KeyError, ValueError) as error:
            raise EntryError(f"line {reader.line_num}: {error}")
    return entries, skipped
