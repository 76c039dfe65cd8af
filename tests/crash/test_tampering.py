"""Ways of editing what automod recorded. Each has to be found, and what was edited has to be named.

A row of WAYS says what is edited, which check has to see it, and what its words have to match.
Every check is the program's own: the ledger's (`log`), that of one application (`verify`), the
same on another machine, from a clone and an exported bundle (`bundle`), and the gate's before an
approval (`token`).
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from dataclasses import dataclass

import world as worlds
from harness import SHELL_TARGET, drop_triggers

LOG = ("log", "--verify")
VERIFY = ("verify", "{first}")
EXPORT = ("log", "export", "--to", "{home}/bundle.json")
VERIFY_BUNDLE = ("verify", "{commit}", "--bundle", "{home}/bundle.json")
APPROVE = ("approve", "{waiting}", "--key", "{home}/approver", "--json")
APPLY = ("apply", "{waiting}", "--approval-token", "@{home}/token")
NOTES = "refs/notes/automod"
NEEDED = [("log export", "--to"), ("verify", "--bundle"), ("approve", "--key"),
          ("apply", "--approval-token")]
CHANGES = {"first": {"first.txt": "first, changed\n"}, "second": {"second.txt": "changed\n"},
           "third": {"third.txt": "changed\n"}, "waiting": {"test.sh": "exit 0\n"},
           "allowed": {"test.sh": "exit 0 # again\n"}}


def database(world, *statements):
    """Runs SQL as somebody could who can write the file."""
    connection = sqlite3.connect(world.folder / ".git/automod/automod.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    drop_triggers(connection)
    for statement in statements:
        text, values = statement if isinstance(statement, tuple) else (statement, ())
        if connection.execute(text, [world.ids.get(value, value) for value in values]).rowcount == 0:
            raise AssertionError(f"nothing to tamper with: {text}")
    connection.close()


def sql(*statements):
    return lambda world: database(world, *statements)


def rows(world, text, *values):
    connection = sqlite3.connect(world.folder / ".git/automod/automod.db")
    found = connection.execute(text, values).fetchall()
    connection.close()
    return found


def rehash(world):
    """A chain that holds again after an edit: only signatures and pins can tell."""
    previous = ""
    edits = []
    for row in rows(world, "SELECT number, at, kind, subject, payload FROM ledger ORDER BY number"):
        entry = dict(zip(("number", "at", "kind", "subject", "payload"), row))
        entry["previous"] = previous
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        edits.append(("UPDATE ledger SET previous = ?, hash = ? WHERE number = ?",
                      (previous, digest, row[0])))
        previous = digest
    database(world, *edits)


def edit_and_rehash(world):
    database(world, "UPDATE ledger SET payload = replace(payload, '\"approved\"', '\"rejected\"') "
                    "WHERE kind = 'verdict'")
    rehash(world)


def reorder(world):
    (first,), (second,) = rows(world, "SELECT max(number) - 1 FROM ledger"), \
        rows(world, "SELECT max(number) FROM ledger")
    database(world, ("UPDATE ledger SET number = 9999 WHERE number = ?", first),
             ("UPDATE ledger SET number = ? WHERE number = ?", (first[0], second[0])),
             ("UPDATE ledger SET number = ? WHERE number = 9999", second))


def cut_tail(world):
    """The last application goes, from every table that speaks of it."""
    (number,), = rows(world, "SELECT max(number) FROM ledger WHERE kind = 'application'")
    database(world, ("DELETE FROM applications WHERE ledger_number >= ?", (number,)),
             ("DELETE FROM ledger WHERE number >= ?", (number,)))


def swap_attestations(world):
    (one,), (two,) = (rows(world, "SELECT envelope FROM attestations WHERE modification_id = ?",
                           world.ids[name])[0] for name in ("first", "second"))
    database(world, ("UPDATE attestations SET envelope = ? WHERE modification_id = ?",
                     (two, "first")),
             ("UPDATE attestations SET envelope = ? WHERE modification_id = ?", (one, "second")))


def edit_note(world):
    commit = world.repo.rev(world.branch("first"))
    envelope = json.loads(world.git("notes", f"--ref={NOTES}", "show", commit).splitlines()[0])
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["edited"] = True
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    world.git("notes", f"--ref={NOTES}", "add", "--force", "--message", json.dumps(envelope), commit)


def drop_note(world):
    world.git("notes", f"--ref={NOTES}", "remove", world.repo.rev(world.branch("first")))


def rewrite(change):
    """Replaces the commit by one whose text is changed, and moves its branch there."""
    def act(world):
        branch = world.branch("first")
        text = world.git("cat-file", "commit", branch)
        edited = change(world, text)
        if edited == text:
            raise AssertionError("nothing to tamper with")
        made = world.git("hash-object", "-t", "commit", "-w", "--stdin", text=edited).strip()
        world.git("update-ref", branch, made)
    return act


def unsigned(text):
    return re.sub(r"gpgsig .*\n(?: .*\n)*", "", text)


def sign_again(world, text):
    """Signed by somebody, and well; only not by a key that is trusted."""
    key = world.home / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    payload = unsigned(text)
    armor = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(key)],
                           input=payload.encode(), check=True, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL).stdout.decode()
    head, _, message = payload.partition("\n\n")
    return f"{head}\ngpgsig {armor.rstrip().replace(chr(10), chr(10) + ' ')}\n\n{message}"


def replace_ref(world):
    """git replace shows another commit under the same name."""
    commit = world.repo.rev(world.branch("first"))
    text = unsigned(world.git("cat-file", "commit", commit)).replace("Self-modification", "Harmless")
    made = world.git("hash-object", "-t", "commit", "-w", "--stdin", text=text).strip()
    world.git("replace", commit, made)


def amend_tree(world, text):
    tree = world.git("rev-parse", "main^{tree}").strip()
    return re.sub(r"^tree \w+", f"tree {tree}", text)


def on_bundle(edit):
    def act(world):
        path = world.home / "bundle.json"
        document = json.loads(path.read_text())
        edit(world, document)
        path.write_text(json.dumps(document))
    return act


def flip_byte(world):
    """One letter in the midst of the bundle, which stays valid JSON."""
    path = world.home / "bundle.json"
    text = path.read_text()
    place = next(match.start() for match in re.finditer(r"(?<=[a-z ])[a-z](?=[a-z ])", text)
                 if match.start() > len(text) // 2)
    path.write_text(text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1:])


def remove_entry(_, document):
    document["ledger"].pop(len(document["ledger"]) // 2)


def of_another_repository(world):
    """A bundle that is sound in itself and knows nothing of this commit."""
    with tempfile.TemporaryDirectory(dir=world.home) as folder:
        other = worlds.empty_world(pathlib.Path(folder) / "world", SHELL_TARGET)
        other.must(*other.words(EXPORT))
        shutil.copy(other.home / "bundle.json", world.home / "bundle.json")


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encoded(value):
    text = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def on_token(edit):
    """`edit` gets header, claims and signature and returns the three."""
    def act(world):
        path = world.home / "token"
        header, claims, signature = path.read_text().strip().split(".")
        header, claims, signature = edit(world, decoded(header), decoded(claims), signature)
        path.write_text(f"{encoded(header)}.{encoded(claims)}.{signature}")
    return act


def edit_claim(_, header, claims, signature):
    return header, {**claims, "exp": claims["exp"] + 3600}, signature


def no_algorithm(_, header, claims, _signature):
    return {**header, "alg": "none"}, claims, ""


def other_algorithm(world, header, claims, _signature):
    """The public key, which anybody knows, taken as the secret of an HMAC."""
    header = {**header, "alg": "HS256"}
    secret = (world.home / "approver.pub").read_bytes()
    mac = hmac.new(secret, f"{encoded(header)}.{encoded(claims)}".encode(), "sha256").digest()
    return header, claims, base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def new_token(world, name, *args):
    words = [*world.words(APPROVE), *args]
    words[1] = world.ids[name]
    (world.home / "token").write_text(world.must(*words).json()["approval"]["token"])


def expired(world):
    new_token(world, "waiting", "--expires", "1s")
    subprocess.run(["sleep", "2.1"], check=True)


def by_a_stranger(world):
    key = world.home / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    path = world.home / "token"
    head, claims, _ = path.read_text().strip().split(".")
    raw = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "automod", "-f", str(key)],
                         input=f"{head}.{claims}".encode(), check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL).stdout
    blob = base64.b64decode(b"".join(raw.splitlines()[1:-1]))
    path.write_text(f"{head}.{claims}.{base64.urlsafe_b64encode(blob[-64:]).rstrip(b'=').decode()}")


def replayed(world):
    world.must(*world.words(APPLY))
    world.must("rollback", world.ids["waiting"], "--reason", "to be applied again")


@dataclass(frozen=True)
class Way:
    name: str
    edit: object
    check: str  # log, verify, bundle or token
    names: str  # what the words must match


WAYS = [
    # the ledger
    Way("an entry is edited", sql("UPDATE ledger SET at = '2000-01-01T00:00:00.000Z' "
                                  "WHERE number = 3"), "log", r"\b3\b"),
    Way("an entry is deleted", sql("DELETE FROM ledger WHERE number = 3"), "log", r"\b[34]\b"),
    Way("two entries change places", reorder, "log", r"entry"),
    Way("the tail is cut off, with its records", cut_tail, "log", r"pin|missing|cut"),
    Way("an entry is edited and the chain made anew", edit_and_rehash, "log", r"sign"),
    Way("a signature is dropped", sql("UPDATE ledger SET signature = NULL, signer = NULL "
                                      "WHERE kind = 'application'"), "log", r"sign"),
    # the records
    Way("a verdict is edited", sql("UPDATE verdicts SET safety_score = 0.99"), "log", r"verdict"),
    Way("a byte of evidence is edited",
        sql("UPDATE evidence SET evidence = replace(evidence, '0', '1')"), "log", r"evidence"),
    Way("a byte of a patch is edited",
        sql("UPDATE modifications SET patch = CAST(replace(CAST(patch AS TEXT), 'changed', "
            "'chamged') AS BLOB)"), "log", r"patch"),
    Way("an approval is edited", sql("UPDATE approvals SET note = 'of course'"), "log",
        r"approval"),
    Way("the commit of an application is edited",
        sql("UPDATE applications SET commit_id = base_commit"), "log", r"application"),
    Way("two attestations are swapped", swap_attestations, "verify",
        r"attestation|statement|envelope"),
    # git
    Way("a note is edited", edit_note, "verify", r"note|statement|signature"),
    Way("a note is dropped", drop_note, "verify", r"note"),
    Way("a commit message is edited", rewrite(lambda _, text: text + "\nedited\n"), "verify",
        r"commit"),
    Way("a commit is shown as another by git replace", replace_ref, "verify", r"replace|commit"),
    Way("a commit is signed by another key", rewrite(sign_again), "verify", r"commit|key"),
    Way("a commit has another tree", rewrite(amend_tree), "verify", r"tree|commit"),
    Way("a commit is no longer signed", rewrite(lambda _, text: unsigned(text)), "verify",
        r"sign|commit"),
    # bundles
    Way("a byte of a bundle is edited", flip_byte, "bundle", r"."),
    Way("an entry of a bundle is removed", on_bundle(remove_entry), "bundle", r"entry|ledger"),
    Way("the bundle is of another repository", of_another_repository, "bundle", r"commit|bundle"),
    # tokens
    Way("a claim is edited", on_token(edit_claim), "token", r"did not sign"),
    Way("the algorithm is none", on_token(no_algorithm), "token", r"alg"),
    Way("the algorithm is another", on_token(other_algorithm), "token", r"alg"),
    Way("the token has expired", expired, "token", r"expired"),
    Way("the token is used a second time", replayed, "token", r"used"),
    Way("the token is of another modification", lambda world: new_token(world, "allowed"), "token",
        r"another modification|made for"),
    Way("the token is signed by a stranger", by_a_stranger, "token", r"signature|approver"),
]


def make(home):
    world = worlds.empty_world(home, {**SHELL_TARGET, "first.txt": "first\n", "second.txt": "2\n",
                                      "third.txt": "3\n"})
    for name, change in CHANGES.items():
        world.propose(name, change)
    world.try_all(CHANGES)
    world.must("apply", *[world.ids[name] for name in ("first", "third", "second")])
    world.must("rollback", world.ids["third"], "--reason", "a rollback to tamper with")
    new_token(world, "waiting")
    world.ids["commit"] = world.repo.rev(world.branch("first"))
    world.must(*world.words(EXPORT))
    return world


class Tampering(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="automod-tamper-",
                                                    dir=worlds.fast_folder()))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.template = make(cls.scratch / "template")

    def check(self, world, check):
        """How the program answers the check."""
        if check == "log":
            return world.automod(*LOG)
        if check == "verify":
            return world.automod(*world.words(VERIFY))
        if check == "token":
            return world.automod(*world.words(APPLY))
        clone = worlds.World(world.home, world.ids)
        clone.folder = world.home / "clone"
        shutil.rmtree(clone.folder, ignore_errors=True)
        world.git("clone", "--quiet", "--mirror", ".", str(clone.folder))
        return clone.automod(*clone.words(VERIFY_BUNDLE))

    def test_nothing_is_found_where_nothing_was_edited(self):
        for check in ("log", "verify", "bundle", "token"):
            with self.subTest(check):
                outcome = self.check(self.template.copy(self.scratch / "sound"), check)
                self.assertEqual(outcome.code, 0, outcome)

    def test_every_way_of_tampering_is_found_and_named(self):
        for way in WAYS:
            with self.subTest(way.name):
                world = self.template.copy(self.scratch / "edited")
                way.edit(world)
                refs = world.repo.refs()
                outcome = self.check(world, way.check)
                self.assertNotIn(outcome.code, (0, 2, 3), outcome)
                self.assertRegex(outcome.out + outcome.err, way.names)
                self.assertEqual(world.repo.refs(), refs)


if __name__ == "__main__":
    worlds.leave_unless_possible(next((f"automod knows no {' '.join(words)}" for words in NEEDED
                                       if not worlds.knows(*words)), None))
    unittest.main(verbosity=2)
