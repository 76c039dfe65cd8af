"""A server that plays the providers of language models for provider_test.cpp.

It holds every request against what the provider's public API description says, as the provider
does: wrong or unknown fields are answered with 400. How it answers a good request is chosen by the
request's model: see BEHAVIOURS, and `status N name=value…` for a failure with that status; "_" stands
for a blank.

    provider.py KEY [CERTIFICATE]

prints one line {"port": …, "other": …, "tls": …} and then one for each request, as JSON, before it
answers. `other` is another host, as far as keys go; it answers like the first. Ends with its stdin.
"""

import email.utils
import gzip
import http.server
import json
import os
import re
import socket
import ssl
import sys
import threading
import time

from provider_apis import KEY, PROVIDERS, TEXT, Anthropic, Refused, need

HUGE = 10 << 20
PRINTING = threading.Lock()


def say(line):
    with PRINTING:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def pieces(text, size=5):
    return [text[at:at + size] for at in range(0, len(text), size)]


def whole(provider, model, reason="stop", text=TEXT, size=5):
    yield from provider.begin(model)
    for piece in pieces(text, size):
        yield provider.delta(piece)
    yield from provider.end(model, reason)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def log(self, body=""):
        say({"port": self.server.server_port, "method": self.command, "path": self.path,
             "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body})

    def do_GET(self):
        self.log()
        self.whole_body(404, b"")

    def do_CONNECT(self):
        self.log()
        self.whole_body(403, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = re.sub(r"^http://[^/]*", "", self.path)  # asked as a proxy
        self.log(body.decode("utf-8", "replace"))
        if path not in PROVIDERS:
            self.whole_body(404, json.dumps({"error": {"message": "Not Found"}}).encode())
            return
        self.provider = PROVIDERS[path]()
        try:
            asked = json.loads(body)
            need(headers.get("content-type") == "application/json", "content-type: not supported")
            need(re.match(r"automod/[0-9]", headers.get("user-agent", "")), "user-agent: missing")
            need("expect" not in headers, "expect: costs a round trip")
            self.provider.check(headers, asked)
        except (Refused, ValueError) as refused:
            status = 401 if str(refused) == "401" else 400
            self.fail(status, "invalid x-api-key" if status == 401 else str(refused))
            return
        self.model = asked["model"].replace("_", " ")
        self.asked = asked
        self.answer()

    def answer(self):
        if self.model.startswith("status "):
            self.play_status()
            return
        BEHAVIOURS.get(self.model, Handler.play_unknown)(self)

    # Ways to answer.

    def whole_body(self, status, body, content_type="application/json", **headers):
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def fail(self, status, message, **headers):
        body = json.dumps(self.provider.error(status, message)).encode()
        self.whole_body(status, body, request_id="req_test", **headers)

    def begin_stream(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def send_chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def stream(self, parts, cut_into=None):
        self.begin_stream()
        data = "".join(parts).encode()
        for at in range(0, len(data), cut_into or len(data)):
            self.send_chunk(data[at:at + (cut_into or len(data))])
        self.send_chunk(b"")

    def drop(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    # Behaviours.

    def play_unknown(self):
        self.fail(404, f"model: {self.model}")

    def play_good(self):
        self.stream(whole(self.provider, self.model), cut_into=7)

    def play_reason(self):
        self.stream(whole(self.provider, self.model, self.model))

    def play_plain(self):
        self.whole_body(200, json.dumps(self.provider.plain(self.model)).encode())

    def play_status(self):
        words = self.model.split()
        headers = dict(word.split("=") for word in words[2:])
        if headers.get("retry-after") == "date":
            headers["retry-after"] = email.utils.formatdate(time.time() + 3000, usegmt=True)
        self.fail(int(words[1]), "something is wrong\x1b[31m with it", **headers)

    def play_echo_key(self):
        self.fail(401, f"Incorrect API key provided: {KEY}, found in {KEY[:-4]}****")

    def play_echo_key_in_text(self):
        self.whole_body(400, f"header x-api-key: {KEY} is bad".encode(), "text/plain")

    def play_answer_with_key(self):
        self.stream(whole(self.provider, self.model, text=f"it is {KEY}"))

    def play_html(self):
        self.whole_body(502, b"<html><title>Bad gateway</title></html>", "text/html")

    def play_html_answer(self):
        self.whole_body(200, b"<!doctype html><title>Log in</title>", "text/html")

    def play_not_json(self):
        self.stream(list(self.provider.begin(self.model)) + ["data: {not json}\n\n"])

    def play_prose(self):
        self.whole_body(200, b"It works!", "text/plain")

    def play_empty(self):
        self.whole_body(200, b"")

    def play_gzip(self):
        self.whole_body(200, gzip.compress(json.dumps(self.provider.plain(self.model)).encode()),
                        content_encoding="gzip")

    def play_bad_utf8(self):
        self.begin_stream()
        for part in self.provider.begin(self.model):
            self.send_chunk(part.encode())
        self.send_chunk(self.provider.delta("GOOD").encode().replace(b"GOOD", b"b\xff\xfed"))
        for part in self.provider.end(self.model, "stop"):
            self.send_chunk(part.encode())
        self.send_chunk(b"")

    def play_huge(self):
        self.stream(whole(self.provider, self.model, text="x" * HUGE, size=1 << 16), 1 << 16)

    def play_failing(self):
        parts = list(self.provider.begin(self.model)) + [self.provider.delta("half of an")]
        self.stream(parts + [self.provider.failing()])

    def play_cut(self):
        self.begin_stream()
        parts = list(self.provider.begin(self.model)) + [self.provider.delta("half of an")]
        self.send_chunk("".join(parts).encode())
        self.drop()

    def play_ended_early(self):
        parts = list(self.provider.begin(self.model)) + [self.provider.delta("half of an")]
        self.stream(parts)

    def play_silent(self):
        self.begin_stream()
        self.send_chunk("".join(self.provider.begin(self.model)).encode())
        self.wait_for_end()

    def play_hang(self):
        self.wait_for_end()

    def play_drip(self):
        self.begin_stream()
        try:
            self.send_chunk("".join(self.provider.begin(self.model)).encode())
            while True:
                self.send_chunk(b": x\n")
                time.sleep(0.05)
        except OSError:
            self.drop()

    def wait_for_end(self):
        try:
            self.connection.recv(1)
        except OSError:
            pass
        self.drop()

    def play_close(self):
        self.drop()

    def play_redirect(self):
        self.whole_body(307, b"", location=f"http://user:secret@127.0.0.1:{OTHER}{self.path}?token=secret")

    def play_picky(self):
        """Like newer models: the old limit and other temperatures are refused."""
        for field, message in (
                ("max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. "
                               "Use 'max_completion_tokens' instead."),
                ("temperature", "Unsupported value: 'temperature' does not support 0.5 with this model."),
                ("stream_options", "Unknown parameter: 'stream_options'.")):
            if field in self.asked and not (field == "max_tokens" and isinstance(self.provider, Anthropic)):
                self.fail(400, message)
                return
        self.play_good()

    def play_headers(self):
        self.send_response(200)
        try:
            for number in range(5000):
                self.send_header(f"x-{number}", "y" * 1000)
                self.flush_headers()
            self.end_headers()
        except OSError:
            pass
        self.drop()


BEHAVIOURS = {
    "good": Handler.play_good,
    "no-usage": Handler.play_good,
    "cut": Handler.play_reason,
    "declined": Handler.play_reason,
    "plain": Handler.play_plain,
    "echo key": Handler.play_echo_key,
    "echo key in text": Handler.play_echo_key_in_text,
    "answer with key": Handler.play_answer_with_key,
    "html": Handler.play_html,
    "html answer": Handler.play_html_answer,
    "not json": Handler.play_not_json,
    "prose": Handler.play_prose,
    "empty": Handler.play_empty,
    "gzip": Handler.play_gzip,
    "bad utf8": Handler.play_bad_utf8,
    "huge": Handler.play_huge,
    "failing": Handler.play_failing,
    "cut off": Handler.play_cut,
    "ended early": Handler.play_ended_early,
    "silent": Handler.play_silent,
    "hang": Handler.play_hang,
    "drip": Handler.play_drip,
    "close": Handler.play_close,
    "redirect": Handler.play_redirect,
    "picky": Handler.play_picky,
    "headers": Handler.play_headers,
}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the client hung up


def serve(certificate=None):
    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


PORT = serve()
OTHER = serve()
TLS = serve(sys.argv[2]) if len(sys.argv) > 2 else 0
say({"port": PORT, "other": OTHER, "tls": TLS})
sys.stdin.read()
os._exit(0)
