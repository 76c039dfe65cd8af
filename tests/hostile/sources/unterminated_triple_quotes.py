def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
def before_quotes():
    """never ends


def inside_quotes():
    pass
