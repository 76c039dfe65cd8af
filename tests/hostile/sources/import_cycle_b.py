import import_cycle_a
from import_cycle_b import *


def turn_b():
    return import_cycle_a.turn_a()
