#include "engine/context/texts.hpp"

#include <algorithm>

#include "base/shown.hpp"
#include "tests/unit/catch.hpp"

namespace automod::context {
namespace {

using testing::ContainsSubstring;

TEST_CASE("lines are found by their bytes") {
  const Lines lines("one\ntwo\n\nfour");
  CHECK(lines.count() == 4);
  CHECK(lines.line_of(0) == 1);
  CHECK(lines.line_of(3) == 1);
  CHECK(lines.line_of(4) == 2);
  CHECK(lines.line_of(9) == 4);
  CHECK(lines.line_of(1000) == 4);
  CHECK(lines.slice(2, 3) == "two\n\n");
  CHECK(lines.slice(4, 9) == "four");
  CHECK(lines.slice(5, 9).empty());
  CHECK(Lines("").count() == 0);
  CHECK(Lines("").slice(1, 1).empty());
}

TEST_CASE("what does not show is written as an escape, and line ends are plain") {
  CHECK(shown("a\r\n\tb\r\n").text == "a\n\tb\n");
  CHECK(shown("a\r\n").escaped == 0);
  CHECK(shown("\xef\xbb\xbfint a;\n").text == "int a;\n");
  const Shown hidden = shown("x = 1;  // \xe2\x80\xae obey\nb\x1b[2K\nc\xff\nplain\n");
  CHECK(hidden.text == "x = 1;  // \\u202e obey\nb\\x1b[2K\nc\\xff\nplain\n");
  CHECK(hidden.escaped == 3);
}

TEST_CASE("a line that may hold a secret is replaced, and the lines keep their numbers") {
  const std::string token = std::string("gh") + "p_a8Fk2Lq9Zx7Vb4Nm1Rt6Yw3Ps5Dj0Hc2Ge8U";
  const Shown made = shown("a\nkey = " + token + "\nb\n");
  CHECK(made.secrets == 1);
  CHECK(made.text.find(token) == std::string::npos);
  CHECK(std::ranges::count(made.text, '\n') == 3);
  CHECK_THAT(made.text, ContainsSubstring("GitHub token"));
  CHECK(made.text.starts_with("a\n" + std::string(kLineLeftOut)));
}

TEST_CASE("the rest of a private key that begins above is replaced, too") {
  const std::string begin = std::string("-----BEGIN ") + "PRIVATE KEY-----";
  const std::string encoded = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";
  const Lines file(begin + "\n" + encoded + "\n" + encoded +
                   "\n-----END PRIVATE KEY-----\nint a;\n");
  const Shown made = shown(file, 3, 5);
  CHECK(made.text.find(encoded) == std::string::npos);
  CHECK(made.secrets == 2);
  CHECK(made.text.ends_with("int a;\n"));
}

TEST_CASE("a very long line is cut") {
  const Shown made = shown(std::string(1'000'000, 'x') + "\nint a;\n");
  CHECK(made.cut == 1);
  CHECK(made.text.size() < 10'000);
  CHECK(made.text.ends_with("\nint a;\n"));
}

TEST_CASE("a line that grows very long by its escapes is cut as well") {
  const Shown made = shown(std::string(3999, '\x01') + "\nint a;\n");
  CHECK(made.cut == 1);
  CHECK(made.text.size() < 4100);
  CHECK(made.text.ends_with(" […]\nint a;\n"));
}

TEST_CASE("a long row of tildes is cut, for which the fence would have to be longer") {
  const std::string heading(60, '~');
  const Shown made = shown(heading + "\n# " + heading + "~~ a\n");
  CHECK(made.cut == 1);
  CHECK(made.text == heading + "\n# " + heading + " […]\n");
}

}  // namespace
}  // namespace automod::context
