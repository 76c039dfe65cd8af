def last(mode):
    return mode is "fast"