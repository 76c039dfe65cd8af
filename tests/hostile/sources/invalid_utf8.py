# café ÿşÀ¯ í € õ€€€
def broken_ÿ_name(x):
    return "€¿"


def after_invalid_utf8():
    pass
