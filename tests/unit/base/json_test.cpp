#include "base/json.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/text.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using nlohmann::json;
using std::string;

namespace {

string problem_of(std::string_view text) {
  const auto read = parse_strictly(text, 4);
  if (read) return "";
  CHECK(read.error().kind == ErrorKind::kUsage);
  return read.error().message;
}

/// Of three bytes or four.
string utf8(std::uint32_t point) {
  string bytes;
  for (int shift = point < 0x10000 ? 6 : 12; shift >= 0; shift -= 6) {
    bytes += static_cast<char>(0x80 | ((point >> shift) & 0x3f));
  }
  const char lead = static_cast<char>(point < 0x10000 ? 0xe0 | point >> 12 : 0xf0 | point >> 18);
  return lead + bytes;
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

TEST_CASE("more values than are wanted are refused, names not counted") {
  const auto problem = [](std::string_view text) -> string {
    const auto read = parse_strictly(text, 4, 5);
    return read ? "" : read.error().message;
  };
  CHECK(problem("[1,\"a\",null,{}]").empty());
  CHECK(problem("[1,\"a\",null,{},true]") == "more than 5 values");
  CHECK(problem(R"({"a":1,"b":2,"c":0.5,"d":[]})").empty());
  CHECK(problem(R"({"a":1,"b":2,"c":0.5,"d":[],"e":-1})") == "more than 5 values");
  CHECK(problem("[[],[],[],[],[],[") == "more than 5 values");
}

TEST_CASE("what is no JSON is refused with its place") {
  const string text =
      GENERATE("", "{", "{} {}", "[1,]", "nul", "1e999", "\"\xff\"", "\"a\x01\"", "/* */ 1", "NaN");
  CAPTURE(text);
  CHECK_THAT(problem_of(text), Catch::Matchers::StartsWith("not JSON, from byte "));
}

TEST_CASE("a document reads back the same, whatever its strings hold") {
  json all = {string("\0", 1), "\n\t\x1b\x7f\u0085\u00ad\u061c \\ \" \\u202e", "\u00fc"};
  for (std::uint32_t point = 0x2000; point < 0x2100; ++point) all.push_back(utf8(point));
  for (std::uint32_t point = 0xff00; point < 0x10100; ++point) all.push_back(utf8(point));
  for (std::uint32_t point = 0xe0000; point < 0xe0100; ++point) all.push_back(utf8(point));
  CHECK(json::parse(json_text(all, -1)) == all);
  CHECK(json::parse(json_text(all, 2)) == all);
}

TEST_CASE("a document as text has only what can be printed") {
  const string text = json_text({{"\u202e", "\x1b[2J\u009b\xff\U000e0041"}}, 2);
  CHECK(printable(text) == text);
}
