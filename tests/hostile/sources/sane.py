def sane_reader(path):
    return path


def sane_caller(mode):
    if mode is "fast":
        return sane_reader(mode)
    return None
