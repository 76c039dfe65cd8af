#include "engine/model/wire.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::model;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ContainsSubstring;

TEST_CASE("Retry-After is read in seconds, in milliseconds and as a date") {
  const Clock::Time now{seconds(1'700'000'000)};  // Tue, 14 Nov 2023 22:13:20 GMT
  struct Row {
    const char* after;
    const char* after_ms;
    std::optional<milliseconds> wait;
  };
  const std::vector<Row> rows = {
      {"", "", {}},
      {"0", "", milliseconds(0)},
      {"12", "", seconds(12)},
      {"12.5", "", seconds(12)},
      {"12", "80", milliseconds(80)},
      {"12", "soon", seconds(12)},
      {"-3", "", {}},
      {"soon", "", {}},
      {"Tue, 14 Nov 2023 22:14:20 GMT", "", seconds(60)},
      {"Tue, 14 Nov 2023 22:12:20 GMT", "", seconds(0)},
      {"999999999999", "", std::chrono::hours(24)},
      {"99999999999999999999999", "", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.after, row.after_ms);
    CHECK(wait_of({.retry_after = row.after, .retry_after_ms = row.after_ms}, now) == row.wait);
  }
}

TEST_CASE("a failure is shown without the key, on one line, and not at length") {
  const Key key("test-key-0123456789");
  const Failure shown = cleaned({.kind = FailureKind::kBusy,
                                 .message = "a\x1b[31m\nb test-key-0123456789 c",
                                 .hint = "x test-key-0123456789"},
                                key);
  CHECK_THAT(shown.message, !ContainsSubstring("0123456789"));
  CHECK_THAT(shown.hint, !ContainsSubstring("0123456789"));
  CHECK_THAT(shown.message, ContainsSubstring("a\\x1b[31m\\nb "));
  const Failure cut = cleaned({.message = std::string(599, 'x') + "äöü"}, key);
  CHECK(cut.message == std::string(599, 'x') + " …");
}

TEST_CASE("a field is left out only where an error is about it and it was sent") {
  const std::vector<Refusable> refusable = {{"max_tokens", "max_completion_tokens"},
                                            {"temperature", "temperature"}};
  const nlohmann::json body = {{"max_tokens", 1}, {"temperature", 1}};
  const auto field = [&](Trouble trouble, const nlohmann::json& sent) {
    return refused_field(trouble, sent, refusable);
  };
  CHECK(field({.message = "Temperature is deprecated"}, body) == "temperature");
  CHECK(field({.message = "no", .field = "temperature"}, body) == "temperature");
  CHECK(field({.message = "Temperature is deprecated"}, {{"max_tokens", 1}}).empty());
  CHECK(field({.message = "max_tokens is too large"}, body).empty());
  CHECK(field({.message = "use 'max_completion_tokens' instead"}, body) == "max_tokens");
  CHECK(field({.message = "no such model"}, body).empty());
}

TEST_CASE("a host is shown without what may be secret") {
  CHECK(host_of("https://a.example/v1?key=x") == "a.example");
  CHECK(host_of("http://user:word@127.0.0.1:80/v1") == "127.0.0.1:80");
  CHECK(host_of("http://[::1]:8080") == "[::1]:8080");
  CHECK(host_of("\x01").empty());
}
