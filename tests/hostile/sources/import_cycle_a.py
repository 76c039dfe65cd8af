import import_cycle_b


def turn_a():
    return import_cycle_b.turn_b()
