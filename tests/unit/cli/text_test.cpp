#include "cli/text.hpp"

#include <sstream>
#include <thread>
#include <tuple>

#include "cli/progress.hpp"
#include "tests/unit/catch.hpp"

using namespace automod::cli;

TEST_CASE("columns line up by code points, and no line ends in blanks") {
  Table table;
  table.add({{"a"}, {"1", Tone::kPlain, true}, {"x"}});
  table.add({{"äöü"}, {"20", Tone::kPlain, true}, {""}});
  CHECK(table.text(Paint(false), 1, 0) == " a     1  x\n äöü  20\n");
}

TEST_CASE("the last column is clipped to the width of the terminal") {
  Table table;
  table.add({{"id"}, {"a summary that is long"}});
  CHECK(table.text(Paint(false), 0, 14) == "id  a summary…\n");
}

TEST_CASE("headings between rows leave the columns alone") {
  Table table;
  table.add_heading("a long heading", Tone::kPlace);
  table.add({{"a"}, {"1"}});
  table.add_heading("another", Tone::kPlace);
  table.add({{"bb"}, {"2"}});
  CHECK(table.text(Paint(false), 2, 0) == "a long heading\n  a   1\nanother\n  bb  2\n");
}

TEST_CASE("text is clipped between code points") {
  CHECK(clip("äöü", 3) == "äöü");
  CHECK(clip("äöüß", 3) == "äö…");
  CHECK(clip("abc", 0).empty());
}

TEST_CASE("text is wrapped at spaces and keeps its own line breaks") {
  CHECK(wrap("one two three\nfour", 8) == std::vector<std::string>{"one two", "three", "four"});
  CHECK(wrap("a\n\nb", 8) == std::vector<std::string>{"a", "", "b"});
  CHECK(wrap("unbreakable", 4) == std::vector<std::string>{"unbreakable"});
}

TEST_CASE("colour is there only where it is wanted") {
  CHECK(Paint(false)(Tone::kBad, "x") == "x");
  CHECK(Paint(true)(Tone::kBad, "x") == "\x1b[31mx\x1b[0m");
  CHECK(Paint(true)(Tone::kBad, "").empty());
}

TEST_CASE("a word for the shell is quoted where it must be") {
  const auto [word, quoted] = GENERATE(table<std::string, std::string>({
      {"plain/path-1.txt", "plain/path-1.txt"},
      {"two words", "'two words'"},
      {"it's", "'it'\\''s'"},
      {"$(id)", "'$(id)'"},
      {"", "''"},
  }));
  CHECK(shell_word(word) == quoted);
}

TEST_CASE("durations read well") {
  CHECK(duration(7) == "7 ms");
  CHECK(duration(1234) == "1.2 s");
  CHECK(duration(125'000) == "2 min 5 s");
}

TEST_CASE("progress prints a line for each piece of work where nothing moves") {
  std::ostringstream err;
  Progress progress(err, ProgressStyle::kLines, Paint(false), 80);
  progress.begin("building \x1b[2J");
  progress.progress(1, 2, "a.cpp");
  progress.note("odd");
  progress.clear();
  CHECK(err.str() == "automod: building \\x1b[2J\nautomod: note: odd\n");
}

TEST_CASE("quiet progress says nothing") {
  std::ostringstream err;
  {
    Progress progress(err, ProgressStyle::kNone, Paint(false), 80);
    progress.begin("building");
    progress.note("odd");
  }
  CHECK(err.str().empty());
}

TEST_CASE("moving progress leaves a clean line behind") {
  std::ostringstream err;
  {
    Progress progress(err, ProgressStyle::kMoving, Paint(false), 30);
    progress.begin("building something with a very long name indeed");
    progress.progress(1, 4, "a.cpp");
    progress.clear();
  }
  const std::string text = err.str();
  CHECK(text.find("| building") != std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.ends_with("\r\x1b[K"));
}
