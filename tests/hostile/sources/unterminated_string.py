def before_string():
    return "never ends


def after_string():
    pass
