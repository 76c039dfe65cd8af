"""Prints "line:path" for every line of the named files that holds code."""

import dis
import sys


def lines(code):
    found = {line for _, line in dis.findlinestarts(code) if line}
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            found |= lines(constant)
    return found


for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        continue
    for line in sorted(lines(code)):
        print("%d:%s" % (line, path))
