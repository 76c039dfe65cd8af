#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "engine/trial/inventory_reports.hpp"

/// Reports that are no JUnit files.
namespace automod::trial {

namespace {

using nlohmann::json;

std::int64_t whole_attribute(const pugi::xml_node& node, const char* name) {
  return whole_number(node.attribute(name).value()).value_or(0);
}

// Catch2 -------------------------------------------------------------------------------------

TestResult read_catch2_case(const pugi::xml_node& test) {
  TestResult result;
  result.name = test_name(test.attribute("name").value());
  const auto overall = test.child("OverallResult");
  result.wall_ms = to_ms(overall.attribute("durationInSeconds").as_double());
  const bool was_skipped = whole_attribute(overall, "skips") > 0;
  const std::string_view success = overall.attribute("success").value();
  result.outcome = success == "true" ? TestOutcome::kPassed : TestOutcome::kFailed;
  if (!overall) {
    result.outcome = TestOutcome::kNotRun;  // it began and did not end
  } else if (was_skipped && result.outcome == TestOutcome::kPassed) {
    result.outcome = TestOutcome::kSkipped;
  }
  return result;
}

/// The node that holds the cases: a group in the second version, the root in the third.
pugi::xml_node catch2_cases(const pugi::xml_document& document) {
  const auto root = document.document_element();
  const std::string_view kind = root.name();
  if (kind == "Catch2TestRun") return root;
  return kind == "Catch" ? root.child("Group") : pugi::xml_node();
}

// doctest ------------------------------------------------------------------------------------

TestResult read_doctest_case(const pugi::xml_node& test, const std::string& suite) {
  TestResult result;
  result.name = test_name((suite.empty() ? "" : suite + "::") + test.attribute("name").value());
  const auto overall = test.child("OverallResultsAsserts");
  if (std::string_view(test.attribute("skipped").value()) == "true") {
    result.outcome = TestOutcome::kSkipped;
  } else if (overall) {
    const std::string_view success = overall.attribute("test_case_success").value();
    result.outcome = success == "true" ? TestOutcome::kPassed : TestOutcome::kFailed;
    result.assertions = whole_attribute(overall, "successes");
    result.wall_ms = to_ms(overall.attribute("duration").as_double());
  }
  return result;
}

// unittest -----------------------------------------------------------------------------------

std::optional<TestResult> read_unittest_line(const json& line) {
  const auto name = line.value("test", json());
  const auto outcome = line.value("outcome", json());
  if (!name.is_string() || !outcome.is_string()) return std::nullopt;
  const auto known = parse<TestOutcome>(outcome.get_ref<const std::string&>());
  if (!known) return std::nullopt;
  const auto ms = line.value("ms", json());
  return TestResult{test_name(name.get_ref<const std::string&>()), *known,
                    ms.is_number() ? to_ms(ms.get<double>() / 1000) : 0};
}

std::optional<Names> read_unittest_names(const json& names) {
  if (!names.is_array() || names.size() > kMostTests) return std::nullopt;
  Names all;
  for (const auto& name : names) {
    if (!name.is_string()) return std::nullopt;
    all.push_back(test_name(name.get_ref<const std::string&>()));
  }
  return all;
}

// Cargo --------------------------------------------------------------------------------------

/// "Running unittests src/lib.rs (target/debug/deps/name-28a01a7770d7ff1d)" and "Doc-tests name":
/// what the tests that follow belong to.
std::optional<std::string> cargo_group(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with("Doc-tests ")) return std::string(line);
  constexpr std::string_view kRunning = "Running ";
  if (!line.starts_with(kRunning) || !line.ends_with(')')) return std::nullopt;
  const auto open = line.rfind(" (");
  if (open == line.npos) return std::nullopt;
  auto program = line.substr(open + 2, line.size() - open - 3);
  program.remove_prefix(program.find_last_of('/') + 1);
  return fmt::format("{} {}", program.substr(0, program.rfind('-')),
                     line.substr(kRunning.size(), open - kRunning.size()));
}

/// One program's part of the output.
struct CargoGroup {
  std::string name;
  std::optional<std::int64_t> announced;
  std::vector<TestResult> tests;
};

class CargoReader {
 public:
  Reading read(std::string_view text) {
    for (const auto line : split_lines(text)) take(line);
    if (is_open_) reading_.finished = false;  // it began and never said how it ended
    return std::move(reading_);
  }

 private:
  void take(std::string_view line) {
    if (auto name = cargo_group(line)) {
      if (is_open_) reading_.finished = false;
      group_ = {std::move(*name), {}, {}};
      is_open_ = true;
    } else if (line.starts_with("running ") && line.find(" test") != line.npos) {
      if (!group_.announced) group_.announced = number_before(line, " test");
    } else if (line.starts_with("test result: ")) {
      close(line);
    } else if (line.starts_with("test ")) {
      add(line.substr(5));
    }
  }

  void add(std::string_view line) {
    const auto dots = line.rfind(" ... ");
    if (dots == line.npos || reading_.tests.size() + group_.tests.size() >= kMostTests) return;
    const auto word = trimmed(line.substr(dots + 5));
    TestOutcome outcome = TestOutcome::kNotRun;
    if (word == "ok") outcome = TestOutcome::kPassed;
    if (word.starts_with("FAILED")) outcome = TestOutcome::kFailed;
    if (word.starts_with("ignored")) outcome = TestOutcome::kSkipped;
    group_.tests.push_back(
        {test_name(group_.name + ": " + std::string(line.substr(0, dots))), outcome, 0});
  }

  void close(std::string_view line) {
    const auto agrees = [&](TestOutcome outcome, std::string_view word) {
      const auto said = number_before(line, word);
      return said && static_cast<std::size_t>(*said) == count(group_.tests, outcome);
    };
    const bool is_whole =
        group_.announced && static_cast<std::size_t>(*group_.announced) == group_.tests.size();
    if (!is_open_ || !is_whole || !agrees(TestOutcome::kPassed, " passed") ||
        !agrees(TestOutcome::kFailed, " failed") || !agrees(TestOutcome::kSkipped, " ignored")) {
      reading_.doubts.push_back(
          fmt::format("the lines and the counts of '{}' disagree", printable_line(group_.name)));
    }
    for (auto& test : group_.tests) reading_.tests.push_back(std::move(test));
    group_ = {};
    is_open_ = false;
  }

  Reading reading_;
  CargoGroup group_;
  bool is_open_ = false;
};

// Go -----------------------------------------------------------------------------------------

std::optional<TestOutcome> go_outcome(const std::string& action) {
  if (action == "pass") return TestOutcome::kPassed;
  if (action == "fail") return TestOutcome::kFailed;
  if (action == "skip") return TestOutcome::kSkipped;
  return std::nullopt;
}

}  // namespace

std::optional<Reading> read_catch2(const Heard& heard) {
  pugi::xml_document document;
  if (!document.load_buffer(heard.report.data(), heard.report.size())) return std::nullopt;
  const auto cases = catch2_cases(document);
  if (!cases) return std::nullopt;
  Reading reading;
  for (const auto& test : cases.children("TestCase")) {
    if (reading.tests.size() == kMostTests) return std::nullopt;
    reading.tests.push_back(read_catch2_case(test));
  }
  const auto totals = document.document_element().child("OverallResultsCases");
  reading.finished = !totals.empty();
  const std::int64_t failed = whole_attribute(totals, "failures");
  if (static_cast<std::size_t>(failed) != count(reading.tests, TestOutcome::kFailed)) {
    reading.doubts.emplace_back("the report's cases and its totals disagree");
  }
  return reading;
}

std::optional<Reading> read_doctest(const Heard& heard) {
  pugi::xml_document document;
  if (!document.load_buffer(heard.report.data(), heard.report.size())) return std::nullopt;
  const auto root = document.child("doctest");
  if (!root) return std::nullopt;
  Reading reading;
  for (const auto& suite : root.children("TestSuite")) {
    const std::string name = suite.attribute("name").value();
    for (const auto& test : suite.children("TestCase")) {
      if (reading.tests.size() == kMostTests) return std::nullopt;
      reading.tests.push_back(read_doctest_case(test, name));
    }
  }
  const auto totals = root.child("OverallResultsTestCases");
  reading.finished = !totals.empty();
  const std::int64_t passed = whole_attribute(totals, "successes");
  if (static_cast<std::size_t>(passed) != count(reading.tests, TestOutcome::kPassed)) {
    reading.doubts.emplace_back("the report's cases and its totals disagree");
  }
  return reading;
}

std::optional<Reading> read_unittest(const Heard& heard) {
  Reading reading;
  std::optional<std::int64_t> ran;
  for (const auto text : split_lines(heard.report)) {
    if (text.empty()) continue;
    const json line = json::parse(text, nullptr, false);
    if (!line.is_object() || ran || reading.tests.size() == kMostTests) return std::nullopt;
    if (line.contains("expected")) {
      if (reading.expected) return std::nullopt;
      reading.expected = read_unittest_names(line["expected"]);
      if (!reading.expected) return std::nullopt;
    } else if (line.contains("ran")) {
      if (!line["ran"].is_number_integer()) return std::nullopt;
      ran = line["ran"].get<std::int64_t>();
    } else {
      auto result = read_unittest_line(line);
      if (!result) return std::nullopt;
      reading.tests.push_back(std::move(*result));
    }
  }
  reading.finished = ran.has_value();
  const Summary printed = read_summary(heard.err);
  if (!heard.is_cut && ran != printed.cases) {
    reading.doubts.emplace_back(
        "the report and what was printed disagree about how many tests ran");
  }
  return reading;
}

std::optional<Names> read_cargo_list(std::string_view text) {
  Names names;
  std::string group;
  for (const auto line : split_lines(text)) {
    if (auto name = cargo_group(line)) {
      group = std::move(*name);
    } else if (line.ends_with(": test")) {
      if (group.empty() || names.size() == kMostTests) return std::nullopt;
      names.push_back(test_name(group + ": " + std::string(line.substr(0, line.size() - 6))));
    }
  }
  return names;
}

std::optional<Reading> read_cargo(const Heard& heard) { return CargoReader().read(heard.out); }

std::optional<Reading> read_go(const Heard& heard) {
  Reading reading;
  std::map<std::string, TestResult> tests;
  std::map<std::string, bool> packages;  // and whether they came to their end
  for (const auto text : split_lines(heard.out)) {
    const json event = json::parse(text, nullptr, false);
    if (!event.is_object()) continue;
    const auto action = event.value("Action", json());
    const auto package = event.value("Package", json());
    if (!action.is_string() || !package.is_string()) continue;
    const auto test = event.value("Test", json());
    const auto outcome = go_outcome(action.get<std::string>());
    bool& ended = packages.try_emplace(package.get<std::string>(), false).first->second;
    if (!test.is_string()) {
      ended = ended || outcome.has_value();
      continue;
    }
    const auto name = test_name(package.get<std::string>() + "." + test.get<std::string>());
    if (tests.size() >= kMostTests) return std::nullopt;
    TestResult& result = tests.try_emplace(name, TestResult{.name = name}).first->second;
    if (!outcome) continue;
    if (result.outcome != TestOutcome::kNotRun && result.outcome != *outcome) {
      reading.doubts.push_back(fmt::format("'{}' ended twice", printable_line(name)));
    }
    const auto elapsed = event.value("Elapsed", json());
    result.outcome = *outcome;
    result.wall_ms = elapsed.is_number() ? to_ms(elapsed.get<double>()) : 0;
  }
  for (auto& [name, result] : tests) reading.tests.push_back(std::move(result));
  reading.finished =
      !packages.empty() && std::ranges::all_of(packages, [](auto& entry) { return entry.second; });
  return reading;
}

}  // namespace automod::trial
