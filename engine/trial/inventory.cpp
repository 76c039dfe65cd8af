#include "engine/trial/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/trial/inventory_runners.hpp"

namespace automod::trial {

namespace {

constexpr std::uint64_t kMostReport = 64 * kMiB;
constexpr std::int64_t kReportKb = 64 * 1024;  // where the report is what is printed
constexpr std::int64_t kListKb = 16 * 1024;
constexpr std::size_t kMostDoubts = 20;
constexpr std::int64_t kClockSlackMs = 2000;

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

/// Nobody who wrote the code under test could know the name of the report. What runs beside the
/// runner can read it from the runner's arguments.
std::string fresh_name() {
  std::random_device device;
  return fmt::format(".automod-{:08x}{:08x}", device(), device());
}

/// Names that are reported twice. Where the outcomes differ nobody knows which one is true.
void doubt_duplicates(const std::vector<TestResult>& tests, std::vector<std::string>& doubts) {
  std::map<std::string_view, TestOutcome> seen;
  for (const auto& test : tests) {
    const auto [place, is_new] = seen.emplace(test.name, test.outcome);
    if (!is_new && place->second != test.outcome) {
      doubts.push_back(
          fmt::format("'{}' was reported with two outcomes", printable_line(test.name)));
    }
  }
}

void doubt_times(const std::vector<TestResult>& tests, const ExecutionRecord& record,
                 std::vector<std::string>& doubts) {
  for (const auto& test : tests) {
    if (test.wall_ms > record.execution.wall.count() + kClockSlackMs) {
      doubts.push_back(fmt::format("'{}' is said to have taken longer than the whole run",
                                   printable_line(test.name)));
    }
  }
}

/// `expected` is what was announced beforehand; a name that stands there twice has to be reported
/// twice.
Inventory merged(TestSource source, const Names& expected, Reading reading,
                 const ExecutionRecord& record) {
  Inventory inventory;
  inventory.source = source;
  doubt_duplicates(reading.tests, reading.doubts);
  doubt_times(reading.tests, record, reading.doubts);
  std::map<std::string_view, std::size_t> reported;
  for (const auto& test : reading.tests) ++reported[test.name];
  std::vector<TestResult> silent;
  for (const auto& name : expected) {
    const auto found = reported.find(name);
    if (found != reported.end() && found->second > 0) {
      --found->second;
    } else {
      silent.push_back({name, TestOutcome::kNotRun, 0});
    }
  }
  inventory.tests = std::move(reading.tests);
  const bool has_flaw = std::ranges::any_of(inventory.tests, [](const TestResult& test) {
    return test.outcome == TestOutcome::kFailed || test.outcome == TestOutcome::kNotRun;
  });
  std::ranges::move(silent, std::back_inserter(inventory.tests));
  if (reading.doubts.size() > kMostDoubts) reading.doubts.resize(kMostDoubts);
  inventory.distrusted = std::move(reading.doubts);
  // A bad exit status that no test explains means that something else went wrong.
  const bool status_fits = record.execution.status == 0 || has_flaw;
  inventory.complete = ran_to_its_end(record) && reading.finished && silent.empty() &&
                       status_fits && inventory.distrusted.empty();
  sort_by_name(inventory.tests);
  return inventory;
}

/// Asks one runner.
class Asking {
 public:
  Asking(const Site& site, const TestRunner& runner, const Ask& ask)
      : site_(site), runner_(runner), ask_(ask) {}

  Result<TestRun> run() {
    auto expected = list();
    if (!expected) return fail(expected.error());
    Extras extras{.environment = ask_.environment};
    extras.collect_bytes = kMostReport;
    if (ask_.report.empty()) extras.output_kb = kReportKb;
    if (!ask_.report.empty()) extras.collect.push_back(ask_.report);
    auto record = run_command(site_, ExecutionType::kUnitTest, ask_.running,
                              site_.config.test_seconds, extras);
    if (!record) return fail(record.error());
    read(*expected, *record);
    run_.stage = evidence_of(*record);
    run_.executions.push_back(std::move(*record));
    return std::move(run_);
  }

 private:
  /// The tests that are there; nullopt when nobody knows.
  Result<std::optional<Names>> list() {
    for (const auto& command : ask_.listing) {
      auto record = run_command(site_, ExecutionType::kUnitTest, command, site_.config.test_seconds,
                                {.output_kb = kListKb});
      if (!record) return fail(record.error());
      const auto& execution = record->execution;
      auto names = ran_to_its_end(*record) && !execution.out_cut && may_list(execution.status)
                       ? runner_.list(execution.out)
                       : std::nullopt;
      run_.executions.push_back(std::move(*record));
      if (names) return names;
    }
    return std::nullopt;
  }

  /// Catch2's second version answers with the number of tests, pytest with 5 when there is none.
  bool may_list(int status) const {
    return status == 0 || runner_.source == TestSource::kCatch2 ||
           (runner_.source == TestSource::kPytest && status == 5);
  }

  void read(const std::optional<Names>& listed, const ExecutionRecord& record) {
    const auto& execution = record.execution;
    const auto& artifacts = execution.artifacts;
    const bool has_report = !artifacts.empty() && artifacts.front().refused.empty();
    const Heard heard{.out = execution.out,
                      .err = execution.err,
                      .report = has_report ? artifacts.front().content : std::string_view(),
                      .is_cut = execution.out_cut || execution.err_cut};
    auto reading = has_report || ask_.report.empty() ? runner_.read(heard) : std::nullopt;
    // What is printed is the whole report: nothing of it may be missing.
    const bool is_whole = !ask_.report.empty() || !execution.out_cut;
    const bool has_both = reading && is_whole && (runner_.list == nullptr || listed);
    Names expected = listed.value_or(Names{});
    if (reading && reading->expected) expected = *reading->expected;
    run_.inventory =
        merged(runner_.source, expected, std::move(reading).value_or(Reading{}), record);
    run_.inventory.complete = run_.inventory.complete && has_both;
  }

  const Site& site_;
  const TestRunner& runner_;
  const Ask& ask_;
  TestRun run_;
};

Result<std::optional<TestRun>> run_asked(const Site& site, const Names* only) {
  const TestRunner* runner = test_runner(site.config.test_results);
  if (runner == nullptr) return std::nullopt;
  const std::string report = fresh_name();
  const auto ask = runner->ask(site.config, report, only);
  if (!ask) return std::nullopt;
  auto run = Asking(site, *runner, *ask).run();
  if (!run) return fail(run.error());
  // Where the folder itself is written to, nothing of ours stays.
  std::error_code ignored;
  if (site.changes.empty()) std::filesystem::remove(site.folder / report, ignored);
  return std::move(*run);
}

void say_if(bool is_so, std::vector<std::string>& reasons, std::string reason) {
  if (is_so && reasons.size() < kMostDoubts) reasons.push_back(std::move(reason));
}

void compare(const TestResult& before, const TestResult& now, std::vector<std::string>& reasons) {
  const std::string name = printable_line(now.name);
  say_if(before.output_bytes.value_or(0) > 0 && now.output_bytes == 0, reasons,
         fmt::format("'{}' printed something on the base and nothing now", name));
  say_if(
      before.cases && !now.cases, reasons,
      fmt::format("'{}' ended without the summary that its framework printed on the base", name));
  say_if(before.cases && now.cases && *now.cases < *before.cases, reasons,
         fmt::format("in '{}' {} cases passed, on the base {}", name, now.cases.value_or(0),
                     before.cases.value_or(0)));
  say_if(before.assertions.value_or(0) > 0 && now.assertions.value_or(0) == 0, reasons,
         fmt::format("'{}' made {} assertions on the base and none now", name,
                     before.assertions.value_or(0)));
}

}  // namespace

Result<TestRun> run_tests(const Site& site) {
  auto asked = run_asked(site, nullptr);
  if (!asked) return fail(asked.error());
  if (*asked) return std::move(**asked);
  auto record =
      run_command(site, ExecutionType::kUnitTest, site.config.test, site.config.test_seconds);
  if (!record) return fail(record.error());
  TestRun run;
  run.inventory = by_exit_code(*record);
  run.stage = evidence_of(*record);
  run.executions.push_back(std::move(*record));
  return run;
}

Result<std::optional<TestRun>> run_some_tests(const Site& site, const Names& names) {
  auto run = run_asked(site, &names);
  if (!run) return fail(run.error());
  if (*run) {
    // A runner may add what a chosen test needs.
    const std::set<std::string_view> wanted(names.begin(), names.end());
    std::erase_if((*run)->inventory.tests,
                  [&](const TestResult& test) { return !wanted.contains(test.name); });
  }
  return run;
}

void compare_with_base(const Inventory& base, Inventory& now) {
  std::map<std::string_view, const TestResult*> before;
  for (const auto& test : base.tests) {
    if (test.outcome == TestOutcome::kPassed) before.emplace(test.name, &test);
  }
  for (const auto& test : now.tests) {
    const auto found = before.find(test.name);
    if (found == before.end() || test.outcome != TestOutcome::kPassed) continue;
    compare(*found->second, test, now.distrusted);
  }
  if (!now.distrusted.empty()) now.complete = false;
}

}  // namespace automod::trial
