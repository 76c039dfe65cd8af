"""The real program against real git repositories, in temporary folders of their own.

A scenario is a unittest class below Scenario. Every run of automod is checked for what must
always hold: files, index, HEAD, branch, configuration and stash of the user are untouched byte
for byte, refs are as announced, and a --json document is one document that fits its schema.

AUTOMOD_BIN names the program. AUTOMOD_ACCEPT_GOLDEN=1 writes golden files instead of comparing.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = ROOT / "docs" / "formats"
GOLDEN = ROOT / "tests" / "fixtures" / "golden" / "scenarios"
PROGRAM = os.environ.get("AUTOMOD_BIN", "automod")
SKIP = 77  # what ctest takes for "skipped"


class Outcome:
    """How a run of the program ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Formats:
    """The schemas of docs/formats/, joined into one so that no reference leaves it."""

    def __init__(self):
        self.bundle = {}
        for path in FORMATS.glob("*.schema.json"):
            name = path.name.removesuffix(".schema.json")
            schema = json.loads(path.read_text())
            schema.pop("$id", None)
            self.bundle[name] = self.localize(schema, name)

    def localize(self, value, name):
        """The schema with every reference pointing into the bundle."""
        if isinstance(value, list):
            return [self.localize(item, name) for item in value]
        if not isinstance(value, dict):
            return value
        local = {key: self.localize(item, name) for key, item in value.items()}
        if isinstance(value.get("$ref"), str):
            file, _, pointer = value["$ref"].partition("#")
            local["$ref"] = f"#/$defs/{file.removesuffix('.schema.json') or name}{pointer}"
        return local

    def check(self, document):
        name = re.fullmatch(r"automod\.(\w+)/\d+", document["schema"]).group(1)
        schema = {"$ref": f"#/$defs/{name}", "$defs": self.bundle}
        jsonschema.Draft202012Validator(schema).validate(document)


def environment(home):
    """Variables for automod and git that keep everything below `home` and nothing of the user's."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home / "home"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A User", "GIT_AUTHOR_EMAIL": "user@example.invalid",
        "GIT_COMMITTER_NAME": "A User", "GIT_COMMITTER_EMAIL": "user@example.invalid",
    }


class Repo:
    """A git repository in a folder, driven by the real git."""

    def __init__(self, folder, env):
        self.folder = pathlib.Path(folder)
        self.env = env
        self.folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *args, text=None, check=True):
        done = subprocess.run(["git", "--no-optional-locks", *args], cwd=self.folder,
                              env=self.env, input=text, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and done.returncode != 0:
            raise AssertionError(f"git {' '.join(args)}: {done.stderr}")
        return done.stdout

    def write(self, files):
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            if content.startswith("#!"):
                path.chmod(0o755)

    def commit(self, files=None, message="change"):
        """Commits the files and returns the id of the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.rev("HEAD")

    def rev(self, name):
        return self.git("rev-parse", "--verify", name).strip()

    def refs(self):
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    def patch(self, files):
        """The diff that would make these changes, without making them."""
        with tempfile.TemporaryDirectory() as other:
            clone = pathlib.Path(other) / "clone"
            self.git("clone", "--quiet", "--no-hardlinks", ".", str(clone))
            for name, content in files.items():
                path = clone / name
                if content is None:
                    path.unlink()
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(content)
            run = ["git", "-C", str(clone)]
            subprocess.run([*run, "add", "--all"], env=self.env, check=True)
            return subprocess.run([*run, "diff", "--cached", "--no-renames"], env=self.env,
                                  check=True, text=True, stdout=subprocess.PIPE).stdout

    def untidy(self):
        """Leaves work of a user about: staged, unstaged, untracked, ignored and stashed."""
        tracked = self.git("ls-files").splitlines()[0]
        (self.folder / tracked).write_text("stashed work\n")
        self.git("stash", "push", "--quiet", "--message", "put aside")
        self.write({"staged.txt": "staged\n", "untracked.txt": "untracked\n",
                    "ignored.o": "ignored\n", ".git/info/exclude": "*.o\n"})
        self.git("add", "staged.txt")
        (self.folder / "staged.txt").write_text("staged, and changed since\n")

    def snapshot(self):
        """Everything that belongs to the user, by name."""
        seen = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder)
            if name.parts[0] != ".git":
                seen[str(name)] = fingerprint(path)
        git = self.folder / ".git"
        for name in ["HEAD", "index", "config", "ORIG_HEAD", "MERGE_HEAD", "refs/stash",
                     "logs/refs/stash", "logs/HEAD", "info/exclude", "packed-refs"]:
            seen[f".git/{name}"] = fingerprint(git / name)
        for path in sorted((git / "hooks").glob("*")):
            seen[f".git/hooks/{path.name}"] = fingerprint(path)
        return seen


def fingerprint(path):
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        return ("link", os.readlink(path))
    if stat.S_ISDIR(status.st_mode):
        return ("folder", status.st_mode)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return ("file", status.st_mode, status.st_size, status.st_mtime_ns, digest)


class Scenario(unittest.TestCase):
    """Vocabulary of the scenarios."""

    maxDiff = None
    formats = Formats()

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="automod-scenario-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.home = pathlib.Path(folder).resolve()
        self.env = environment(self.home)
        (self.home / "home").mkdir()

    def make_key(self):
        """Whoever applies has to be able to sign."""
        self.run_anywhere("key", "init", "--name", "robot@localhost")

    def repo(self, files=None, name="target"):
        repo = Repo(self.home / name, self.env)
        if files is not None:
            repo.commit(files, "first")
        return repo

    def file(self, name, content):
        path = self.home / name
        path.write_text(content)
        return str(path)

    def command(self, *args):
        return [PROGRAM, *args]

    def run_anywhere(self, *args, cwd=None, text=None, env=None):
        """Runs the program where no repository is watched."""
        done = subprocess.run(self.command(*args), cwd=cwd or self.home, input=text, text=True,
                              env={**self.env, **(env or {})}, check=False, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        outcome = Outcome(done.returncode, done.stdout, done.stderr)
        if "--json" in args:
            self.check_document(outcome)
        return outcome

    def automod(self, repo, *args, code=0, text=None, env=None, changed=(), refs=None):
        """Runs the program in a repository and checks what must always hold.

        `changed`: files the command may change. `refs`: what becomes of refs, as name to new
        value; None for a ref that goes; ANY for one that appears with a value to be looked up.
        """
        before, refs_before = repo.snapshot(), repo.refs()
        outcome = self.run_anywhere(*args, cwd=repo.folder, text=text, env=env)
        self.assertEqual(outcome.code, code, outcome)
        after = repo.snapshot()
        touched = {name for name in before.keys() | after.keys()
                   if before.get(name) != after.get(name)}
        self.assertEqual(touched - set(changed), set(), "the user's files were touched")
        self.check_refs(refs_before, repo.refs(), refs or {})
        return outcome

    def check_refs(self, before, after, announced):
        expected = {**before, **announced}
        for name, value in announced.items():
            if value is ANY:
                self.assertIn(name, after)
                expected[name] = after[name]
            elif value is None:
                del expected[name]
        self.assertEqual(after, expected)

    def check_document(self, outcome):
        document = json.loads(outcome.out)
        self.formats.check(document)
        if document["schema"] == "automod.error/1":
            self.assertEqual(document["exit_code"], outcome.code)
            self.assertIn(document["message"].splitlines()[0], outcome.err)

    def check_golden(self, name, text):
        path = GOLDEN / name
        text = normal(text, self.home)
        if os.environ.get("AUTOMOD_ACCEPT_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            self.skipTest(f"accepted {path.name}")
        self.assertEqual(text, path.read_text(), "AUTOMOD_ACCEPT_GOLDEN=1 accepts it")

    def propose(self, repo, files, *args):
        """Records a change and returns the id of the modification."""
        outcome = self.automod(repo, "propose", "--patch", "-", "--json", *args,
                               text=repo.patch(files))
        return outcome.json()["listed"]["modification"]["id"]


ANY = object()


def normal(text, home):
    """Text without what differs from run to run: ids, times, folders, durations."""
    text = text.replace(str(home), "<home>")
    seen = {}

    def number(kind):
        def replace(match):
            key = match.group(0)
            return seen.setdefault(key, f"<{kind}{len(seen) + 1}>")
        return replace

    text = re.sub(r"\b[0-9a-f]{8}-[0-9a-f]{4}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?\b",
                  number("id"), text)
    text = re.sub(r"\b[0-9a-f]{40}([0-9a-f]{24})?\b", "<digest>", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "<digest>", text)
    text = re.sub(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3}Z)?", "<time>", text)
    text = re.sub(r" +\d+(\.\d+)? (ms|s|MB)\b", " <measured>", text)
    return text


def drop_triggers(database):
    """Lets somebody who can write the file change what automod never changes."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        database.execute(f"DROP TRIGGER {name}")


# A target whose build and tests are shell commands, so that trials take no time.
SHELL_TARGET = {
    "automod.toml": """version = 1
[project]
build = "sh build.sh"
test = "sh test.sh"
test_results = "exit_code"
protected = ["test.sh"]
""",
    "build.sh": "mkdir -p build\nif grep -q BROKEN word.txt; then echo cannot build >&2; exit 1; fi\n"
                "cp word.txt build/word.txt\n",
    "test.sh": "if ! grep -q hello build/word.txt; then echo 'no hello in there'; exit 1; fi\n",
    "word.txt": "hello\n",
    "notes.txt": "one\ntwo\nthree\n",
}
GOOD = {"word.txt": "hello world\n"}
FAILS_TESTS = {"word.txt": "goodbye\n"}
FAILS_BUILD = {"word.txt": "BROKEN\n"}


def main(needs_sandbox=False):
    """Runs the scenarios of the calling file."""
    if needs_sandbox:
        done = subprocess.run([PROGRAM, "doctor"], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 3:
            print(f"skipped: this machine runs no trials\n{done.stdout}", file=sys.stderr)
            sys.exit(SKIP)
    unittest.main(module="__main__", verbosity=2)
