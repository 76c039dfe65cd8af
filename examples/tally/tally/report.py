"""Turns totals into text."""

from tally.totals import by_category, by_month


def money(cents):
    """Returns "-1,234.50"."""
    return f"{cents / 100:,.2f}"


def summary(entries):
    """Returns a line for each category, the largest first, then the total."""
    totals = by_category(entries)
    width = max([len(name) for name in totals] + [len("total")])
    text = ""
    for name, cents in totals.items():
        text += f"{name:<{width}}  {money(cents):>12}\n"
    return text + f"{'total':<{width}}  {money(sum(totals.values())):>12}\n"


def monthly_report(entries):
    """Returns a line for each month with its total and the change from the month before."""
    text = ""
    before = None
    for month, cents in by_month(entries).items():
        change = "" if before is None else f"{(cents - before) / 100:+,.2f}"
        text += f"{month}  {money(cents):>12}  {change:>12}".rstrip() + "\n"
        before = cents
    return text
