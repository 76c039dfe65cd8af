#include "base/json.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/catch.hpp"

using namespace automod;
using std::string;

namespace {

string problem_of(std::string_view text) {
  const auto read = parse_strictly(text, 4);
  if (read) return "";
  CHECK(read.error().kind == ErrorKind::kUsage);
  return read.error().message;
}

}  // namespace

TEST_CASE("strict JSON is read as it stands") {
  const auto read = parse_strictly(R"({"a":[1,{"a":null}],"b":{"a":"x"}})", 4);
  REQUIRE(read);
  CHECK(read->dump() == R"({"a":[1,{"a":null}],"b":{"a":"x"}})");
  CHECK(parse_strictly("7", 4));
}

TEST_CASE("a name twice in one object is refused, however deep it stands") {
  CHECK(problem_of(R"({"a":1,"b":2,"a":3})") == "found 'a' twice in one object");
  CHECK(problem_of(R"([{"b":{"\u0061":1,"a":1}}])") == "found 'a' twice in one object");
  CHECK(problem_of("{\"a\\n\":1,\"a\\n\":1}").find('\n') == string::npos);
}

TEST_CASE("what is nested too deep is refused without exhausting the stack") {
  CHECK(problem_of("[[[[1]]]]").empty());
  CHECK(problem_of("[[[[[1]]]]]") == "nested deeper than 4 levels");
  CHECK(problem_of(string(1'000'000, '[')) == "nested deeper than 4 levels");
}

TEST_CASE("what is no JSON is refused with its place") {
  const string text =
      GENERATE("", "{", "{} {}", "[1,]", "nul", "1e999", "\"\xff\"", "\"a\x01\"", "/* */ 1", "NaN");
  CAPTURE(text);
  CHECK_THAT(problem_of(text), Catch::Matchers::StartsWith("not JSON, from byte "));
}
