#include "engine/judge/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/judge/judge.hpp"

namespace automod::judge {

const std::vector<CheckRow>& check_table() {
  static const std::vector<CheckRow> kTable = {
      {"syntax_error", "a changed file has more syntax errors than before", syntax_error},
      {"does_not_build", "configuring or building the candidate failed", does_not_build,
       Reach::kBuild},
      {"timeout", "a command ran into its time limit", timeout, Reach::kBuild},
      {"resource_limit", "a command ran into a limit of memory, disk or output", resource_limit,
       Reach::kBuild},
      {"tests_failed", "a test that did not fail on the base fails now", tests_failed,
       Reach::kTests},
      {"flaky_only", "a test fails at times, and on the base as well", flaky_only, Reach::kTests},
      {"tests_missing", "a test of the base is gone, skipped, or not believed", tests_missing,
       Reach::kTests},
      {"old_tests_failed", "the base's own version of a changed test fails", old_tests_failed,
       Reach::kChangedTests},
      {"tests_weakened", "a test is removed, disabled, loosened or expects something else",
       tests_weakened},
      {"fix_proven", "a test that failed on the base passes now", fix_proven, Reach::kChangedTests},
      {"unproven", "there are no tests that could show anything", unproven, Reach::kTests},
      {"protected_path", "tests, benchmarks, build or configuration files are touched",
       protected_path},
      {"too_large", "more lines are changed than tests or reviewers can vouch for", too_large},
      {"api_break", "what others call is gone or changed", api_break},
      {"complexity_growth", "a function has many more branches than before", complexity_growth},
      {"new_capability", "reaches what the base's code does not: processes, network, files, …",
       new_capability},
      {"secret_added", "a key, token or password is part of the change", secret_added},
      {"trojan_source", "characters that make text look like what it is not", trojan_source},
      {"binary_content", "content that nobody can read is added or changed", binary_content},
      {"license_removed", "a licence is taken away or altered", license_removed},
      {"suppression", "a diagnostic, a sanitizer or coverage is switched off", suppression},
      {"error_swallowed", "an error is caught and dropped", error_swallowed},
      {"hidden_state", "something is kept from one call to the next", hidden_state},
      {"benchmark_special_case", "knows the benchmark, a test, or that one of them is running",
       benchmark_special_case},
      {"scope", "files are changed that the stated goal does not speak of", scope},
      {"convention", "something is named, or fails, unlike what is around it", convention},
      {"new_diagnostics", "compiler or clang-tidy say something that they do not of the base",
       new_diagnostics, Reach::kDiagnostics},
      {"sanitizer_error", "sanitizers find something that they do not on the base", sanitizer_error,
       Reach::kSanitizers},
      {"tests_hollow", "tests that did not change run less of themselves", tests_hollow,
       Reach::kCoverage},
      {"uncovered_change", "lines are changed that no test runs", uncovered_change,
       Reach::kCoverage, true},
      {"benchmark_failed", "a benchmark that runs on the base fails now", benchmark_failed,
       Reach::kBenchmarks},
      {"output_changed", "a benchmark prints something else than on the base", output_changed,
       Reach::kBenchmarks},
      {"held_out_differs", "answers otherwise than the base on inputs that nobody has seen",
       held_out_differs, Reach::kEnd},
      {"performance_regression", "a benchmark became slower", performance_regression,
       Reach::kBenchmarks},
      {"memory_regression", "a benchmark needs more memory", memory_regression, Reach::kBenchmarks},
      {"no_measurable_gain", "meant to save time, and no benchmark shows it", no_measurable_gain,
       Reach::kEnd},
      {"second_opinion", "a second pair of eyes has doubts, or says no", second_opinion,
       Reach::kEnd},
  };
  return kTable;
}

const std::vector<CheckInfo>& all_checks() {
  static const std::vector<CheckInfo> kChecks = [] {
    std::vector<CheckInfo> checks;
    for (const auto& row : check_table()) checks.push_back({row.code, row.summary});
    return checks;
  }();
  return kChecks;
}

CheckOutcome passes(std::string reason) {
  CheckOutcome outcome;
  outcome.reason = std::move(reason);
  return outcome;
}

CheckOutcome warns(double penalty, std::string reason) {
  CheckOutcome outcome = passes(std::move(reason));
  outcome.result = CheckResult::kWarn;
  outcome.penalty = penalty;
  return outcome;
}

CheckOutcome asks(double penalty, std::string reason) {
  CheckOutcome outcome = warns(penalty, std::move(reason));
  outcome.wants_approval = true;
  return outcome;
}

CheckOutcome fails(double penalty, std::string reason) {
  CheckOutcome outcome = warns(penalty, std::move(reason));
  outcome.result = CheckResult::kFail;
  return outcome;
}

CheckOutcome blocks(double penalty, std::string reason) {
  CheckOutcome outcome = fails(penalty, std::move(reason));
  outcome.blocks = true;
  return outcome;
}

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string listed(std::string_view what, const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  constexpr std::size_t kLongest = 120;
  std::string text = counted(names.size(), what) + ": ";
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    const std::string name = printable_line(names[i].substr(0, kLongest));
    text += (i == 0 ? "" : ", ") + name + (names[i].size() > kLongest ? "…" : "");
  }
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

std::string describe(const StageEvidence& stage) {
  std::string what = "the command";
  switch (stage.type) {
    case ExecutionType::kConfigure:
      what = "configuring";
      break;
    case ExecutionType::kBuild:
      what = "the build";
      break;
    case ExecutionType::kUnitTest:
      what = "the test command";
      break;
    case ExecutionType::kBenchmark:
      what = "a benchmark";
      break;
    case ExecutionType::kStaticAnalysis:
      what = "the analysis";
      break;
    case ExecutionType::kHeldOut:
      what = "a held-out command";
      break;
  }
  if (stage.outcome == "exited") return fmt::format("{} exited with status {}", what, stage.status);
  if (stage.outcome == "signalled") {
    return fmt::format("{} was killed by signal {}", what, stage.status);
  }
  const double seconds = static_cast<double>(stage.wall_ms) / 1000;
  if (stage.outcome == "timed_out") {
    return fmt::format("{} was stopped at its time limit after {:.1f} s", what, seconds);
  }
  if (stage.outcome == "memory_limit") return what + " was stopped at its memory limit";
  if (stage.outcome == "cpu_limit") return what + " was stopped at its processor time limit";
  if (stage.outcome == "disk_limit") return what + " was stopped at its disk limit";
  if (stage.outcome == "output_limit") return what + " was stopped for printing without end";
  return fmt::format("{} ended as '{}'", what, printable_line(stage.outcome));
}

const StageEvidence* failed_before_tests(const Evidence& evidence) {
  for (const auto& stage : evidence.stages) {
    const bool is_before =
        stage.type == ExecutionType::kConfigure || stage.type == ExecutionType::kBuild;
    if (is_before && stage.variant == Variant::kPlain && !stage.ok()) return &stage;
  }
  return nullptr;
}

bool is_syntax_certain(const FileFacts& file) {
  return file.language != "c" && file.language != "cpp";
}

bool stopped_by_syntax(const Evidence& evidence) {
  return evidence.stages.empty() &&
         std::any_of(evidence.files.begin(), evidence.files.end(), [](const FileFacts& file) {
           return file.lost_syntax() && is_syntax_certain(file);
         });
}

}  // namespace automod::judge
