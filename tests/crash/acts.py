"""The acts that are interrupted. One more is one more row."""

from dataclasses import dataclass

from world import grow, knows

AFTERWARDS = ("apply", "{other}")  # another act, which has to put in order what it finds


def move_main(world):
    """The checked-out branch grows, so that a merge is no fast-forward."""
    world.git("stash", "push", "--quiet")
    grow(world, "main", {"notes.txt": "one\ntwo\nthree and more\n"})
    world.git("reset", "--quiet", "--hard")
    world.git("stash", "pop", "--quiet", "--index")


def write_token(world):
    """An approval of what waits for one, on a file."""
    answer = world.must(*world.words(APPROVE)).json()
    (world.home / "token").write_text(answer["approval"]["token"])


APPROVE = ("approve", "{waiting}", "--key", "{home}/approver", "--note", "crash", "--json")


@dataclass(frozen=True)
class Act:
    name: str
    words: tuple  # command line; {fresh} and its like stand for ids of world.CHANGES
    option: str = ""  # must be in the help of the command, or this automod cannot do it yet
    prepare: object = None  # called with the world that is to be interrupted, before
    afterwards: tuple = AFTERWARDS  # the other command that is run after the crash
    twice: bool = True  # doing it again once it is done changes nothing
    moves_files: bool = False  # moves the user's branch and working tree, wholly or not at all

    def is_known(self):
        return knows(self.words[0], self.option)


ACTS = [
    Act("apply", ("apply", "{fresh}", "--json")),
    Act("rollback", ("rollback", "{kept}", "--reason", "crash", "--json")),
    Act("rollback_revert", ("rollback", "{under}", "--reason", "crash", "--onto", "released",
                            "--json")),
    Act("apply_onto", ("apply", "{fresh}", "--onto", "moved", "--json"), option="--onto"),
    Act("approve", APPROVE, twice=False),
    Act("apply_approved", ("apply", "{waiting}", "--approval-token", "@{home}/token", "--json"),
        option="--approval-token", prepare=write_token),
    Act("merge", ("merge", "{kept}", "--json"), moves_files=True),
    Act("merge_commit", ("merge", "{kept}", "--json"), prepare=move_main, moves_files=True),
    Act("undo", ("undo", "--json"), afterwards=("undo", "--json"), twice=False),
]


def known_acts(names=()):
    return [act for act in ACTS if (not names or act.name in names) and act.is_known()]
