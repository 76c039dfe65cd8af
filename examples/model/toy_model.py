"""Plays a language model for docs/models.md: the question comes on stdin, the answer goes to stdout.

It knows one thing, how the running balance of examples/tally is better computed. A real one would
hand the question on to whoever knows more; all else is the same.
"""

import sys

SLOW = """\
    for position, entry in enumerate(ordered):
        balance = sum(earlier.cents for earlier in ordered[: position + 1])
        lines = lines + [f"{entry.date}  {entry.cents / 100:10.2f}  {balance / 100:12.2f}"]
"""
FAST = """\
    balance = 0
    for entry in ordered:
        balance += entry.cents
        lines.append(f"{entry.date}  {entry.cents / 100:10.2f}  {balance / 100:12.2f}")
"""


def answer(question):
    if SLOW in question:
        return ("Each line adds up all entries before it again; the balance so far is enough.\n\n"
                f"tally/totals.py\n<<<<<<< SEARCH\n{SLOW}=======\n{FAST}>>>>>>> REPLACE\n")
    if "the one word: ready" in question:
        return "ready\n"
    return "This model knows nothing of that.\n\nNO CHANGE\n"


sys.stdout.write(answer(sys.stdin.read()))
