"""python3 bench/tally_check.py SEED: makes up expenses and prints all that tally says of them.

Two versions that do the same print the same.
"""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from tally import balance_lines, duplicates, monthly_report, read_entries, split_evenly, summary


def amount(choose):
    """Whole or with quarters, written in one of the ways that people write amounts."""
    whole = choose.choice([0, 1, 5, 40, 999, 12000, 3000000])
    text = f"{choose.randrange(whole + 1):,}".replace(",", choose.choice(["", " "]))
    text += choose.choice(["", ".00", ".25", ".5", ".75", ",25", ",50"])
    return choose.choice(["", "", "", "-", " "]) + text


def rows(choose):
    yield "date,category,amount,note"
    for _ in range(choose.randrange(200)):
        day = f"{choose.randrange(1999, 2026)}-{choose.randrange(1, 13):02}-{choose.randrange(1, 5):02}"
        category = choose.choice(["food", " Food", "rent", "BOOKS", "a very long name of something", "x"])
        note = choose.choice(["", "", '"bread, milk"', " kept ", "straße"])
        text = choose.choice(["", " "]) if choose.randrange(20) == 0 else amount(choose)
        yield f'{day},{category},"{text}",{note}'


def main():
    choose = random.Random(sys.argv[1])
    for _ in range(6):
        entries, skipped = read_entries(rows(choose), [])
        print(summary(entries), monthly_report(entries), *balance_lines(entries), sep="\n")
        print(*duplicates(entries), skipped, sep="\n")
    for _ in range(200):
        print(split_evenly(choose.randrange(-5000, 5000), choose.randrange(1, 12)))
    for line in ["2024-02-30,food,1,", "2024-02-01,food,one,", "2024-02-01,food", "x"]:
        try:
            print(read_entries(["date,category,amount,note", line], []))
        except ValueError as error:
            print(type(error).__name__, str(error).split(":")[0])


main()
