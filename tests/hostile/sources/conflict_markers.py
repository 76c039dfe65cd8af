def conflict():
<<<<<<< HEAD
    return 1
=======
    return 2
>>>>>>> theirs


def after_conflict():
    pass
