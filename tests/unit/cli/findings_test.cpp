#include "cli/findings.hpp"

#include <algorithm>
#include <ctime>

#include "cli/edits.hpp"
#include "cli/findings_html.hpp"
#include "cli/findings_text.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"
#include "tests/unit/cli/samples.hpp"

using namespace automod;
using namespace automod::cli;
using namespace automod::testing;

namespace {

Place at(std::size_t line, std::size_t column) {
  return {.path = "a.cpp", .line = line, .column = column, .symbol = {}};
}

Finding finding(std::string rule, ModificationType type, std::size_t line) {
  Finding made;
  made.rule = std::move(rule);
  made.type = type;
  made.place = at(line, 1);
  made.message = "seen";
  return made;
}

/// The marked line over its mark.
std::string marked(std::string_view text, const Place& place, std::size_t columns = 80) {
  const auto excerpt = excerpt_of(text, place, columns);
  REQUIRE(excerpt);
  return excerpt->lines[excerpt->marked].text + '\n' + mark_of(*excerpt);
}

/// Processor time of showing a place a hundred times.
double seconds_to_show(const std::string& text, const Place& place) {
  const std::clock_t begin = std::clock();
  for (int i = 0; i < 100; ++i) REQUIRE(excerpt_of(text, place, 80));
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

std::string first_characters(const ModificationId& id) { return id.text.substr(0, 13); }

/// The sample, its files found again, some lines hot.
Analysis shown_analysis() {
  Analysis analysis = sample_analysis();
  std::string source;
  for (int line = 1; line < 60; ++line) source += "line " + std::to_string(line) + " of a source\n";
  for (const Finding& one : analysis.findings) analysis.sources[one.place.path] = source;
  for (int i = 1; i <= 6; ++i) {
    analysis.hotspots.push_back({.path = "src/part" + std::to_string(i) + ".cpp",
                                 .changes = 40u / i,
                                 .authors = 3,
                                 .last_change = 0,
                                 .lines = 100u * i,
                                 .complexity = 50u / i,
                                 .score = 1.0 / i,
                                 .stands_out = i < 3,
                                 .functions = {}});
  }
  return analysis;
}

}  // namespace

TEST_CASE("a mark stands under the word that begins at the place") {
  CHECK(marked("int first;\nlong second_word = 1;\n", at(2, 6)) ==
        "long second_word = 1;\n"
        "     ^~~~~~~~~~~");
}

TEST_CASE("what is no word is marked by one character") {
  CHECK(marked("f(+x);", at(1, 3)) ==
        "f(+x);\n"
        "  ^");
}

TEST_CASE("tabs and letters of several bytes do not move a mark") {
  CHECK(marked("\tn\xc3\xa4m = wert;", at(1, 9)) ==
        "    n\xc3\xa4m = wert;\n"
        "          ^~~~");
}

TEST_CASE("control characters of a source are escaped and the mark is where they end") {
  CHECK(marked("\x1b[2J bad", at(1, 6)) ==
        "\\x1b[2J bad\n"
        "        ^~~");
}

TEST_CASE("a line that is too long is cut so that its mark is in sight") {
  const std::string text = std::string(300, 'x') + " needle " + std::string(300, 'y');
  const auto excerpt = excerpt_of(text, at(1, 302), 60);
  REQUIRE(excerpt);
  CHECK(excerpt->lines[0].text.substr(excerpt->before, excerpt->width) == "needle");
}

TEST_CASE("a mark stands under its word, however long the line is and whatever it is made of") {
  const std::string filler = GENERATE("x", "\t", "\xc3\xa4", "\xf0\x9f\x98\x80", "\x80", "\x1b");
  const std::size_t repeats = GENERATE(4090, 4097, 100'000);
  std::string text;
  for (std::size_t i = 0; i < repeats; ++i) text += filler;
  const std::size_t column = text.size() + 2;
  text += " needle " + text;
  const auto excerpt = excerpt_of(text, at(1, column), 60);
  REQUIRE(excerpt);
  CHECK(excerpt->lines[0].text.find("needle") != std::string::npos);
  CHECK(marked(text, at(1, column), 60).ends_with(std::string(excerpt->before, ' ') + "^~~~~~"));
}

TEST_CASE("a word that fills its line is cut, and its mark too") {
  const auto excerpt = excerpt_of(std::string(100'000, 'x'), at(1, 1), 200);
  REQUIRE(excerpt);
  CHECK(excerpt->lines[0].text.size() <= 203);  // with an ellipsis
  CHECK(excerpt->width == 60);
}

TEST_CASE("a place in a line as long as its file is shown no slower than one in a short line") {
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += std::string(19, 'x') + '\n';
  const std::string line(lines.size(), 'x');
  CHECK(seconds_to_show(line, at(1, line.size() - 5)) < 3 * seconds_to_show(lines, at(10'000, 15)));
}

TEST_CASE("the line before is shown, where there is one") {
  CHECK(excerpt_of("one\ntwo\nthree\n", at(2, 1), 80)->lines.size() == 2);
  CHECK(excerpt_of("one\ntwo\nthree\n", at(1, 1), 80)->lines.size() == 1);
}

TEST_CASE("a place without a column has a line and no mark") {
  CHECK(marked("one\ntwo\n", at(2, 0)) == "two\n");
}

TEST_CASE("a place that the text does not have has no excerpt") {
  CHECK_FALSE(excerpt_of("one\n", at(7, 1), 80));
  CHECK_FALSE(excerpt_of("one\n", at(0, 0), 80));
}

TEST_CASE("findings go by kind, then by rule, bugs first") {
  const std::vector<Finding> findings = {
      finding("slow", ModificationType::kPerformance, 1),
      finding("wrong", ModificationType::kBugFix, 9),
      finding("slow", ModificationType::kPerformance, 3),
  };
  const auto groups = grouped(findings);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].title == "bugs");
  REQUIRE(groups[1].rules.size() == 1);
  CHECK(groups[1].rules[0].places == std::vector{&findings[0], &findings[2]});
}

TEST_CASE("what is surely wrong comes before what may be") {
  std::vector<Finding> findings(3, finding("a", ModificationType::kBugFix, 1));
  findings[1].confidence = Confidence::kHigh;
  findings[2].severity = Severity::kError;
  CHECK(grouped(findings)[0].rules[0].places ==
        std::vector<const Finding*>{&findings[2], &findings[1], &findings[0]});
}

TEST_CASE("a rule with many places shows some and says how many more there are") {
  Analysis analysis = sample_analysis();
  analysis.findings.assign(14, finding("slow", ModificationType::kPerformance, 1));
  const Paint plain(false);
  const auto text = [&](bool all) {
    return findings_text(analysis, first_characters, {.paint = plain, .width = 80, .all = all});
  };
  CHECK(text(false).find("and 4 more places") != std::string::npos);
  CHECK(text(true).find("more places") == std::string::npos);
}

TEST_CASE("findings as text") {
  const Paint plain(false);
  const FindingsLook look{.paint = plain, .width = 90};
  const Analysis analysis = shown_analysis();
  check_golden("analyze.txt", findings_text(analysis, first_characters, look) + '\n' +
                                  hotspots_text(analysis, look) + '\n' + findings_count(analysis) +
                                  '\n');
}

TEST_CASE("findings as a page") {
  check_golden("analyze.html", html_of(shown_analysis(), first_characters));
}

TEST_CASE("nothing of a target becomes markup of a page") {
  Analysis analysis = shown_analysis();
  const std::string evil = "</pre><script>alert(1)</script>\"'&";
  for (Finding& one : analysis.findings) {
    one.place.path = one.place.symbol = one.message = one.rule = one.why = evil;
    analysis.sources[evil] = std::string(60, '\n') + evil;
  }
  for (auto& spot : analysis.hotspots) spot.path = evil;
  analysis.failed_files = {evil};
  CHECK(html_of(analysis, first_characters).find("<script") == std::string::npos);
}

TEST_CASE("a page says where a fix is that is too long for it") {
  Analysis analysis = sample_analysis();
  const std::size_t with_fixes = html_of(analysis, first_characters).size();
  for (auto& listed : analysis.modifications) {
    listed.modification.patch += "+" + std::string(kMostOfPatch, 'x') + "\n";
  }
  const std::string page = html_of(analysis, first_characters);
  CHECK(page.find("<code>automod show 0199c2d4-7f1a</code>") != std::string::npos);
  CHECK(page.size() < with_fixes);
}
