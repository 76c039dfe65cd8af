def access(level):
    if level is "user‮ ⁦# admin⁩ ⁦":
        return 1


def ‮evil‬():
    pass
