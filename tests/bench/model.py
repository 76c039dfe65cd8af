#!/usr/bin/env python3
"""What a question to a model costs beside waiting for the answer, and whether memory stays flat.

`automod analyze --proposer model` asks a server on this machine, which answers at once, about so
many findings; each answer becomes a modification. Cost of one question: what 1,000 take longer than
100, the server's own time left out, by the number of those more. Memory is looked at where the
answers are that nothing should be changed: modifications are listed at the end, and so are kept.
"""

import argparse
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

from program import program
from report import Report


FILE = """def read_{0}(path):
    try:
        return open(path).read()
    finally:
        return None


def use_{0}(paths):
    return [read_{0}(path) for path in paths]
"""

ANSWER = "A file of notes.\n\nnotes/{0}.txt\n<<<<<<< FILE\nnote {0}\n>>>>>>> FILE\n"


DECLINES = "It is as it should be.\n\nNO CHANGE\n"


class Provider(http.server.BaseHTTPRequestHandler):
    """Streams an answer as the Messages interface does, and adds up how long that takes."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    declines = False
    answered = 0
    seconds = 0.0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        begin = time.monotonic()
        with Provider.lock:
            Provider.answered += 1
            number = Provider.answered
        body = "".join(
            f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events(number))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
        with Provider.lock:
            Provider.seconds += time.monotonic() - begin

    def log_message(self, *_):
        pass


def events(number):
    usage = {"input_tokens": 1000, "output_tokens": 50}
    yield {"type": "message_start",
           "message": {"id": f"msg_{number}", "type": "message", "role": "assistant",
                       "model": "bench", "content": [], "stop_reason": None,
                       "stop_sequence": None, "usage": usage}}
    yield {"type": "content_block_start", "index": 0,
           "content_block": {"type": "text", "text": ""}}
    yield {"type": "content_block_delta", "index": 0,
           "delta": {"type": "text_delta",
                     "text": DECLINES if Provider.declines else ANSWER.format(number)}}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
           "usage": {"output_tokens": 50}}
    yield {"type": "message_stop"}


class World:
    """A repository with so many findings that no rule can repair."""

    def __init__(self, folder, findings, port):
        self.repo = pathlib.Path(folder, "target")
        self.folder = folder
        self.port = port
        (self.repo / "pkg").mkdir(parents=True)
        for number in range(findings):
            (self.repo / "pkg" / f"part_{number}.py").write_text(FILE.format(number))
        (self.repo / "automod.toml").write_text("version = 1\n")
        for words in (["init", "-q", "-b", "main"], ["add", "."],
                      ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q",
                       "-m", "first"]):
            subprocess.run(["git", "-C", self.repo, *words], check=True)

    def environment(self, name):
        """Settings and state of their own for each run; the index is shared."""
        home = pathlib.Path(self.folder, name)
        (home / "config" / "automod").mkdir(parents=True)
        (home / "config" / "automod" / "config.toml").write_text(
            f'[models.bench]\nkind = "anthropic"\nmodel = "bench"\n'
            f'url = "http://127.0.0.1:{self.port}"\nparallel = 2\n')
        return dict(os.environ, XDG_CACHE_HOME=os.path.join(self.folder, "cache"),
                    XDG_CONFIG_HOME=str(home / "config"), XDG_STATE_HOME=str(home / "state"))

    def ask(self, automod, count, name):
        """Seconds without the server's, and the most memory, in MiB."""
        environment = self.environment(name)
        subprocess.run(["rm", "-rf", str(self.repo / ".git" / "automod")], check=True)
        Provider.seconds = 0.0
        before = Provider.answered
        begin = time.monotonic()
        child = subprocess.Popen(
            [automod, "analyze", "--goal", "fix_bugs", "--proposer", "model", "--limit", str(count),
             "--json", "--quiet"], cwd=self.repo, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0 or Provider.answered - before != count:
            raise SystemExit(f"{Provider.answered - before} of {count} questions were asked, "
                             f"exit code {child.returncode}")
        return seconds - Provider.seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    automod = program()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    report = Report("model")
    with tempfile.TemporaryDirectory(prefix="automod-bench-") as folder:
        world = World(folder, options.many, server.server_address[1])
        world.ask(automod, 1, "warm")
        costs, few_memory, many_memory = [], [], []
        for number in range(options.rounds):
            Provider.declines = False
            few, _ = world.ask(automod, options.few, f"few-{number}")
            many, _ = world.ask(automod, options.many, f"many-{number}")
            Provider.declines = True
            few_memory.append(world.ask(automod, options.few, f"few-declined-{number}")[1])
            many_memory.append(world.ask(automod, options.many, f"many-declined-{number}")[1])
            costs.append((many - few) * 1000 / (options.many - options.few))
    server.shutdown()
    report.figure("questions", options.many)
    report.figure(f"memory with {options.few} questions, MiB", min(few_memory))
    report.figure(f"memory with {options.many} questions, MiB", min(many_memory))
    report.at_most("a question beside waiting, ms", min(costs), 50)
    report.at_most("memory, many to few", min(many_memory) / min(few_memory), 1.1)
    report.finish()


main()
