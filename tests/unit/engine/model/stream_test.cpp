#include "engine/model/stream.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"

using namespace automod::model;
using automod::testing::ContainsSubstring;

namespace {

Reply read(const Reading& reading, const std::vector<std::string_view>& pieces,
           bool is_whole = true) {
  AnswerReader reader(reading);
  for (const std::string_view piece : pieces) {
    if (!reader.feed(piece)) return reader.finish(false);
  }
  return reader.finish(is_whole);
}

/// All that can be told of it, for comparison.
std::string told(const Reply& reply) {
  const Usage& usage = reply ? reply->usage : reply.error().usage;
  nlohmann::json all = {usage.input, usage.cached, usage.written, usage.output};
  if (reply) {
    all.push_back({reply->text, reply->model, reply->usage_known, reply->is_cut});
  } else {
    all.push_back({name(reply.error().kind), reply.error().message});
  }
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

constexpr std::string_view kAnthropic =
    "event: message_start\r\n"
    "data: {\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":"
    "{\"input_tokens\":5,\"cache_read_input_tokens\":3,\"output_tokens\":1}}}\r\n\r\n"
    ": ping\n\n"
    "data: "
    "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"ä🎉\"}}\n\n"
    "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\n"
    "data: \"usage\":{\"output_tokens\":9}}\n\n"
    "data: {\"type\":\"message_stop\"}\n\n";

constexpr std::string_view kChat =
    "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"ä\\ud83c\\udf89\"}}]}\n\n"
    "data: {\"model\":\"m\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":9}}\n\n"
    "data: [DONE]\n\n";

constexpr std::string_view kResponses =
    "data: {\"type\":\"response.output_text.delta\",\"delta\":\"ä🎉\"}\n\n"
    "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\","
    "\"model\":\"m\",\"usage\":{\"input_tokens\":8,\"output_tokens\":9}}}\n\n";

constexpr std::string_view kPlain =
    "{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"ä🎉\"},"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":9}}";

struct Stream {
  const Reading& reading;
  std::string_view bytes;
};

const std::vector<Stream>& streams() {
  static const std::vector<Stream> all = {{anthropic_reading(), kAnthropic},
                                          {openai_chat_reading(), kChat},
                                          {openai_responses_reading(), kResponses},
                                          {openai_chat_reading(), kPlain}};
  return all;
}

std::string message(const Reading& reading, std::string_view bytes) {
  const Reply reply = read(reading, {bytes});
  REQUIRE_FALSE(reply);
  return reply.error().message;
}

}  // namespace

TEST_CASE("wherever a stream is cut into pieces, the answer is the same") {
  for (const Stream& stream : streams()) {
    const Reply whole = read(stream.reading, {stream.bytes});
    REQUIRE(whole);
    CHECK(whole->text == "ä🎉");
    CHECK(whole->model == "m");
    CHECK(whole->usage.input == 8);
    CHECK(whole->usage.output == 9);
    for (std::size_t cut = 0; cut <= stream.bytes.size(); ++cut) {
      CAPTURE(cut);
      const auto pieces = {stream.bytes.substr(0, cut), stream.bytes.substr(cut)};
      CHECK(told(read(stream.reading, pieces)) == told(whole));
    }
  }
}

TEST_CASE("a stream that ends early is no answer, whoever ended it") {
  for (const Stream& stream : streams()) {
    // The line end and the empty line after the last event may be missing, but for half a line.
    const std::size_t last = stream.bytes.find_last_not_of("\r\n");
    for (std::size_t end = 0; end <= last; ++end) {
      CAPTURE(stream.bytes.substr(0, end));
      const Reply reply = read(stream.reading, {stream.bytes.substr(0, end)}, false);
      REQUIRE_FALSE(reply);
      CHECK(reply.error().kind == FailureKind::kBroken);
    }
  }
}

TEST_CASE("text that came before a stream broke off is counted, whatever was said of it") {
  const std::string text(300, 'x');
  const std::string begun(kAnthropic.substr(0, kAnthropic.find("ä")));
  AnswerReader reader(anthropic_reading());
  reader.feed(begun + text + "\"}}\n\n");
  const Reply reply = reader.finish(false);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().usage.output == 100);
}

TEST_CASE("a server may leave out the mark at the end, but not the reason for it") {
  const auto done = kChat.substr(0, kChat.find("data: [DONE]"));
  CHECK(read(openai_chat_reading(), {done}));
  CHECK_FALSE(read(openai_chat_reading(), {done}, false));
  const auto early = kChat.substr(0, kChat.find('\n') + 2);
  CHECK_FALSE(read(openai_chat_reading(), {early}));
  CHECK_FALSE(read(openai_chat_reading(), {early, "data: [DONE]\n\n"}));
}

TEST_CASE("what follows the end of an answer is not read") {
  const Reply reply = read(anthropic_reading(), {kAnthropic, "data: {broken\n\n"});
  CHECK(reply);
}

TEST_CASE("a model's own refusal is quoted") {
  CHECK(message(openai_chat_reading(),
                "data: {\"choices\":[{\"delta\":{\"refusal\":\"I will \"}}]}\n\n"
                "data: {\"choices\":[{\"delta\":{\"refusal\":\"not\"},"
                "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n") ==
        "the model declined to answer: I will not");
  CHECK(message(openai_responses_reading(),
                "data: {\"type\":\"response.refusal.delta\",\"delta\":\"I will not\"}\n\n"
                "data: {\"type\":\"response.completed\",\"response\":{}}\n\n") ==
        "the model declined to answer: I will not");
  CHECK(message(openai_responses_reading(),
                "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":"
                "[{\"type\":\"refusal\",\"refusal\":\"I will not\"}]}]}") ==
        "the model declined to answer: I will not");
}

TEST_CASE("an error within a stream is the failure that it names") {
  struct Row {
    const char* event;
    FailureKind kind;
  };
  const std::vector<Row> rows = {
      {R"({"type":"error","error":{"type":"overloaded_error","message":"x"}})", FailureKind::kBusy},
      {R"({"type":"error","error":{"type":"rate_limit_error","message":"x"}})",
       FailureKind::kLimit},
      {R"({"type":"error","error":{"type":"authentication_error"}})", FailureKind::kKey},
      {R"({"type":"error","code":"rate_limit_exceeded","message":"x"})", FailureKind::kLimit},
      {R"({"error":{"message":"x","code":400}})", FailureKind::kQuestion},
      {R"({"error":{"message":"x","code":"502"}})", FailureKind::kBusy},
      {R"({"error":"x"})", FailureKind::kBusy},
      {R"({"object":"error","message":"x","code":429})", FailureKind::kLimit},
      {R"({"error":{}})", FailureKind::kBusy},
  };
  for (const Row& row : rows) {
    for (const Reading* reading :
         {&anthropic_reading(), &openai_chat_reading(), &openai_responses_reading()}) {
      CAPTURE(row.event);
      const Reply reply = read(*reading, {"data: ", row.event, "\n\n"});
      REQUIRE_FALSE(reply);
      CHECK(reply.error().kind == row.kind);
    }
  }
}

TEST_CASE("figures that cannot be are no figures") {
  const auto usage = [](std::string_view said) {
    std::string bytes = "data: {\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":";
    bytes.append(said).append("}\n\ndata: [DONE]\n\n");
    const Reply reply = read(openai_chat_reading(), {bytes});
    REQUIRE(reply);
    return std::pair(reply->usage, reply->usage_known);
  };
  CHECK(usage(R"({"prompt_tokens":-1,"completion_tokens":2})") ==
        std::pair(Usage{.output = 2}, false));
  CHECK(usage(R"({"prompt_tokens":"1","completion_tokens":2.5})") == std::pair(Usage{}, false));
  CHECK(usage(R"({"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":9},)"
              R"("completion_tokens":2})") ==
        std::pair(Usage{.input = 1, .cached = 1, .output = 2}, true));
  CHECK(usage(R"({"prompt_tokens":18446744073709551615,"completion_tokens":2})").first.input ==
        1'000'000'000'000);
}

TEST_CASE("parts of other types are no text") {
  const Reply reply =
      read(openai_chat_reading(),
           {R"({"model":7,"choices":[{"message":{"content":[{"type":"text","text":"a"},)"
            R"({"type":"image","text":"b"},{"type":"text","text":"c"},7]},)"
            R"("finish_reason":"length"}]})"});
  REQUIRE(reply);
  CHECK(reply->text == "ac");
  CHECK(reply->is_cut);
  CHECK(reply->model.empty());
}

TEST_CASE("an answer that is too long, or too deep, is none") {
  const std::string part(kMostAnswer / 2, 'x');
  const std::string event =
      "data: {\"type\":\"response.output_text.delta\",\"delta\":\"" + part + "\"}\n\n";
  constexpr std::string_view kEnd = "data: {\"type\":\"response.completed\",\"response\":{}}\n\n";
  CHECK(read(openai_responses_reading(), {event, event, kEnd}));
  const std::string more = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"x\"}\n\n";
  const Reply reply = read(openai_responses_reading(), {event, event, more, kEnd});
  REQUIRE_FALSE(reply);
  CHECK_THAT(reply.error().message, ContainsSubstring("longer than 8 MiB"));
  const std::string deep =
      "data: {\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}\n\n";
  CHECK_THAT(message(openai_responses_reading(), deep), ContainsSubstring("nested deeper"));
}

TEST_CASE("an answer of very many empty values is refused before anything is built from it") {
  std::string many = R"({"a":[{})";
  for (int i = 0; i < 200'000; ++i) many += ",{}";
  many += "]}";
  const std::string data = "data: " + many + "\n\n";
  for (const std::string_view bytes : {std::string_view(many), std::string_view(data)}) {
    const Reply reply = read(openai_chat_reading(), {bytes});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().kind == FailureKind::kBroken);
    CHECK_THAT(reply.error().message, ContainsSubstring("more than 100000 values"));
  }
}

TEST_CASE("the words of an error are found wherever servers put them") {
  CHECK(read_trouble(R"({"error":{"message":"a","type":"b","param":"c"}})").message == "a");
  CHECK(read_trouble(R"({"error":{"message":"a","type":"b","param":"c"}})").type == "b");
  CHECK(read_trouble(R"({"error":{"message":"a","type":"b","param":"c"}})").field == "c");
  CHECK(read_trouble(R"({"error":{"type":"b","code":"d"}})").type == "d");
  CHECK(read_trouble(R"({"error":"a"})").message == "a");
  CHECK(read_trouble(R"({"message":"a"})").message == "a");
  CHECK(read_trouble(R"({"detail":"a"})").message == "a");
  CHECK(read_trouble(R"({"detail":[{"loc":["body","b",0],"msg":"a"}]})").message == "body: b: a");
  CHECK(read_trouble("\n a\nb").message == "a");
  CHECK(read_trouble(" <html>").message == "a page of HTML");
  CHECK(read_trouble("").message.empty());
  CHECK(read_trouble("[]").message.empty());
}
