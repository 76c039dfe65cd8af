"""Compiles the named files and prints what Python warns of, as a C compiler would."""

import sys
import warnings

for path in sys.argv[1:]:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            with open(path, "rb") as file:
                compile(file.read(), path, "exec", dont_inherit=True)
        except (OSError, SyntaxError, ValueError):
            continue
    for one in heard:
        print("%s:%d: warning: %s [-W%s]" % (path, one.lineno, one.message, one.category.__name__))
