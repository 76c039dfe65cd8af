"""A server that plays the providers of language models for provider_test.cpp.

It holds every request against what the provider's public API description says, as the provider
does: wrong or unknown fields are answered with 400. How it answers a good request is chosen by the
request's model: see BEHAVIOURS, and `status N name=value…` for a failure with that status.

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

KEY = sys.argv[1]
TEXT = "Grüße, 世界 🎉\r\n```cpp\nint x = 1;\t// \"quoted\" \\ \u2028 end\n```\n"
HUGE = 10 << 20
PRINTING = threading.Lock()


def say(line):
    with PRINTING:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


class Refused(Exception):
    """A request that the API description does not allow."""


def need(condition, message):
    if not condition:
        raise Refused(message)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_count(value, least=1):
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def check_fields(value, where, required, optional):
    need(isinstance(value, dict), f"{where}: Input should be an object")
    for name in value:
        need(name in required or name in optional, f"{where}.{name}: Extra inputs are not permitted")
    for name, check in {**required, **optional}.items():
        if name in value:
            need(check(value[name]), f"{where}.{name}: Input should be valid")
        else:
            need(name in optional, f"{where}.{name}: Field required")


def is_text(value):
    return isinstance(value, str)


def is_filled(value):
    return isinstance(value, str) and value != ""


def is_true_or_false(value):
    return isinstance(value, bool)


def one_of(*values):
    return lambda value: value in values


class Anthropic:
    path = "/v1/messages"

    def check(self, headers, body):
        need(headers.get("x-api-key") == KEY, "401")
        need("authorization" not in headers, "authorization: not beside x-api-key")
        need(headers.get("anthropic-version") == "2023-06-01", "anthropic-version: header is required")
        check_fields(body, "body", {
            "model": is_filled, "max_tokens": is_count, "messages": self.check_messages,
        }, {
            "system": self.check_blocks, "stream": is_true_or_false,
            "temperature": lambda t: is_number(t) and 0 <= t <= 1,
            "top_p": is_number, "top_k": is_count, "metadata": lambda m: isinstance(m, dict),
            "stop_sequences": lambda s: isinstance(s, list),
        })

    def check_blocks(self, blocks):
        need(is_filled(blocks) or (isinstance(blocks, list) and blocks), "content: at least one block")
        for block in [] if isinstance(blocks, str) else blocks:
            check_fields(block, "content", {"type": one_of("text"), "text": is_filled},
                         {"cache_control": self.check_cache})
        return True

    def check_cache(self, cache):
        check_fields(cache, "cache_control", {"type": one_of("ephemeral")}, {"ttl": one_of("5m", "1h")})
        return True

    def check_messages(self, messages):
        need(isinstance(messages, list) and messages, "messages: at least one message is required")
        for message in messages:
            check_fields(message, "messages",
                         {"role": one_of("user", "assistant"), "content": self.check_blocks}, {})
        return True

    def error(self, status, message):
        kinds = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
                 404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error",
                 529: "overloaded_error"}
        return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message},
                "request_id": "req_test"}

    def event(self, data):
        return f"event: {data['type']}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

    def begin(self, model):
        yield self.event({"type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": model + "-20260101",
            "content": [], "stop_reason": None, "stop_sequence": None,
            "usage": {"input_tokens": 20, "cache_creation_input_tokens": 300,
                      "cache_read_input_tokens": 4000, "output_tokens": 1}}})
        yield self.event({"type": "content_block_start", "index": 0,
                          "content_block": {"type": "thinking", "thinking": "", "signature": ""}})
        yield self.event({"type": "ping"})
        yield self.event({"type": "content_block_delta", "index": 0,
                          "delta": {"type": "thinking_delta", "thinking": "not for the answer"}})
        yield self.event({"type": "content_block_delta", "index": 0,
                          "delta": {"type": "signature_delta", "signature": "c2ln"}})
        yield self.event({"type": "content_block_stop", "index": 0})
        yield self.event({"type": "something_new", "index": 0, "text": "not for the answer"})
        yield self.event({"type": "content_block_start", "index": 1,
                          "content_block": {"type": "text", "text": ""}})

    def delta(self, text):
        return self.event({"type": "content_block_delta", "index": 1,
                           "delta": {"type": "text_delta", "text": text}})

    def end(self, model, reason):
        reasons = {"stop": "end_turn", "cut": "max_tokens", "declined": "refusal"}
        yield self.event({"type": "content_block_stop", "index": 1})
        yield self.event({"type": "message_delta",
                          "delta": {"stop_reason": reasons[reason], "stop_sequence": None},
                          "usage": {"output_tokens": 50}})
        yield self.event({"type": "message_stop"})

    def failing(self):
        return self.event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})

    def plain(self, model):
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": model + "-20260101",
                "content": [{"type": "thinking", "thinking": "hm", "signature": ""},
                            {"type": "text", "text": TEXT}],
                "stop_reason": "end_turn", "stop_sequence": None,
                "usage": {"input_tokens": 20, "cache_creation_input_tokens": 300,
                          "cache_read_input_tokens": 4000, "output_tokens": 50}}


class OpenAi:
    """What both of its interfaces share."""

    def check_key(self, headers):
        need(headers.get("authorization") == "Bearer " + KEY, "401")
        need("x-api-key" not in headers, "x-api-key: unknown")

    def error(self, status, message):
        code = {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status)
        kind = "invalid_request_error" if status < 500 else "server_error"
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}


class Chat(OpenAi):
    path = "/v1/chat/completions"

    def check(self, headers, body):
        self.check_key(headers)
        self.check_body(body)

    def check_body(self, body):
        check_fields(body, "body", {"model": is_filled, "messages": self.check_messages}, {
            "stream": is_true_or_false, "stream_options": self.check_stream_options,
            "max_tokens": is_count, "max_completion_tokens": is_count,
            "temperature": lambda t: is_number(t) and 0 <= t <= 2, "top_p": is_number,
            "n": is_count, "stop": lambda s: isinstance(s, (str, list)), "store": is_true_or_false,
            "seed": lambda s: isinstance(s, int), "user": is_text,
        })
        need(not ("max_tokens" in body and "max_completion_tokens" in body), "both limits")
        need("stream_options" not in body or body.get("stream"), "stream_options: only with stream")

    def check_stream_options(self, options):
        check_fields(options, "stream_options", {}, {"include_usage": is_true_or_false,
                                                     "include_obfuscation": is_true_or_false})
        return True

    def check_messages(self, messages):
        need(isinstance(messages, list) and messages, "messages: too short")
        for message in messages:
            check_fields(message, "messages", {
                "role": one_of("developer", "system", "user", "assistant"), "content": is_text,
            }, {"name": is_text})
        return True

    def chunk(self, model, delta, reason=None, **more):
        choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model,
                "system_fingerprint": None, "choices": choices, "usage": None, **more}
        return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"

    def begin(self, model):
        self.model = model
        yield self.chunk(model + "-20260101", {"role": "assistant", "content": "", "refusal": None})
        yield ": still here\n\n"
        yield self.chunk(model + "-20260101", {"reasoning_content": "not for the answer"})

    def delta(self, text):
        return self.chunk(self.model + "-20260101", {"content": text})

    def usage(self):
        return {"prompt_tokens": 4320, "completion_tokens": 50, "total_tokens": 4370,
                "prompt_tokens_details": {"cached_tokens": 4000, "audio_tokens": 0}}

    def end(self, model, reason):
        reasons = {"stop": "stop", "cut": "length", "declined": "content_filter"}
        yield self.chunk(model + "-20260101", {}, reasons[reason])
        if model != "no-usage":
            yield self.chunk(model + "-20260101", {}, choices=[], usage=self.usage())
        yield "data: [DONE]\n\n"

    def failing(self):
        return 'data: {"error": {"message": "Overloaded", "type": "server_error", "code": 503}}\n\n'

    def plain(self, model):
        return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1,
                "model": model + "-20260101", "usage": self.usage(),
                "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                             "message": {"role": "assistant", "content": TEXT, "refusal": None}}]}


class Local(Chat):
    """A server of the user's own: wants no key, knows the old name only."""
    path = "/local/chat/completions"

    def check(self, headers, body):
        need("authorization" not in headers, "authorization: there is no key")
        need("max_completion_tokens" not in body, "max_completion_tokens: unknown")
        self.check_body(body)


class Responses(OpenAi):
    path = "/v1/responses"

    def check(self, headers, body):
        self.check_key(headers)
        check_fields(body, "body", {"model": is_filled, "input": is_filled}, {
            "instructions": is_text, "max_output_tokens": lambda n: is_count(n, 16),
            "stream": is_true_or_false, "store": is_true_or_false,
            "temperature": lambda t: is_number(t) and 0 <= t <= 2, "top_p": is_number,
            "metadata": lambda m: isinstance(m, dict), "user": is_text,
        })

    def response(self, model, status, **more):
        return {"id": "resp_1", "object": "response", "created_at": 1, "status": status,
                "model": model + "-20260101", "error": None, "incomplete_details": None, "output": [],
                "usage": None, "store": False, **more}

    def event(self, type_, **fields):
        data = {"type": type_, "sequence_number": 1, **fields}
        return f"event: {type_}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

    def begin(self, model):
        yield self.event("response.created", response=self.response(model, "in_progress"))
        yield self.event("response.in_progress", response=self.response(model, "in_progress"))
        yield self.event("response.reasoning_summary_text.delta", item_id="rs_1", output_index=0,
                         summary_index=0, delta="not for the answer")
        yield self.event("response.output_item.added", output_index=1,
                         item={"id": "msg_1", "type": "message", "status": "in_progress",
                               "role": "assistant", "content": []})
        yield self.event("response.content_part.added", item_id="msg_1", output_index=1,
                         content_index=0, part={"type": "output_text", "annotations": [], "text": ""})

    def delta(self, text):
        return self.event("response.output_text.delta", item_id="msg_1", output_index=1,
                          content_index=0, delta=text, logprobs=[])

    def usage(self):
        return {"input_tokens": 4320, "input_tokens_details": {"cached_tokens": 4000},
                "output_tokens": 50, "output_tokens_details": {"reasoning_tokens": 8},
                "total_tokens": 4370}

    def output(self):
        return [{"id": "rs_1", "type": "reasoning", "summary": []},
                {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
                 "content": [{"type": "output_text", "annotations": [], "text": TEXT}]}]

    def end(self, model, reason):
        yield self.event("response.output_text.done", item_id="msg_1", output_index=1,
                         content_index=0, text=TEXT)
        if reason == "stop":
            done = self.response(model, "completed", usage=self.usage(), output=self.output())
            yield self.event("response.completed", response=done)
            return
        details = {"reason": {"cut": "max_output_tokens", "declined": "content_filter"}[reason]}
        yield self.event("response.incomplete", response=self.response(
            model, "incomplete", usage=self.usage(), incomplete_details=details))

    def failing(self):
        return self.event("response.failed", response=self.response(
            "m", "failed", error={"code": "server_error", "message": "Overloaded"}))

    def plain(self, model):
        return self.response(model, "completed", usage=self.usage(), output=self.output())


PROVIDERS = {each.path: each for each in (Anthropic, Chat, Local, Responses)}


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
        self.model = asked["model"]
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
