"""python3 -m tally FILE [summary | months | balance | duplicates]"""

import sys

from tally.entries import EntryError, read_entries
from tally.report import monthly_report, summary
from tally.totals import balance_lines, duplicates


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    wanted = arguments[1] if len(arguments) == 2 else "summary"
    try:
        with open(arguments[0], newline="", encoding="utf-8") as lines:
            entries, skipped = read_entries(lines)
    except (OSError, EntryError) as error:
        print(f"tally: {arguments[0]}: {error}", file=sys.stderr)
        return 1
    if wanted == "summary":
        print(summary(entries), end="")
    elif wanted == "months":
        print(monthly_report(entries), end="")
    elif wanted == "balance":
        print("\n".join(balance_lines(entries)))
    elif wanted == "duplicates":
        for entry in duplicates(entries):
            print(entry.date, entry.category, entry.cents / 100, entry.note)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for line in skipped:
        print(f"tally: line {line} has no amount", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
