"""Vocabulary of the scenarios in which a language model is asked: a program of ours plays it."""

import pathlib

from harness import ROOT, Scenario

# Keeps every question, counts every call, and answers by how many different questions there were.
# Does not answer the one whose number stands in the file "thinks".
PLAYER = """import pathlib, sys, time
home = pathlib.Path(__file__).parent
question = sys.stdin.buffer.read()
asked = sorted((home / "asked").iterdir(), key=lambda path: int(path.name))
known = [path.name for path in asked if path.read_bytes() == question]
number = known[0] if known else str(len(asked) + 1)
(home / "asked" / number).write_bytes(question)
with open(home / "calls", "a") as calls:
    calls.write(number + "\\n")
thinks = home / "thinks"
for _ in range(600):
    if not (thinks.exists() and thinks.read_text() == number):
        break
    time.sleep(0.1)
answer = home / "answers" / number
if not answer.exists():
    sys.exit("nobody told me what to say to that")
sys.stdout.buffer.write(answer.read_bytes())
"""

PRICES = '''"""Prices in cents."""


def label(cents):
    """Returns "12.34" for 1234."""
    return f"{cents // 100}.{cents % 100}"


def total(prices):
    """Adds up prices; of more than five the dearest is free."""
    if len(prices) > 5:
        return sum(prices) - max(prices)
    return sum(prices)
'''
TESTS = '''import unittest

from shop.prices import label, total


class Label(unittest.TestCase):
    def test_two_digits(self):
        self.assertEqual(label(1234), "12.34")

    def test_one_digit(self):
        self.assertEqual(label(1205), "12.05")


class Total(unittest.TestCase):
    def test_few(self):
        self.assertEqual(total([100, 250]), 350)

    def test_dearest_is_free(self):
        self.assertEqual(total([1, 2, 3, 4, 5, 600]), 15)
'''
SHOP = {
    "automod.toml": """version = 1
[project]
test = "python3 -m unittest"
test_results = "unittest"
protected = ["tests/**", "automod.toml"]
""",
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "tests/__init__.py": "",
    "tests/test_prices.py": TESTS,
}
LABEL = '    return f"{cents // 100}.{cents % 100}"\n'
MENDED = SHOP | {"shop/prices.py": PRICES.replace("{cents % 100}", "{cents % 100:02}")}
FAILING = "tests.test_prices.Label.test_one_digit"
PASSING = "tests.test_prices.Label.test_two_digits"
REQUEST = ["ask", "label() loses the zero of 1205", "--files", "shop/prices.py", "--type", "bug_fix"]


def block(path, search, replace):
    return f"{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


def whole(path, text):
    return f"{path}\n<<<<<<< FILE\n{text}>>>>>>> FILE\n"


def deleted(path):
    return f"{path}\n<<<<<<< DELETE\n>>>>>>> DELETE\n"


def relabel(text):
    """The answer after which label() returns that f-string."""
    return block("shop/prices.py", LABEL, f'    return f"{text}"\n')


RIGHT = "The cents lose their zero.\n\n" + relabel("{cents // 100}.{cents % 100:02}")
BREAKS = "A zero belongs there.\n\n" + relabel("{cents // 100}.0{cents % 100}")
STILL_FAILS = "Three places, then.\n\n" + relabel("{cents // 100}.{cents % 100:1}")


def example(name):
    folder = ROOT / "examples" / name
    return {str(path.relative_to(folder)): path.read_text()
            for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


class Asking(Scenario):
    """A target, and a model that answers what it was told to."""

    files = SHOP

    def setUp(self):
        super().setUp()
        self.target = self.repo(self.files)
        self.target.untidy()
        self.player = self.home / "player"
        for name in ["asked", "answers"]:
            (self.player / name).mkdir(parents=True)
        (self.player / "player.py").write_text(PLAYER)
        (self.player / "calls").write_text("")
        self.configure(self.toy())

    def toy(self, name="toy", more=""):
        return (f'[models.{name}]\nkind = "command"\nretries = 0\nmost_tokens = 500\n'
                f'command = ["python3", "{self.player}/player.py"]\n{more}')

    def configure(self, text):
        folder = self.home / "config" / "automod"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(text)

    def answers(self, *texts):
        """What the model says to the first question, to the second that is another one, …"""
        for number, text in enumerate(texts, 1):
            (self.player / "answers" / str(number)).write_text(text)

    def thinks_about(self, number):
        """The model keeps that question to itself; 0: none."""
        (self.player / "thinks").write_text(str(number))

    def question(self, number):
        return (self.player / "asked" / str(number)).read_text()

    def calls(self):
        """Numbers of the questions in the order in which they were asked."""
        return [int(line) for line in (self.player / "calls").read_text().split()]

    def run_json(self, *args, code=0, **more):
        return self.automod(self.target, *args, "--json", code=code, **more).json()

    def outcomes(self, document):
        return [attempt["outcome"] for attempt in document["attempts"]]

    def modification(self, attempt):
        return attempt["tried"]["listed"]["modification"]

    def listed(self):
        return self.run_json("list")["modifications"]


def first_block(markdown, language, containing=""):
    """The first fenced block of that language that has a text in it."""
    for part in pathlib.Path(markdown).read_text().split(f"```{language}\n")[1:]:
        text = part.split("```")[0]
        if containing in text:
            return text
    raise AssertionError(f"no {language} block with {containing!r} in {markdown}")
