"""Tallies three years of an invented household; prints a checksum of the results."""

import os
import random
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from tally import balance_lines, duplicates, monthly_report, read_entries, summary

ROWS = 1600


def rows():
    choose = random.Random(20240229)
    yield "date,category,amount,note"
    for _ in range(ROWS):
        year = choose.randrange(2021, 2024)
        month = choose.randrange(1, 13)
        day = choose.randrange(1, 29)
        category = choose.choice(["food", "rent", "books", "travel", "repairs"])
        quarters = choose.randrange(4, 200)
        yield f"{year}-{month:02}-{day:02},{category},{quarters / 4:.2f},"


def main():
    entries, _ = read_entries(rows())
    text = summary(entries) + monthly_report(entries) + "\n".join(balance_lines(entries))
    text += str(len(duplicates(entries)))
    print(f"checksum {zlib.crc32(text.encode()):08x}")


main()
