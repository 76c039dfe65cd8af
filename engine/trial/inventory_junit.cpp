#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "engine/trial/inventory_reports.hpp"

/// Reports in the form that JUnit made common.
namespace automod::trial {

namespace {

constexpr int kDeepest = 32;
constexpr std::size_t kLongestSuite = 400;

using Reader = void (*)(const pugi::xml_node& test, const std::string& suite, TestResult& result);

/// All cases below, with the names of the suites around them.
bool collect(const pugi::xml_node& node, const std::string& suite, int depth, Reader reader,
             Reading& into) {
  if (depth > kDeepest) return false;
  for (const auto& child : node.children()) {
    const std::string_view kind = child.name();
    if (kind == "testsuite") {
      const std::string name = child.attribute("name").value();
      const std::string inner = suite.empty() ? name : suite + " > " + name;
      if (!collect(child, inner.substr(0, kLongestSuite), depth + 1, reader, into)) return false;
    } else if (kind == "testcase") {
      if (into.tests.size() == kMostTests) return false;
      TestResult result;
      result.wall_ms = to_ms(child.attribute("time").as_double());
      reader(child, suite, result);
      result.name = test_name(result.name);
      into.tests.push_back(std::move(result));
    }
  }
  return true;
}

std::optional<Reading> read_document(std::string_view text, Reader reader) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return std::nullopt;
  const auto root = document.document_element();
  const std::string_view kind = root.name();
  if (kind != "testsuite" && kind != "testsuites") return std::nullopt;
  Reading reading;
  if (!collect(root, "", 0, reader, reading)) return std::nullopt;
  return reading;
}

bool has_failure(const pugi::xml_node& test) {
  return test.child("failure") || test.child("error");
}

TestOutcome plain_outcome(const pugi::xml_node& test) {
  if (has_failure(test)) return TestOutcome::kFailed;
  return test.child("skipped") ? TestOutcome::kSkipped : TestOutcome::kPassed;
}

TestOutcome ctest_outcome(const pugi::xml_node& test) {
  const std::string_view status = test.attribute("status").value();
  if (has_failure(test) || status == "fail") return TestOutcome::kFailed;
  if (status == "disabled") return TestOutcome::kSkipped;
  if (const auto skipped = test.child("skipped")) {
    // CTest says why: a test may ask to be skipped; else it could not be started.
    const std::string_view why = skipped.attribute("message").value();
    return why.starts_with("SKIP_") ? TestOutcome::kSkipped : TestOutcome::kNotRun;
  }
  return status == "run" ? TestOutcome::kPassed : TestOutcome::kNotRun;
}

void read_ctest_case(const pugi::xml_node& test, const std::string&, TestResult& result) {
  result.name = test.attribute("name").value();
  result.outcome = ctest_outcome(test);
  const auto out = test.child("system-out");
  if (!out) return;
  const std::string_view printed = out.text().get();
  result.output_bytes = static_cast<std::int64_t>(printed.size());
  const Summary summary = read_summary(printed);
  result.cases = summary.cases;
  result.assertions = summary.assertions;
}

void read_gtest_case(const pugi::xml_node& test, const std::string&, TestResult& result) {
  result.name =
      fmt::format("{}.{}", test.attribute("classname").value(), test.attribute("name").value());
  const std::string_view status = test.attribute("status").value();
  result.outcome = status == "notrun" ? TestOutcome::kSkipped
                   : status == "run"  ? plain_outcome(test)
                                      : TestOutcome::kNotRun;
}

void read_pytest_case(const pugi::xml_node& test, const std::string&, TestResult& result) {
  result.name =
      fmt::format("{}::{}", test.attribute("classname").value(), test.attribute("name").value());
  result.outcome = plain_outcome(test);
  // A test that is expected to fail and does has been run.
  const std::string_view kind = test.child("skipped").attribute("type").value();
  if (result.outcome == TestOutcome::kSkipped && kind == "pytest.xfail") {
    result.outcome = TestOutcome::kPassed;
  }
}

void read_node_case(const pugi::xml_node& test, const std::string& suite, TestResult& result) {
  const std::string name = test.attribute("name").value();
  result.name = suite.empty() ? name : suite + " > " + name;
  // One that is marked as yet to be done may fail, and counts for nothing either way.
  result.outcome = test.child("skipped") ? TestOutcome::kSkipped : plain_outcome(test);
}

void read_any_case(const pugi::xml_node& test, const std::string& suite, TestResult& result) {
  const std::string_view group = test.attribute("classname").value();
  const std::string name = test.attribute("name").value();
  result.name = group.empty() ? (suite.empty() ? name : suite + "." + name)
                              : fmt::format("{}.{}", group, name);
  const std::string_view status = test.attribute("status").value();
  result.outcome = plain_outcome(test);
  if (result.outcome == TestOutcome::kPassed && (status == "notrun" || status == "disabled")) {
    result.outcome = TestOutcome::kSkipped;
  }
}

void doubt_unless(bool agrees, std::string doubt, Reading& reading) {
  if (!agrees) reading.doubts.push_back(std::move(doubt));
}

/// Each suite says how many cases it has.
void check_counts(const pugi::xml_node& node, Reading& reading, int depth = 0) {
  for (const auto& suite : node.children("testsuite")) {
    if (depth < kDeepest) check_counts(suite, reading, depth + 1);
    const auto announced = whole_number(suite.attribute("tests").value());
    const auto cases = suite.children("testcase");
    const auto found = std::distance(cases.begin(), cases.end());
    const bool has_inner = !suite.child("testsuite").empty();
    doubt_unless(!announced || has_inner || *announced == found,
                 fmt::format("a suite of the report has {} cases and says that it has {}", found,
                             announced.value_or(0)),
                 reading);
  }
}

/// "1/3 Test #1: name ....   Passed    0.01 sec": the name with its dots, and what follows.
struct CtestLine {
  std::string name;
  bool passed = false;
};

std::optional<CtestLine> read_ctest_line(std::string_view line) {
  constexpr std::string_view kMark = " Test ";
  line = trimmed(line);
  const auto mark = line.find(kMark);
  if (mark == line.npos || line.substr(0, mark).find_first_not_of("0123456789/") != line.npos ||
      !line.ends_with(" sec")) {
    return std::nullopt;
  }
  const auto colon = line.find(": ", mark);
  if (colon == line.npos) return std::nullopt;
  const auto rest = line.substr(colon + 2);
  const auto stars = rest.rfind("***");
  const auto passed = rest.rfind("   Passed ");
  const auto end = stars != rest.npos ? stars : passed;
  if (end == rest.npos) return std::nullopt;
  auto name = rest.substr(0, end);
  while (name.ends_with('.')) name.remove_suffix(1);
  return CtestLine{std::string(trimmed(name)), stars == rest.npos};
}

/// What CTest printed of each test against what its report says.
void check_against_lines(const Heard& heard, Reading& reading) {
  std::map<std::string, bool, std::less<>> passed;
  for (const auto& test : reading.tests) {
    passed[test.name] = test.outcome == TestOutcome::kPassed;
  }
  for (const auto text : split_lines(heard.out)) {
    const auto line = read_ctest_line(text);
    if (!line) continue;
    const auto found = passed.find(test_name(line->name));
    // A name may end in dots of its own; the line does not tell those from the filling.
    if (found == passed.end()) continue;
    doubt_unless(found->second == line->passed,
                 fmt::format("the report and what was printed disagree about '{}'",
                             printable_line(found->first)),
                 reading);
  }
  for (const auto text : split_lines(heard.out)) {
    const auto at = text.find("% tests passed, ");
    if (at == text.npos || at > 3) continue;
    const auto failed = number_before(text.substr(at + 15), " test");
    const auto really = count(reading.tests, TestOutcome::kFailed);
    const auto not_run = count(reading.tests, TestOutcome::kNotRun);
    if (!failed || heard.is_cut) continue;
    const auto said = static_cast<std::size_t>(*failed);
    doubt_unless(said >= really && said <= really + not_run,
                 fmt::format("{} failures were printed and {} reported", said, really), reading);
  }
}

}  // namespace

std::optional<std::vector<TestResult>> read_junit(std::string_view text) {
  auto reading = read_document(text, read_ctest_case);
  if (!reading) return std::nullopt;
  return std::move(reading->tests);
}

std::optional<Reading> read_ctest(const Heard& heard) {
  auto reading = read_document(heard.report, read_ctest_case);
  if (reading) check_against_lines(heard, *reading);
  return reading;
}

std::optional<Reading> read_gtest(const Heard& heard) {
  auto reading = read_document(heard.report, read_gtest_case);
  if (!reading) return std::nullopt;
  std::optional<std::int64_t> passed;
  for (const auto line : split_lines(heard.out)) {
    if (line.starts_with("[  PASSED  ] ")) passed = number_before(line, " test");
  }
  if (heard.is_cut) return reading;
  const auto reported = count(reading->tests, TestOutcome::kPassed);
  doubt_unless(passed && static_cast<std::size_t>(*passed) == reported,
               passed ? fmt::format("{} tests passed by what was printed and {} by the report",
                                    *passed, reported)
                      : "GoogleTest's summary was not printed",
               *reading);
  return reading;
}

std::optional<Reading> read_pytest(const Heard& heard) {
  auto reading = read_document(heard.report, read_pytest_case);
  if (!reading) return std::nullopt;
  pugi::xml_document document;
  document.load_buffer(heard.report.data(), heard.report.size());
  check_counts(document.document_element(), *reading);
  const Summary printed = read_summary(heard.out);
  const auto reported = count(reading->tests, TestOutcome::kPassed);
  // Tests that failed as expected are counted apart where results are printed.
  doubt_unless(
      heard.is_cut || !printed.cases || static_cast<std::size_t>(*printed.cases) <= reported,
      "more tests passed by what was printed than by the report", *reading);
  return reading;
}

std::optional<Reading> read_node(const Heard& heard) {
  auto reading = read_document(heard.report, read_node_case);
  if (!reading) return std::nullopt;
  tell_apart(reading->tests);
  std::optional<std::int64_t> failed;
  for (const auto line : split_lines(heard.out)) {
    if (line.starts_with("# fail ")) failed = whole_number(line.substr(7));
  }
  reading->finished = failed.has_value() || heard.is_cut;
  const auto reported = count(reading->tests, TestOutcome::kFailed);
  // A test that has tests inside is a suite in the report, and may fail by itself.
  doubt_unless(!failed || static_cast<std::size_t>(*failed) >= reported,
               "more tests failed by the report than by what was printed", *reading);
  doubt_unless(!failed || *failed == 0 || reported > 0,
               "tests failed by what was printed and none by the report", *reading);
  return reading;
}

std::optional<Reading> read_any_junit(const Heard& heard) {
  auto reading = read_document(heard.report, read_any_case);
  if (!reading) return std::nullopt;
  pugi::xml_document document;
  document.load_buffer(heard.report.data(), heard.report.size());
  const auto root = document.document_element();
  check_counts(std::string_view(root.name()) == "testsuites" ? root : document, *reading);
  return reading;
}

}  // namespace automod::trial
