// What the further runs of a trial show: with sanitizers, with coverage, with more warnings.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"

namespace automod::judge {

namespace {

constexpr std::string_view kOlder = "was not looked for when this evidence was made";
constexpr double kNotSeen = 0.02;  // for what the machine could not look at

const LeftOut* left_out(const Evidence& evidence, std::string_view stage) {
  const auto found = std::ranges::find(evidence.left_out, stage, &LeftOut::stage);
  return found == evidence.left_out.end() ? nullptr : &*found;
}

bool changes(const Evidence& evidence, const std::vector<std::string_view>& languages) {
  return std::ranges::any_of(evidence.files, [&](const FileFacts& file) {
    return std::ranges::find(languages, file.language) != languages.end();
  });
}

/// Where a stage has left nothing: says why, and takes a little where it was not by choice though
/// it concerns the change.
CheckOutcome without(const Evidence& evidence, std::string_view stage, bool concerns) {
  const LeftOut* left = left_out(evidence, stage);
  if (left == nullptr) return passes("not reached: the trial ended before");
  const std::string why = "not measured: " + printable_line(left->why);
  if (left->by_choice || !concerns) return passes(why);
  return warns(kNotSeen, why);
}

std::string shown(const Diagnostic& diagnostic) {
  std::string text = diagnostic.rule;
  if (!diagnostic.path.empty()) {
    text += fmt::format(" at {}:{}", diagnostic.path, diagnostic.line);
  }
  return text + " (" + diagnostic.message + ")";
}

using Names = std::set<std::string, std::less<>>;

Names passed(const Inventory& inventory) {
  Names names;
  for (const auto& test : inventory.tests) {
    if (test.outcome == TestOutcome::kPassed) names.insert(test.name);
  }
  return names;
}

/// "f(int)" of "f(int): signed integer overflow: …"; empty where the report names no function.
std::string_view function_of(const Diagnostic& report) {
  const std::string_view message = report.message;
  const std::size_t end = message.find(": ");
  return end == message.npos ? std::string_view() : message.substr(0, end);
}

/// Reports of the candidate at which the base has none: by kind, file and function. A function
/// may get another name, so that as many of a kind in one file as before are not new.
std::vector<std::string> new_reports(const SanitizerEvidence& seen) {
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> known;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> left;
  for (const auto& report : seen.base_reports) {
    known.emplace(report.rule, report.path, function_of(report));
    ++left[{report.rule, report.path}];
  }
  const auto is_known = [&](const Diagnostic& report) {
    return known.contains({report.rule, report.path, function_of(report)});
  };
  for (const auto& report : seen.candidate_reports) {
    auto& count = left[{report.rule, report.path}];
    if (is_known(report) && count > 0) --count;
  }
  std::vector<std::string> found;
  for (const auto& report : seen.candidate_reports) {
    if (is_known(report)) continue;
    auto& count = left[{report.rule, report.path}];
    if (count > 0) {
      --count;
    } else {
      found.push_back(shown(report));
    }
  }
  return found;
}

/// Tests of the candidate that do not pass with sanitizers, though they do on the base or are new.
std::vector<std::string> broken_by_sanitizers(const Evidence& evidence) {
  const SanitizerEvidence& seen = *evidence.sanitizers;
  const Names now = passed(seen.candidate);
  const Names before = passed(seen.base);
  Names broken;
  for (const auto& test : evidence.tests.tests) {
    const bool is_new =
        std::ranges::find(seen.base.tests, test.name, &TestResult::name) == seen.base.tests.end();
    const bool counts = is_new || before.contains(test.name);
    if (counts && !now.contains(test.name)) broken.insert(test.name);
  }
  return {broken.begin(), broken.end()};
}

bool builds_with_sanitizers(const Evidence& evidence) {
  return std::ranges::none_of(evidence.stages, [](const StageEvidence& stage) {
    const bool is_building =
        stage.type == ExecutionType::kBuild || stage.type == ExecutionType::kConfigure;
    return stage.variant == Variant::kSanitizers && is_building && !stage.ok();
  });
}

const FileFacts* changed_file(const Evidence& evidence, std::string_view path) {
  const auto found = std::ranges::find(evidence.files, path, &FileFacts::path);
  return found == evidence.files.end() ? nullptr : &*found;
}

bool is_test(const Evidence& evidence, std::string_view path) {
  const FileFacts* file = changed_file(evidence, path);
  if (file != nullptr && file->role) return *file->role == FileRole::kTest;
  return looks_like_test(path);
}

/// A test that failed on the base passes now: what it did on failing is rightly not reached.
bool repairs_a_test(const Evidence& evidence) {
  const Names now = passed(evidence.tests);
  return std::ranges::any_of(evidence.base_tests.tests, [&](const TestResult& test) {
    return test.outcome == TestOutcome::kFailed && now.contains(test.name);
  });
}

/// What a tool says of code that goes wrong when it runs, rather than of how it is written.
bool is_serious(const Diagnostic& diagnostic) {
  static constexpr auto kRules =
      std::to_array<std::string_view>({"clang-analyzer-core.",
                                       "clang-analyzer-cplusplus.",
                                       "clang-analyzer-security.",
                                       "clang-analyzer-unix.Malloc",
                                       "bugprone-use-after-move",
                                       "bugprone-dangling-handle",
                                       "bugprone-infinite-loop",
                                       "bugprone-sizeof-",
                                       "bugprone-suspicious-mem",
                                       "bugprone-undefined-memory-manipulation",
                                       "bugprone-unused-raii",
                                       "bugprone-return-const-ref-from-parameter",
                                       "bugprone-signal-handler",
                                       "bugprone-shared-ptr-array-mismatch",
                                       "bugprone-not-null-terminated-result",
                                       "-Wuse-after-free",
                                       "-Wdangling",
                                       "-Wreturn-local-addr",
                                       "-Wreturn-stack-address",
                                       "-Warray-bounds",
                                       "-Wstringop-over",
                                       "-Wnull-dereference",
                                       "-Wuninitialized",
                                       "-Wfree-nonheap-object",
                                       "-Wreturn-type",
                                       "-Winfinite-recursion",
                                       "-Wmismatched-new-delete",
                                       "-Wsometimes-uninitialized"});
  return std::ranges::any_of(
      kRules, [&](std::string_view rule) { return diagnostic.rule.starts_with(rule); });
}

}  // namespace

CheckOutcome sanitizer_error(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return passes(std::string(kOlder));
  if (!evidence.sanitizers) return without(evidence, "sanitizers", changes(evidence, {"c", "cpp"}));
  const SanitizerEvidence& seen = *evidence.sanitizers;
  if (const auto reports = new_reports(seen); !reports.empty()) {
    return blocks(
        0.6, "sanitizers find what they do not find on the base: " + listed("report", reports));
  }
  if (!builds_with_sanitizers(evidence)) {
    return asks(0.2, "does not build with sanitizers, though the base does");
  }
  if (const auto broken = broken_by_sanitizers(evidence); !broken.empty()) {
    return blocks(0.6, "fails only with sanitizers: " + listed("test", broken));
  }
  if (!seen.effective) {
    return asks(0.2, "part of what the change builds escapes the sanitizers; the base's does not");
  }
  if (seen.base.complete && !seen.candidate.complete) {
    return asks(0.2, "with sanitizers the test command did not report on every test");
  }
  if (passed(seen.base).empty()) {
    return warns(kNotSeen, "not one test of the base passes with sanitizers");
  }
  if (!seen.candidate_reports.empty()) {
    return passes("nothing new: the base has " + counted(seen.base_reports.size(), "such report") +
                  " as well");
  }
  return passes("nothing found by sanitizers in " + counted(seen.candidate.tests.size(), "test"));
}

CheckOutcome uncovered_change(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return passes(std::string(kOlder));
  if (!evidence.coverage) {
    return without(evidence, "coverage", changes(evidence, {"c", "cpp", "python", "javascript"}));
  }
  std::size_t changed = 0;
  std::size_t uncovered = 0;
  std::vector<std::string> places;
  for (const auto& file : *evidence.coverage) {
    if (is_test(evidence, file.path)) continue;
    changed += file.changed_lines;
    uncovered += file.uncovered.size();
    for (const std::size_t line : file.uncovered) {
      places.push_back(fmt::format("{}:{}", file.path, line));
    }
  }
  if (changed == 0) return passes("no line is changed that holds code and could be measured");
  if (uncovered == 0) return passes("tests run all of " + counted(changed, "changed line"));
  return asks(0.1,
              fmt::format("no test runs {} of {}; ", uncovered, counted(changed, "changed line")) +
                  listed("line", places));
}

CheckOutcome tests_hollow(const Evidence& evidence) {
  constexpr std::size_t kPart = 5;  // one of so many lines may be lost
  if (!evidence.is_reviewed()) return passes(std::string(kOlder));
  if (!evidence.coverage) {
    return without(evidence, "coverage", false);
  }
  std::vector<std::string> hollow;
  std::size_t lost = 0;
  std::size_t before = 0;
  for (const auto& file : *evidence.coverage) {
    if (changed_file(evidence, file.path) != nullptr || !looks_like_test(file.path)) continue;
    const bool is_hollow = file.lost_lines * kPart > file.base_lines;
    lost += file.lost_lines;
    before += file.base_lines;
    if (is_hollow) {
      hollow.push_back(
          fmt::format("{} ({} of {} lines)", file.path, file.lost_lines, file.base_lines));
    } else if (!file.lost_functions.empty()) {
      hollow.push_back(
          fmt::format("{} ({} is not entered)", file.path, file.lost_functions.front()));
    }
  }
  if (hollow.empty()) return passes("unchanged tests run as much of themselves as on the base");
  const std::string reason = "tests that did not change run less of themselves than on the base: " +
                             listed("file", hollow);
  if (!repairs_a_test(evidence) || lost * 2 > before) return blocks(0.8, reason);
  // What a test does on failing is little, and not reached once it passes.
  constexpr std::size_t kLittle = 10;
  return lost > kLittle ? asks(0.2, reason) : warns(0.05, reason);
}

CheckOutcome new_diagnostics(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return passes(std::string(kOlder));
  std::vector<std::string> serious;
  std::vector<std::string> others;
  for (const auto& diagnostic : evidence.new_diagnostics) {
    (is_serious(diagnostic) ? serious : others).push_back(shown(diagnostic));
  }
  if (!serious.empty()) return asks(0.15, "new and serious: " + listed("diagnostic", serious));
  if (!others.empty()) {
    const std::string reason = "new: " + listed("diagnostic", others);
    const bool is_compilers = std::ranges::any_of(
        evidence.new_diagnostics,
        [](const Diagnostic& diagnostic) { return diagnostic.tool == "compiler"; });
    return is_compilers || others.size() > 1 ? asks(0.1, reason) : warns(0.05, reason);
  }
  if (evidence.diagnostic_tools.empty()) {
    return without(evidence, "diagnostics", changes(evidence, {"c", "cpp", "python"}));
  }
  std::string tools;
  for (const auto& tool : evidence.diagnostic_tools) {
    tools += (tools.empty() ? "" : " and ") + printable_line(tool);
  }
  return passes("nothing new from " + tools);
}

}  // namespace automod::judge
