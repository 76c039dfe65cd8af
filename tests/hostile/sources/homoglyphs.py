def рay(mode):
    return mode is "р"


def pay():
    pass
