#include "engine/asking/lesson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/asking/mentions.hpp"
#include "engine/asking/shown_patch.hpp"
#include "engine/judge/measure.hpp"

namespace automod::asking {

namespace {

constexpr std::size_t kMostAnswer = 12'000;  // bytes
constexpr std::size_t kMostPatch = 24'000;
constexpr std::size_t kMostOutput = 8'000;
constexpr std::size_t kMostNames = 20;
constexpr std::size_t kMostDiagnostics = 20;

ContextPart part(std::string why, std::string text) {
  return {.kind = PartKind::kEvidence, .why = std::move(why), .text = std::move(text)};
}

std::string bounded(std::string_view text, std::size_t most) {
  if (text.size() <= most) return printable(valid_utf8(text));
  return printable(valid_utf8(text.substr(0, most))) +
         fmt::format("\n[… {} bytes more]\n", text.size() - most);
}

/// Held-out inputs are held out: their seeds and outputs are for people. So is what kept a reviewer
/// from answering, in which anything of this machine may stand.
std::string reason_of(const CheckOutcome& check) {
  if (check.code == "held_out_differs") {
    return "on inputs that are not shown it does not do as the base does";
  }
  if (check.code == "second_opinion" && !check.blocks && check.wants_approval) {
    return "a second opinion was asked for, and there is none that is in favour of it";
  }
  return printable(check.reason);
}

std::string checks_text(const Verdict& verdict) {
  std::string text;
  for (const CheckOutcome& check : verdict.checks) {
    if (check.result == CheckResult::kPass) continue;
    text += fmt::format("{} ({}): {}\n", check.code, name(check.result), steady(reason_of(check)));
  }
  return text;
}

/// Those that the candidate fails.
std::vector<std::string> failed_tests(const Evidence& evidence) {
  std::vector<std::string> names;
  const auto add = [&](const Inventory& tests) {
    for (const TestResult& test : tests.tests) {
      if (test.outcome == TestOutcome::kFailed) names.push_back(test.name);
    }
  };
  add(evidence.tests);
  if (evidence.sanitizers) add(evidence.sanitizers->candidate);
  if (evidence.changed_tests.base_version) add(*evidence.changed_tests.base_version);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

/// What the last stage that failed printed, whole where it is still known.
std::string output_of(const StageEvidence& stage, const std::vector<store::ExecutionRow>& rows) {
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (row->type == stage.type && row->command == stage.command) return row->out + row->err;
  }
  return stage.output_tail;
}

void add_failed_stage(const Evidence& evidence, const std::vector<store::ExecutionRow>& rows,
                      std::vector<ContextPart>& into) {
  const auto failed = std::ranges::find_if(evidence.stages, [](const StageEvidence& stage) {
    return !stage.ok() && stage.type != ExecutionType::kHeldOut;
  });
  if (failed == evidence.stages.end()) return;
  const bool is_test = failed->type == ExecutionType::kUnitTest;
  const auto names = is_test ? failed_tests(evidence) : std::vector<std::string>();
  std::string why = fmt::format("what {} printed ({})", name(failed->type), failed->outcome);
  into.push_back(
      part(std::move(why), steady(mentions(output_of(*failed, rows), names, kMostOutput))));
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostNames; ++i) {
    text += printable_line(names[i]) + '\n';
  }
  if (names.size() > kMostNames) {
    text += fmt::format("and {} more\n", names.size() - kMostNames);
  }
  return text;
}

std::string diagnostics_text(const std::vector<Diagnostic>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < kMostDiagnostics; ++i) {
    const Diagnostic& one = all[i];
    text += fmt::format("{}:{}: {} [{}]\n", printable_line(one.path), one.line,
                        printable_line(one.message), printable_line(one.rule));
  }
  return text;
}

std::string figures_text(const Evidence& evidence) {
  std::string text;
  for (const judge::Reading& reading : judge::readings(evidence)) {
    text += judge::figures(printable_line(reading.benchmark->name), reading.shown()) + '\n';
  }
  return text;
}

void add_if(std::string why, std::string text, std::vector<ContextPart>& into) {
  if (!text.empty()) into.push_back(part(std::move(why), std::move(text)));
}

}  // namespace

std::vector<ContextPart> lesson_of(std::string_view answer, const Error& refusal) {
  std::string problem = printable(refusal.message) + '\n';
  if (!refusal.hint.empty()) problem += printable(refusal.hint) + '\n';
  return {
      part("your answer before this one, of which nothing was used", bounded(answer, kMostAnswer)),
      part("why it could not be used", std::move(problem))};
}

std::vector<ContextPart> lesson_of(const Modification& tried, const Evidence& evidence,
                                   const Verdict& verdict,
                                   const std::vector<store::ExecutionRow>& executions) {
  std::vector<ContextPart> parts;
  parts.push_back(part("your change before this one, as it was tried; it is not in the files",
                       bounded(shown_patch(tried), kMostPatch)));
  add_if(fmt::format("what was found: {}", name(verdict.decision)), checks_text(verdict), parts);
  add_if("tests that fail with it", listed(failed_tests(evidence)), parts);
  add_failed_stage(evidence, executions, parts);
  if (evidence.sanitizers) {
    add_if("what the sanitizers report", diagnostics_text(evidence.sanitizers->candidate_reports),
           parts);
  }
  add_if("what compiler and clang-tidy say anew", diagnostics_text(evidence.new_diagnostics),
         parts);
  add_if("what the benchmarks measured", figures_text(evidence), parts);
  return parts;
}

std::vector<ContextPart> failing_tests(const std::vector<std::string>& names,
                                       const std::vector<StageEvidence>& base) {
  std::vector<ContextPart> parts;
  add_if("tests that fail now", listed(names), parts);
  for (auto stage = base.rbegin(); stage != base.rend(); ++stage) {
    if (stage->type != ExecutionType::kUnitTest) continue;
    add_if("what the tests print now", steady(mentions(stage->output_tail, names, kMostOutput)),
           parts);
    break;
  }
  return parts;
}

}  // namespace automod::asking
