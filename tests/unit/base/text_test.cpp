#include "base/text.hpp"

#include "tests/unit/catch.hpp"

using namespace automod;

TEST_CASE("plain text, newlines and other scripts are printed as they are") {
  const std::string text = "a\tb\nGr\u00fc\u00dfe \u65e5\u672c \U0001f600 \\x1b";
  CHECK(printable(text) == text);
  CHECK(printable("").empty());
}

TEST_CASE("what could deceive a reader is escaped") {
  CHECK(printable("\x1b[31m") == "\\x1b[31m");
  CHECK(printable("a\rb\x7f") == "a\\x0db\\x7f");
  CHECK(printable(std::string("\0", 1)) == "\\x00");
  CHECK(printable("\u0085\u009b") == "\\x85\\x9b");
  CHECK(printable("\u202e\u2066\u200b\u2028\ufeff\u00ad") ==
        "\\u202e\\u2066\\u200b\\u2028\\ufeff\\xad");
  CHECK(printable("\U000e0041") == "\\ue0041");
}

TEST_CASE("text hidden in characters that show nothing is escaped") {
  CHECK(printable("a\ufe00b\ufe0fc\U000e0100d\U000e01ef") == "a\\ufe00b\\ufe0fc\\ue0100d\\ue01ef");
  CHECK(printable("\u034f\u115f\u1160\u17b4\u17b5") == "\\u034f\\u115f\\u1160\\u17b4\\u17b5");
  CHECK(printable("\u180b\u180e\u3164\uffa0") == "\\u180b\\u180e\\u3164\\uffa0");
  CHECK(printable_line("\u2764\ufe00\ufe0f") == "\u2764\\ufe00\\ufe0f");
  CHECK(printable_json("\"a\ufe01\U000e0100\"") == R"("a\ufe01\udb40\udd00")");
}

TEST_CASE("one selector behind a picture stays, as terminals draw it") {
  for (const std::string text :
       {"\u2764\ufe0f", "\u26a0\ufe0f fire", "\U0001f3f3\ufe0f", "\u00a9\ufe0f", "1\ufe0f\u20e3"}) {
    CHECK(printable(text) == text);
    CHECK(printable_json(text) == text);
  }
  CHECK(printable("\u2764\ufe0f\ufe0f") == "\u2764\ufe0f\\ufe0f");
  CHECK(printable("\ufe0f") == "\\ufe0f");
}

TEST_CASE("bytes that are no UTF-8 are escaped one by one") {
  CHECK(printable("\xff"
                  "a\xc3") == "\\xffa\\xc3");
  CHECK(printable("\xc0\x80") == "\\xc0\\x80");                    // overlong
  CHECK(printable("\xe0\x80\x80") == "\\xe0\\x80\\x80");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");                    // cut off
  CHECK(printable("\xe2\x82"
                  "a") ==
        "\\xe2\\x82"
        "a");
}

TEST_CASE("one line stays one line") { CHECK(printable_line("a\nb\tc") == "a\\nb\\tc"); }

TEST_CASE("JSON is printed with what could deceive a reader in escapes of its own") {
  CHECK(printable_json("\"a\u202eb\u2066\u200b\u2028\ufeff\u00ad\"") ==
        R"("a\u202eb\u2066\u200b\u2028\ufeff\u00ad")");
  CHECK(printable_json("\"\x7f\u0085\u009b\"") == R"("\u007f\u0085\u009b")");
  CHECK(printable_json("\"\U000e0041\U000e007f\"") == R"("\udb40\udc41\udb40\udc7f")");
}

TEST_CASE("JSON without it is printed as it is") {
  const std::string text = "{\n  \"Gr\u00fc\u00dfe\": \"\u65e5 \U0001f600 \\u001b \\\\\"\n}";
  CHECK(printable_json(text) == text);
}

TEST_CASE("invalid bytes become the replacement character") {
  CHECK(valid_utf8("a\xff"
                   "b") ==
        "a\ufffd"
        "b");
  CHECK(valid_utf8("\xe2\x82") == "\ufffd\ufffd");
  CHECK(valid_utf8("Gr\u00fc\u00dfe\n\x1b") == "Gr\u00fc\u00dfe\n\x1b");
  CHECK(valid_utf8("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");
}

TEST_CASE("valid UTF-8 stays the same, whatever the bytes were") {
  std::string all;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      all += static_cast<char>(a);
      all += static_cast<char>(b);
    }
  }
  const std::string valid = valid_utf8(all);
  CHECK(valid_utf8(valid) == valid);
}

TEST_CASE("lower case is that of ASCII, in every locale") {
  CHECK(in_lower("Content-TYPE: Äpfel @[`{") == "content-type: Äpfel @[`{");
  CHECK(in_lower("").empty());
}

TEST_CASE("a head ends before the character that it would cut") {
  CHECK(head("Grüße", 100) == "Grüße");
  CHECK(head("Grüße", 4) == "Grü");
  CHECK(head("Grüße", 3) == "Gr");
  CHECK(head("\xbf\xbf\xbf", 2).empty());
  CHECK(head("abc", 0).empty());
}

TEST_CASE("a tail begins at a line where it can") {
  CHECK(tail("one\ntwo\nthree", 100) == "one\ntwo\nthree");
  CHECK(tail("one\ntwo\nthree", 10) == "two\nthree");
  CHECK(tail("one\ntwo\nthree", 7) == "three");
  CHECK(tail("abcdef", 3) == "def");
  CHECK(tail("abcdef\n", 3) == "ef\n");
  CHECK(tail("abc", 0).empty());
}

TEST_CASE("the nearest word is offered when it is near enough to be meant") {
  const std::vector<std::string> words = {"analyze", "apply", "list", "log"};
  CHECK(nearest("anaylze", words) == "analyze");
  CHECK(nearest("aply", words) == "apply");
  CHECK(nearest("lst", words) == "list");
  CHECK(nearest("frobnicate", words) == std::nullopt);
  CHECK(nearest("", words) == std::nullopt);
  CHECK(nearest("x", {}) == std::nullopt);
  CHECK(suggestion("lgo", words) == ", did you mean 'log'?");
  CHECK(suggestion("zzzzzz", words).empty());
}

TEST_CASE("lines are split at newlines and the last need not end in one") {
  using Lines = std::vector<std::string_view>;
  CHECK(split_lines("a\n\nb") == Lines{"a", "", "b"});
  CHECK(split_lines("a\n") == Lines{"a"});
  CHECK(split_lines("\n") == Lines{""});
  CHECK(split_lines("").empty());
}

TEST_CASE("globs match paths") {
  struct Case {
    const char* pattern;
    const char* path;
    bool matches;
  };
  static const Case kCases[] = {
      // plain
      {"a/b", "a/b", true},
      {"a/b", "a/bc", false},
      {"a", "a/b", false},
      {"", "", true},
      {"", "a", false},
      // within a folder
      {"*.cpp", "x.cpp", true},
      {"*.cpp", "src/x.cpp", false},
      {"src/*", "src/x", true},
      {"src/*", "src/x/y", false},
      {"*", "", true},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"a?", "a", false},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "xxbxxaxx", false},
      // across folders
      {"tests/**", "tests/x", true},
      {"tests/**", "tests/x/y/z", true},
      {"tests/**", "tests", false},
      {"tests/**", "tests2/x", false},
      {"**", "any/thing", true},
      {"**.md", "a/b.md", true},
      // whole folders
      {"**/x", "x", true},
      {"**/x", "a/b/x", true},
      {"**/x", "ax", false},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/xb", false},
      {"a**/b", "ax/y/b", true},
      {"a**/b", "ab", false},
      {"**/*.cmake", "cmake/x.cmake", true},
      {"**/a/**", "x/a/y", true},
      // all below
      {"tests/", "tests/x/y", true},
      {"tests/", "tests", false},
      // nothing else is special
      {"[ab]", "a", false},
      {"[ab]", "[ab]", true},
      {"\\*", "\\x", true},
      {"a.c", "abc", false},
  };
  for (const Case& one : kCases) {
    CAPTURE(one.pattern, one.path);
    CHECK(glob_match(one.pattern, one.path) == one.matches);
  }
}

TEST_CASE("no pattern takes for ever") {
  // By trying all ways to share the path among the stars this would outlast the sun.
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "**/*a*";
  CHECK_FALSE(glob_match(pattern + "b", std::string(500, 'a')));
}

TEST_CASE("placeholders are found where they stand") {
  const std::string_view command = "${build} {build}/x{jobs}";
  const auto found = placeholders(command);
  REQUIRE(found.size() == 2);
  CHECK(command.substr(found[0].at, found[0].length) == "{build}");
  CHECK(found[0].at == 9);
  CHECK(found[1].word == "jobs");
}
