"""Sums over entries. All amounts are in cents."""


def by_category(entries):
    """Returns {category: cents}, the largest amount first and equal ones by name."""
    totals = {}
    for entry in entries:
        totals[entry.category] = totals.get(entry.category, 0) + entry.cents
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def by_month(entries):
    """Returns {"2024-02": cents} in the order of the months."""
    totals = {}
    for entry in entries:
        month = entry.date.strftime("%Y-%m")
        totals[month] = totals.get(month, 0) + entry.cents
    return dict(sorted(totals.items()))


def duplicates(entries):
    """Returns the entries that repeat an earlier one in date, category and amount; notes differ."""
    seen = []
    repeated = []
    for entry in entries:
        key = (entry.date, entry.category, entry.cents)
        if key in seen:
            repeated.append(entry)
        else:
            seen.append(key)
    return repeated


def split_evenly(cents, people):
    """Shares an amount: the shares add up to it exactly and differ by one cent at most."""
    if people < 1:
        raise ValueError("nobody to share with")
    share, rest = divmod(cents, people)
    return [share + 1] * rest + [share] * (people - rest)


def balance_lines(entries):
    """Returns a line for each entry, in order of date, with the running total."""
    ordered = sorted(entries, key=lambda entry: entry.date)
    lines = []
    for position, entry in enumerate(ordered):
        balance = sum(earlier.cents for earlier in ordered[: position + 1])
        lines = lines + [f"{entry.date}  {entry.cents / 100:10.2f}  {balance / 100:12.2f}"]
    return lines
