"""What the public API descriptions of the providers say: what a request may hold, what comes back.

Of provider.py, which says how it is asked to answer.
"""

import json
import sys

KEY = sys.argv[1]
TEXT = "Grüße, 世界 🎉\r\n```cpp\nint x = 1;\t// \"quoted\" \\ \u2028 end\n```\n"


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
