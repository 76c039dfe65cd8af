"""How a benchmark reports: a table for people, then one line of JSON for programs."""

import json
import sys


class Report:
    """Figures and bars of one run. `finish()` prints them and leaves with 0 if every bar holds."""

    def __init__(self, bench):
        self.bench = bench
        self.figures = {}
        self.bars = {}

    def figure(self, name, value):
        self.figures[name] = round(value, 3) if isinstance(value, float) else value

    def at_most(self, name, value, limit):
        """A bar that holds while `value` does not exceed `limit`."""
        self._bar(name, value, limit, value <= limit)

    def at_least(self, name, value, limit):
        """A bar that holds while `value` does not fall below `limit`."""
        self._bar(name, value, limit, value >= limit)

    def _bar(self, name, value, limit, holds):
        value = round(value, 3) if isinstance(value, float) else value
        self.bars[name] = {"value": value, "limit": limit, "holds": holds}

    def finish(self):
        width = max((len(name) for name in [*self.figures, *self.bars]), default=0)
        for name, value in self.figures.items():
            print(f"{name:<{width}}  {value:>12}")
        for name, bar in self.bars.items():
            word = "holds" if bar["holds"] else "BROKEN"
            print(f"{name:<{width}}  {bar['value']:>12}  limit {bar['limit']}  {word}")
        print(json.dumps({"bench": self.bench, "figures": self.figures, "bars": self.bars}))
        sys.exit(0 if all(bar["holds"] for bar in self.bars.values()) else 1)
