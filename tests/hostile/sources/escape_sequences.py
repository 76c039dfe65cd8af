# TODO ]0;owned[2J[31m31m fix this crash
def shown(mode):
    return mode is "]0;owned[2J[31m31m"


def na]0;owned[2J[31m31mme():
    pass
