#include "engine/asking/mentions.hpp"

#include "tests/unit/catch.hpp"

namespace automod::asking {

using automod::testing::ContainsSubstring;

namespace {

std::string lines(std::size_t from, std::size_t to, std::string_view text) {
  std::string all;
  for (std::size_t i = from; i <= to; ++i) all += std::string(text) + std::to_string(i) + "\n";
  return all;
}

}  // namespace

TEST_CASE("what is said of a failing test is shown, however much is printed after it") {
  const std::string output = lines(1, 500, "ok ") + "not ok sums_negative\n  expected -3, got 3\n" +
                             lines(501, 2000, "ok ");
  const std::string shown = mentions(output, {"sums_negative"}, 2000);
  CHECK_THAT(shown, ContainsSubstring("not ok sums_negative\n  expected -3, got 3\n"));
  CHECK_THAT(shown, ContainsSubstring("[…]\n"));
  CHECK(shown.find("ok 2000") == std::string::npos);
  CHECK(shown.size() <= 2100);
}

TEST_CASE("without names the errors are shown, without errors the end") {
  CHECK_THAT(mentions(lines(1, 300, "at work ") + "a.cpp:3: error: no ;\n" + lines(1, 300, "more "),
                      {}, 1500),
             ContainsSubstring("a.cpp:3: error: no ;"));
  const std::string end = mentions(lines(1, 300, "at work "), {}, 200);
  CHECK_THAT(end, ContainsSubstring("at work 300\n"));
  CHECK(end.find("at work 1\n") == std::string::npos);
}

TEST_CASE("a name that is nowhere does not hide the error") {
  CHECK_THAT(mentions("fatal: it broke\n", {"sums_negative"}, 500), ContainsSubstring("it broke"));
}

TEST_CASE("a line without end and control characters cannot swamp or disguise what is shown") {
  const std::string output = "error: " + std::string(100'000, 'x') + "\nerror: \x1b[2Jgone\xff\n";
  const std::string shown = mentions(output, {}, 4000);
  CHECK(shown.size() < 4000);
  CHECK_THAT(shown, ContainsSubstring("\\x1b[2Jgone"));
}

TEST_CASE("nothing printed is nothing shown") { CHECK(mentions("", {"a"}, 100).empty()); }

TEST_CASE("what differs from run to run is taken out, what tells something stays") {
  CHECK(steady("2 tests failed in 0.31s (12 ms)") == "2 tests failed in … s (… ms)");
  CHECK(steady("==4711==ERROR at 0x7ffd12345678, line 12") == "==…==ERROR at 0x…, line 12");
  CHECK(steady("expected 3, got 4") == "expected 3, got 4");
}

}  // namespace automod::asking
