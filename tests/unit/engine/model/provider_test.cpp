#include "tests/unit/engine/model/provider.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <utility>

#include "engine/model/clients.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/model/asking.hpp"

/// The clients that speak HTTP, against a server that holds every request against what the
/// providers' descriptions say.

using namespace automod;
using namespace automod::model;
using testing::ContainsSubstring;
using testing::kKey;
using testing::Provider;

namespace {

// As provider.py has it.
constexpr std::string_view kText =
    "Grüße, 世界 🎉\r\n```cpp\nint x = 1;\t// \"quoted\" \\ \u2028 end\n```\n";

struct ProviderTest {
  ProviderTest() { provider.requests(); }

  ModelSettings settings(Kind kind, std::string model) const {
    ModelSettings made;
    made.name = "mine";
    made.kind = kind;
    made.model = std::move(model);
    made.url = provider.url(kind == Kind::kAnthropic ? "" : "/v1");
    made.key_env = "MY_MODEL_KEY";
    made.timeout_seconds = 30;
    made.idle_seconds = 30;
    return made;
  }

  std::unique_ptr<Client> client(const ModelSettings& of, std::string_view key = kKey) const {
    switch (of.kind) {
      case Kind::kAnthropic:
        return anthropic_client(of, Key(std::string(key)), clock);
      case Kind::kOpenAiChat:
        return openai_chat_client(of, Key(std::string(key)), clock);
      default:
        return openai_responses_client(of, Key(std::string(key)), clock);
    }
  }

  Reply ask(const ModelSettings& of, std::string_view key = kKey) const {
    return client(of, key)->ask(question, cancel);
  }
  Reply ask(Kind kind, std::string model) const { return ask(settings(kind, std::move(model))); }

  /// Fails the test where there is an answer, or the key is told.
  Failure fail(const ModelSettings& of, std::string_view key = kKey) const {
    const Reply reply = ask(of, key);
    REQUIRE_FALSE(reply);
    CHECK_THAT(reply.error().message + reply.error().hint, !ContainsSubstring(std::string(kKey)));
    CHECK(reply.error().message.find_first_of("\n\x1b") == std::string::npos);
    INFO(reply.error().message);
    return reply.error();
  }
  Failure fail(Kind kind, std::string model) const {
    return fail(settings(kind, std::move(model)));
  }

  Provider& provider = Provider::instance();
  SystemClock clock;
  CancelToken cancel;
  Question question{.instructions = "Answer in blocks.",
                    .material = "Größer \"schneller\"\n",
                    .most_tokens = 1000,
                    .temperature = {}};
};

Kind each_kind() {
  return GENERATE(values({Kind::kAnthropic, Kind::kOpenAiChat, Kind::kOpenAiResponses}));
}

Usage usage_of(Kind kind) {
  return {
      .input = 4320, .cached = 4000, .written = kind == Kind::kAnthropic ? 300 : 0, .output = 50};
}

}  // namespace

TEST_CASE_METHOD(ProviderTest, "a stream becomes its text, with who wrote it and what it cost") {
  const Kind kind = each_kind();
  const Reply reply = ask(kind, "good");
  INFO((reply ? "" : reply.error().message));
  REQUIRE(reply);
  CHECK(reply->text == kText);
  CHECK(reply->model == "good-20260101");
  CHECK(reply->usage == usage_of(kind));
  CHECK(reply->usage_known);
  CHECK_FALSE(reply->is_cut);
}

TEST_CASE_METHOD(ProviderTest, "a server that does not stream is understood as well") {
  const Kind kind = each_kind();
  const Reply reply = ask(kind, "plain");
  REQUIRE(reply);
  CHECK(reply->text == kText);
  CHECK(reply->usage == usage_of(kind));
}

TEST_CASE_METHOD(ProviderTest, "an answer that the limit ended says so") {
  const Kind kind = each_kind();
  const Reply reply = ask(kind, "cut");
  REQUIRE(reply);
  CHECK(reply->is_cut);
  CHECK(reply->text == kText);
  CHECK(reply->usage == usage_of(kind));
}

TEST_CASE_METHOD(ProviderTest, "what is declined is a failure that cost something") {
  const Kind kind = each_kind();
  const Failure failure = fail(kind, "declined");
  CHECK(failure.kind == FailureKind::kDeclined);
  CHECK(failure.usage == usage_of(kind));
}

TEST_CASE_METHOD(ProviderTest, "Anthropic is asked as its description says") {
  question.temperature = 0.5;
  REQUIRE(ask(Kind::kAnthropic, "good"));
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]["path"] == "/v1/messages");
  CHECK(asked[0]["headers"]["x-api-key"] == kKey);
  CHECK(nlohmann::json::parse(asked[0]["body"].get<std::string>()) == nlohmann::json::parse(R"({
          "model": "good", "max_tokens": 1000, "stream": true, "temperature": 0.5,
          "system": [{"type": "text", "text": "Answer in blocks.",
                      "cache_control": {"type": "ephemeral"}}],
          "messages": [{"role": "user", "content":
              [{"type": "text", "text": "Größer \"schneller\"\n"}]}]})"));
}

TEST_CASE_METHOD(ProviderTest, "chat completions are asked as their description says") {
  REQUIRE(ask(Kind::kOpenAiChat, "good"));
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]["path"] == "/v1/chat/completions");
  CHECK(asked[0]["headers"]["authorization"] == fmt::format("Bearer {}", kKey));
  CHECK(nlohmann::json::parse(asked[0]["body"].get<std::string>()) == nlohmann::json::parse(R"({
          "model": "good", "max_tokens": 1000, "stream": true,
          "stream_options": {"include_usage": true},
          "messages": [{"role": "system", "content": "Answer in blocks."},
                       {"role": "user", "content": "Größer \"schneller\"\n"}]})"));
}

TEST_CASE_METHOD(ProviderTest, "responses are asked as their description says") {
  REQUIRE(ask(Kind::kOpenAiResponses, "good"));
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]["path"] == "/v1/responses");
  CHECK(nlohmann::json::parse(asked[0]["body"].get<std::string>()) == nlohmann::json::parse(R"({
          "model": "good", "max_output_tokens": 1000, "stream": true, "store": false,
          "instructions": "Answer in blocks.", "input": "Größer \"schneller\"\n"})"));
}

TEST_CASE_METHOD(ProviderTest, "a question without instructions is sent without") {
  question.instructions.clear();
  CHECK(ask(each_kind(), "good"));
}

TEST_CASE_METHOD(ProviderTest, "a server of one's own gets no key, and the old name of the limit") {
  ModelSettings local = settings(Kind::kOpenAiChat, "good");
  local.url = provider.url("/local/");
  const Reply reply = ask(local, "");
  INFO((reply ? "" : reply.error().message));
  REQUIRE(reply);
  CHECK(reply->text == kText);
}

TEST_CASE_METHOD(ProviderTest, "usage that is not said is estimated, rather too high") {
  const Reply reply = ask(Kind::kOpenAiChat, "no-usage");
  REQUIRE(reply);
  CHECK_FALSE(reply->usage_known);
  CHECK(reply->usage.output >= static_cast<std::int64_t>(kText.size() / 4));
  CHECK(reply->usage.input >= static_cast<std::int64_t>(question.material.size() / 4));
}

TEST_CASE_METHOD(ProviderTest, "what a server refuses is left out, once and for all") {
  const Kind kind = each_kind();
  question.temperature = 0.5;
  const auto asker = client(settings(kind, "picky"));
  const Reply first = asker->ask(question, cancel);
  INFO((first ? "" : first.error().message));
  REQUIRE(first);
  CHECK(first->text == kText);
  CHECK(provider.requests().size() > 1);
  CHECK(asker->ask(question, cancel));
  const auto again = provider.requests();
  REQUIRE(again.size() == 1);
  const auto body = nlohmann::json::parse(again[0]["body"].get<std::string>());
  CHECK_FALSE(body.contains("temperature"));
  CHECK(body.contains("max_completion_tokens") == (kind == Kind::kOpenAiChat));
}

TEST_CASE_METHOD(ProviderTest, "each status is the failure that it means") {
  struct Row {
    int status;
    FailureKind kind;
  };
  const Row row = GENERATE(values<Row>({{400, FailureKind::kQuestion},
                                        {401, FailureKind::kKey},
                                        {403, FailureKind::kKey},
                                        {404, FailureKind::kQuestion},
                                        {413, FailureKind::kQuestion},
                                        {422, FailureKind::kQuestion},
                                        {429, FailureKind::kLimit},
                                        {500, FailureKind::kBusy},
                                        {502, FailureKind::kBusy},
                                        {503, FailureKind::kBusy},
                                        {504, FailureKind::kBusy},
                                        {529, FailureKind::kBusy}}));
  CAPTURE(row.status);
  const Failure failure = fail(each_kind(), fmt::format("status {}", row.status));
  CHECK(failure.kind == row.kind);
  CHECK_THAT(failure.message, ContainsSubstring(fmt::format(" answered {} (", row.status)));
  CHECK_THAT(failure.message, ContainsSubstring("something is wrong\\x1b[31m with it"));
  CHECK_THAT(failure.message, ContainsSubstring("[request req_test]"));
  CHECK_FALSE(failure.wait);
  CHECK(failure.usage == Usage{});
}

TEST_CASE_METHOD(ProviderTest, "a limit says how long to wait") {
  const Kind kind = each_kind();
  CHECK(fail(kind, "status 429 retry-after=7").wait == std::chrono::seconds(7));
  CHECK(fail(kind, "status 529 retry-after=7").wait == std::chrono::seconds(7));
  CHECK(fail(kind, "status 429 retry-after=7 retry-after-ms=350").wait ==
        std::chrono::milliseconds(350));
  const auto until = fail(kind, "status 429 retry-after=date").wait;
  REQUIRE(until);
  CHECK(*until > std::chrono::seconds(2000));
  CHECK(*until <= std::chrono::seconds(3001));
}

TEST_CASE_METHOD(ProviderTest, "a key that is refused is named by its place only") {
  ModelSettings mine = settings(each_kind(), "good");
  const Failure failure = fail(mine, "another-key-0123456789");
  CHECK(failure.kind == FailureKind::kKey);
  CHECK_THAT(failure.hint, ContainsSubstring("MY_MODEL_KEY"));
  mine.key_env.clear();
  mine.key_file = "/somewhere/key";
  CHECK_THAT(fail(mine, "another-key-0123456789").hint, ContainsSubstring("/somewhere/key"));
  mine.key_file.clear();
  CHECK_THAT(fail(mine, "").hint, ContainsSubstring("key_env"));
}

TEST_CASE_METHOD(ProviderTest, "a key that comes back is blotted out") {
  const std::string model = GENERATE(values<std::string>({"echo key", "echo key in text"}));
  const Failure failure = fail(each_kind(), model);
  CHECK_THAT(failure.message, !ContainsSubstring("0123456789-abcd"));
  CHECK_THAT(failure.message, ContainsSubstring(model == "echo key" ? "Incorrect API key" : "bad"));
}

TEST_CASE_METHOD(ProviderTest, "an answer that holds the key is not kept") {
  const Kind kind = each_kind();
  const Failure failure = fail(kind, "answer with key");
  CHECK(failure.kind == FailureKind::kBroken);
  CHECK(failure.usage == usage_of(kind));
}

TEST_CASE_METHOD(ProviderTest, "what is no answer says what it is") {
  struct Row {
    const char* model;
    FailureKind kind;
    const char* message;
  };
  const Row row = GENERATE(values<Row>(
      {{"html", FailureKind::kBusy, "502: a page of HTML"},
       {"html answer", FailureKind::kBroken, "page of HTML"},
       {"prose", FailureKind::kBroken, "neither JSON nor a stream of events: It works!"},
       {"not json", FailureKind::kBroken, "an event cannot be read: not JSON"},
       {"bad utf8", FailureKind::kBroken, "an event cannot be read: it is no UTF-8"},
       {"empty", FailureKind::kBroken, "the answer is empty"},
       {"gzip", FailureKind::kBroken, "compressed (gzip)"},
       {"huge", FailureKind::kBroken, "longer than 8 MiB"},
       {"failing", FailureKind::kBusy, "Overloaded"},
       {"cut off", FailureKind::kBroken, "broke off its answer"},
       {"ended early", FailureKind::kBroken, "cut off before its end"},
       {"close", FailureKind::kBusy, "no connection to 127.0.0.1:"},
       {"headers", FailureKind::kBroken, "127.0.0.1:"},
       {"never heard of", FailureKind::kQuestion, "never heard of"}}));
  CAPTURE(row.model);
  const Failure failure = fail(each_kind(), row.model);
  CHECK(failure.kind == row.kind);
  CHECK_THAT(failure.message, ContainsSubstring(row.message));
}

TEST_CASE_METHOD(ProviderTest, "what is known of the cost is told with a failure") {
  const std::string model =
      GENERATE(values<std::string>({"failing", "cut off", "ended early", "bad utf8"}));
  CAPTURE(model);
  Usage usage = fail(Kind::kAnthropic, model).usage;
  CHECK(usage.output >= 1);  // and the text that came
  usage.output = 1;
  CHECK(usage == Usage{.input = 4320, .cached = 4000, .written = 300, .output = 1});
}

TEST_CASE_METHOD(ProviderTest, "a redirect is not followed, and the key stays here") {
  const Failure failure = fail(each_kind(), "redirect");
  CHECK(failure.kind == FailureKind::kQuestion);
  CHECK_THAT(failure.message,
             ContainsSubstring(fmt::format("http://127.0.0.1:{}/v1/", provider.other_port())));
  CHECK_THAT(failure.message, ContainsSubstring("(307)"));
  CHECK_THAT(failure.message, !ContainsSubstring("secret"));
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]["port"] == provider.port());
}

TEST_CASE_METHOD(ProviderTest, "silence ends a question, before the answer and within") {
  ModelSettings mine =
      settings(Kind::kAnthropic, GENERATE(values<std::string>({"hang", "silent"})));
  mine.idle_seconds = 1;
  const Failure failure = fail(mine);
  CHECK(failure.kind == FailureKind::kSlow);
  CHECK_THAT(failure.message, ContainsSubstring("nothing came from 127.0.0.1:"));
  CHECK_THAT(failure.hint, ContainsSubstring("idle_seconds in [models.mine]"));
  CHECK(failure.usage.input == (mine.model == "silent" ? 4320 : 0));
}

TEST_CASE_METHOD(ProviderTest, "an answer that drips for ever ends with its time") {
  ModelSettings mine = settings(Kind::kOpenAiChat, "drip");
  mine.timeout_seconds = 1;
  const Failure failure = fail(mine);
  CHECK(failure.kind == FailureKind::kSlow);
  CHECK(failure.has_worked);
  CHECK_THAT(failure.hint, ContainsSubstring("timeout_seconds in [models.mine]"));
}

TEST_CASE_METHOD(ProviderTest, "the user can stop a question that is being answered") {
  std::thread stopper([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel.request();
  });
  const Failure failure = fail(Kind::kAnthropic, "drip");
  CHECK(failure.has_worked);
  stopper.join();
  CHECK(failure.kind == FailureKind::kInterrupted);
}

TEST_CASE_METHOD(ProviderTest, "nobody at the address is trouble that passes") {
  ModelSettings mine = settings(each_kind(), "good");
  mine.url = "http://127.0.0.1:1/v1";
  const Failure failure = fail(mine);
  CHECK(failure.kind == FailureKind::kBusy);
  CHECK_THAT(failure.message, ContainsSubstring("no connection to 127.0.0.1:1"));
}

TEST_CASE_METHOD(ProviderTest, "an address that cannot be asked is not asked again") {
  const std::string url = GENERATE(values<std::string>(
      {"ftp://127.0.0.1/v1", "file:///etc/passwd", "http://user:word@127.0.0.1:1/v1", "no url"}));
  CAPTURE(url);
  ModelSettings mine = settings(Kind::kOpenAiChat, "good");
  mine.url = url;
  const Failure failure = fail(mine);
  CHECK(failure.message.find("word") == std::string::npos);
  CHECK(failure.kind == FailureKind::kQuestion);
}

TEST_CASE_METHOD(ProviderTest, "the user's headers are sent, but none that is ours") {
  const Kind kind = each_kind();
  ModelSettings mine = settings(kind, "good");
  mine.headers = {{"X-Team", "blue"}, {"x-nothing", ""}};
  REQUIRE(ask(mine));
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]["headers"]["x-team"] == "blue");
  CHECK(asked[0]["headers"]["x-nothing"] == "");
  const std::string name = GENERATE(values<std::string>(
      {"Host", "Content-Length", "X-API-Key", "authorization", "two words", "a\r\nb", ""}));
  mine.headers = {{name, "x"}};
  CHECK(fail(mine).kind == FailureKind::kQuestion);
  mine.headers = {{"x-team", "blue\r\nx-api-key: mine"}};
  CHECK(fail(mine).kind == FailureKind::kQuestion);
  CHECK(provider.requests().empty());
}

TEST_CASE_METHOD(ProviderTest, "a proxy of the settings is asked, or one of the environment") {
  ModelSettings mine = settings(Kind::kOpenAiChat, "good");
  mine.url = "http://model.invalid/local";
  SECTION("settings") {
    mine.proxy = provider.proxy();
    CHECK(ask(mine, ""));
  }
  SECTION("environment") {
    setenv("http_proxy", provider.proxy().c_str(), 1);
    CHECK(ask(mine, ""));
    unsetenv("http_proxy");
  }
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK_THAT(asked[0]["path"].get<std::string>(),
             testing::StartsWith("http://model.invalid/local/"));
}

TEST_CASE_METHOD(ProviderTest,
                 "a server on this machine is asked without the environment's proxy") {
  ModelSettings mine = settings(Kind::kOpenAiChat, "good");
  const std::string host = GENERATE(values<std::string>({"127.0.0.1", "localhost", "[::1]"}));
  mine.url = fmt::format("http://{}:1/local", host);
  const Variable all_proxy("all_proxy", provider.proxy());
  const Failure failure = fail(mine, GENERATE(values<std::string_view>({kKey, ""})));
  CHECK_THAT(failure.message, ContainsSubstring("no connection to " + host));
  CHECK(provider.requests().empty());
  mine.proxy = provider.proxy();
  CHECK(ask(mine, ""));
  CHECK(provider.requests().size() == 1);
}

TEST_CASE_METHOD(ProviderTest, "a proxy that is asked for a tunnel does not learn the key") {
  ModelSettings mine = settings(each_kind(), "good");
  mine.url = "https://model.invalid/v1";
  mine.proxy = provider.proxy();
  CHECK(fail(mine).kind == FailureKind::kBusy);
  const auto asked = provider.requests();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]["method"] == "CONNECT");
  CHECK_THAT(asked[0].dump(), !ContainsSubstring(std::string(kKey)));
}

TEST_CASE_METHOD(ProviderTest, "a certificate is checked against the file that the user names") {
  ModelSettings mine = settings(each_kind(), "good");
  mine.url = provider.tls_url(mine.kind == Kind::kAnthropic ? "" : "/v1");
  SECTION("the right one") {
    mine.ca_file = provider.ca_file();
    const Reply reply = ask(mine);
    INFO((reply ? "" : reply.error().message));
    CHECK(reply);
  }
  SECTION("none") {
    const Failure failure = fail(mine);
    CHECK(failure.kind == FailureKind::kQuestion);
    CHECK_THAT(failure.message, ContainsSubstring("certificate of 127.0.0.1:"));
    CHECK_THAT(failure.hint, ContainsSubstring("ca_file in [models.mine]"));
    CHECK(provider.requests().empty());
  }
  SECTION("one that is not there") {
    mine.ca_file = "/nowhere/ca.pem";
    CHECK(fail(mine).kind == FailureKind::kQuestion);
  }
}

TEST_CASE_METHOD(ProviderTest, "one client answers several threads") {
  const auto shared = client(settings(each_kind(), "good"));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 3; ++j) {
        const Reply reply = shared->ask(question, cancel);
        if (reply && reply->text == kText) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 12);
}
