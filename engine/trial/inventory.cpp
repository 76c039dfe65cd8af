#include "engine/trial/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::trial {

namespace {

constexpr std::string_view kReportFolder = ".automod-report";
constexpr std::string_view kReportFile = "ctest.xml";
constexpr std::size_t kMostReport = 64 * kMiB;
constexpr std::int64_t kListKb = 16 * 1024;
constexpr std::size_t kMostTests = 100'000;
constexpr std::size_t kLongestName = 500;

std::string test_name(std::string_view text) {
  return valid_utf8(text.substr(0, std::min(text.size(), kLongestName)));
}

bool ran_to_its_end(const ExecutionRecord& record) {
  return record.execution.outcome == sandbox::Outcome::kExited;
}

Inventory by_exit_code(const ExecutionRecord& record) {
  Inventory inventory;
  inventory.source = TestSource::kExitCode;
  inventory.complete = ran_to_its_end(record);
  inventory.tests.push_back({"test command",
                             record.execution.ok() ? TestOutcome::kPassed : TestOutcome::kFailed,
                             record.execution.wall.count()});
  return inventory;
}

TestOutcome outcome_of(const pugi::xml_node& test) {
  const std::string_view status = test.attribute("status").value();
  if (test.child("failure") || test.child("error") || status == "fail") {
    return TestOutcome::kFailed;
  }
  if (status == "disabled") return TestOutcome::kSkipped;
  if (const auto skipped = test.child("skipped")) {
    // CTest says why: a test may ask to be skipped; else it could not be started.
    const std::string_view why = skipped.attribute("message").value();
    return why.starts_with("SKIP_") ? TestOutcome::kSkipped : TestOutcome::kNotRun;
  }
  return status == "run" ? TestOutcome::kPassed : TestOutcome::kNotRun;
}

Inventory merged(const std::vector<std::string>& expected, std::vector<TestResult> reported,
                 const ExecutionRecord& record) {
  Inventory inventory;
  inventory.source = TestSource::kCtest;
  std::set<std::string> names;
  bool has_flaw = false;
  for (const auto& test : reported) {
    names.insert(test.name);
    has_flaw =
        has_flaw || test.outcome == TestOutcome::kFailed || test.outcome == TestOutcome::kNotRun;
  }
  inventory.tests = std::move(reported);
  bool all_reported = true;
  for (const auto& name : expected) {
    if (names.contains(name)) continue;
    all_reported = false;
    inventory.tests.push_back({name, TestOutcome::kNotRun, 0});
  }
  // A bad exit status that no test explains means that something else went wrong.
  const bool status_fits = record.execution.status == 0 || has_flaw;
  inventory.complete = ran_to_its_end(record) && all_reported && status_fits;
  std::sort(inventory.tests.begin(), inventory.tests.end(),
            [](const TestResult& a, const TestResult& b) { return a.name < b.name; });
  return inventory;
}

Result<TestRun> run_ctest(const Site& site, const std::string& listing,
                          const std::string& reporting) {
  TestRun run;
  const std::int64_t seconds = site.config.test_seconds;
  auto list = run_command(site, ExecutionType::kUnitTest, listing, seconds, {.output_kb = kListKb});
  if (!list) return fail(list.error());
  const auto expected = list->execution.ok() ? read_ctest_list(list->execution.out) : std::nullopt;
  run.executions.push_back(std::move(*list));
  // An older report must not be taken for this one's.
  const std::string command =
      fmt::format("rm -rf {0} && mkdir {0} && {1}", kReportFolder, reporting);
  auto record = run_command(site, ExecutionType::kUnitTest, command, seconds,
                            {.collect = {fmt::format("{}/{}", kReportFolder, kReportFile)},
                             .collect_bytes = kMostReport});
  if (!record) return fail(record.error());
  const auto& artifacts = record->execution.artifacts;
  auto reported = artifacts.size() == 1 && artifacts[0].refused.empty()
                      ? read_junit(artifacts[0].content)
                      : std::nullopt;
  const bool has_both = expected && reported;
  run.inventory = merged(expected.value_or(std::vector<std::string>{}),
                         std::move(reported).value_or(std::vector<TestResult>{}), *record);
  run.inventory.complete = run.inventory.complete && has_both;
  run.stage = evidence_of(*record);
  run.executions.push_back(std::move(*record));
  return run;
}

bool is_boundary(char c) {
  return c == ' ' || c == '\t' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')';
}

}  // namespace

std::optional<std::string> with_ctest_arguments(std::string_view command,
                                                std::string_view arguments) {
  constexpr std::string_view kWord = "ctest";
  for (std::size_t at = command.find(kWord); at != command.npos; at = command.find(kWord, at + 1)) {
    const std::size_t end = at + kWord.size();
    const bool begins = at == 0 || is_boundary(command[at - 1]) || command[at - 1] == '/';
    if (!begins || (end < command.size() && !is_boundary(command[end]))) continue;
    return fmt::format("{} {}{}", command.substr(0, end), arguments, command.substr(end));
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> read_ctest_list(std::string_view text) {
  using nlohmann::json;
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto tests = document.find("tests");
  if (tests == document.end() || !tests->is_array() || tests->size() > kMostTests) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const auto& test : *tests) {
    const auto name = test.is_object() ? test.find("name") : test.end();
    if (!test.is_object() || name == test.end() || !name->is_string()) return std::nullopt;
    names.push_back(test_name(name->get_ref<const std::string&>()));
  }
  return names;
}

std::optional<std::vector<TestResult>> read_junit(std::string_view text) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return std::nullopt;
  const auto suite = document.child("testsuite");
  if (!suite) return std::nullopt;
  std::vector<TestResult> results;
  for (const auto& test : suite.children("testcase")) {
    if (results.size() == kMostTests) return std::nullopt;
    const double seconds = test.attribute("time").as_double();
    const bool is_sane = std::isfinite(seconds) && seconds >= 0 && seconds < 1e6;
    results.push_back({test_name(test.attribute("name").value()), outcome_of(test),
                       is_sane ? std::lround(seconds * 1000) : 0});
  }
  return results;
}

Result<TestRun> run_tests(const Site& site) {
  const std::string& command = site.config.test;
  if (site.config.test_results == TestSource::kCtest) {
    const auto listing = with_ctest_arguments(command, "--show-only=json-v1");
    const auto reporting = with_ctest_arguments(
        command, fmt::format("--output-junit /tree/{}/{}", kReportFolder, kReportFile));
    if (listing && reporting) return run_ctest(site, *listing, *reporting);
  }
  auto record = run_command(site, ExecutionType::kUnitTest, command, site.config.test_seconds);
  if (!record) return fail(record.error());
  TestRun run;
  run.inventory = by_exit_code(*record);
  run.stage = evidence_of(*record);
  run.executions.push_back(std::move(*record));
  return run;
}

bool tests_held(const Inventory& base, const Inventory& candidate) {
  if (base.complete && !candidate.complete) return false;
  std::set<std::string_view> passed;
  for (const auto& test : candidate.tests) {
    if (test.outcome == TestOutcome::kPassed) passed.insert(test.name);
  }
  return std::all_of(base.tests.begin(), base.tests.end(), [&](const TestResult& test) {
    return test.outcome != TestOutcome::kPassed || passed.contains(test.name);
  });
}

}  // namespace automod::trial
