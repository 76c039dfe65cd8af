"""Models that are reached over HTTP, with a key: where it goes, and where it must never be found."""

import base64
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading
import unittest

from asking import Asking
from harness import ROOT, main

PROVIDER = ROOT / "tests" / "unit" / "engine" / "model" / "provider.py"
KEY = "sk-test-Zm9vYmFyYmF6cXV4LW5vYm9keS1rbm93cw"
PIECE = 16
KINDS = {"anthropic": "", "openai-chat": "/v1", "openai-responses": "/v1"}
# What a provider does that could make somebody write the key down.
INDISCREET = ["good", "echo_key", "echo_key_in_text", "answer_with_key", "status_500", "redirect",
              "html", "cut_off", "not_json"]


class Hosted(Asking):
    def setUp(self):
        super().setUp()
        self.provider = subprocess.Popen([sys.executable, "-B", str(PROVIDER), KEY], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(self.end_provider)
        self.port = json.loads(self.provider.stdout.readline())["port"]
        self.came = queue.Queue()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        """The server waits for nobody to read what it says."""
        for line in self.provider.stdout:
            self.came.put(json.loads(line))

    def end_provider(self):
        self.provider.stdin.close()
        self.provider.wait()
        self.listener.join()
        self.provider.stdout.close()

    def hosted(self, kind, model, key='key_env = "HOSTED_KEY"'):
        self.configure(f'[models.far]\nkind = "{kind}"\nmodel = "{model}"\nretries = 0\n'
                       f'url = "http://127.0.0.1:{self.port}{KINDS[kind]}"\n{key}\n')

    def ask(self, *args):
        return self.run_anywhere("ask", "label() loses a zero", "--files", "shop/prices.py",
                                 "--attempts", "1", *args, cwd=self.target.folder,
                                 env={"HOSTED_KEY": KEY})

    def request(self):
        """The next one that came, as the server saw it."""
        return self.came.get(timeout=60)

    def pieces_found(self, text):
        pieces = {KEY[at:at + PIECE] for at in range(len(KEY) - PIECE + 1)}
        whole = base64.b64encode(KEY.encode()).decode().rstrip("=")[:-2]
        return [piece for piece in sorted(pieces | {whole}) if piece in text]

    def check_nowhere(self, outcome, besides=()):
        """No file that this made holds a piece of the key, and neither does what it printed."""
        self.assertEqual(self.pieces_found(outcome.out + outcome.err), [])
        searched = 0
        for path in self.home.rglob("*"):
            if not path.is_file() or path.is_symlink() or path in besides:
                continue
            searched += 1
            text = path.read_bytes().decode("latin-1")
            self.assertEqual(self.pieces_found(text), [], path)
        self.assertGreater(searched, 20, "store, book and cache were searched")

    def test_the_key_goes_into_one_header_and_is_found_nowhere_else(self):
        for kind in KINDS:
            for model in INDISCREET:
                with self.subTest(kind=kind, model=model):
                    self.hosted(kind, model)
                    outcome = self.ask("--fresh")
                    self.assertIn(outcome.code, (1, 3), outcome)
                    headers = self.request()["headers"]
                    carrying = [name for name, value in headers.items() if KEY in value]
                    self.assertEqual(len(carrying), 1, "the provider was sent the key")
                    self.check_nowhere(outcome)

    def test_a_key_in_a_file_that_others_may_read_is_not_used(self):
        path = pathlib.Path(self.file("key", KEY + "\n"))
        self.hosted("anthropic", "good", key=f'key_file = "{path}"')
        path.chmod(0o644)
        outcome = self.ask()
        self.assertEqual(outcome.code, 2, outcome)
        self.assertIn(str(path), outcome.err)
        path.chmod(0o600)
        self.ask("--json")
        self.assertIn(KEY, self.request()["headers"].values())
        self.check_nowhere(outcome, besides=[path])

    def test_a_crash_leaves_no_memory_on_the_disk(self):
        self.hosted("anthropic", "hang")
        child = subprocess.Popen(
            ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"',
             *self.command("ask", "mend label()", "--files", "shop/prices.py")],
            cwd=self.target.folder, env={**self.env, "HOSTED_KEY": KEY},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.request()  # it waits for the answer now
        limits = pathlib.Path(f"/proc/{child.pid}/limits").read_text()
        child.send_signal(signal.SIGABRT)
        child.wait()
        core = [line.split() for line in limits.splitlines() if line.startswith("Max core")][0]
        self.assertEqual(core[4], "0")
        self.assertEqual([path for path in self.target.folder.iterdir() if "core" in path.name], [])

    def test_the_target_never_sees_the_key(self):
        """Not even where the sandbox is told to pass variables on."""
        files = dict(self.files)
        files["automod.toml"] = files["automod.toml"].replace(
            'test = "python3 -m unittest"',
            'test = "env; python3 -m unittest"')
        self.target.commit(files)
        self.hosted("anthropic", "good")
        outcome = self.ask("--json")
        self.check_nowhere(outcome)
        self.automod(self.target, "analyze", "--goal", "fix_bugs", env={"HOSTED_KEY": KEY})
        self.check_nowhere(outcome)


if __name__ == "__main__":
    os.environ.pop("HOSTED_KEY", None)
    main(needs_sandbox=True)
