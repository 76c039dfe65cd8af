#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/judge.hpp"

namespace automod::judge {

namespace {

struct Advice {
  std::string_view code;
  std::string_view text;
};

constexpr Advice kAdvice[] = {
    {"syntax_error", "mend the syntax of the files that are named"},
    {"does_not_build", "make it build; the end of the output is shown above"},
    {"timeout", "make it finish in time, or raise the limit in automod.toml on the base"},
    {"resource_limit", "make it need less, or raise the limit in automod.toml on the base"},
    {"tests_failed", "make the tests that are named pass again"},
    {"flaky_only", "make the tests that are named pass every time, on the base first"},
    {"tests_missing", "keep every test of the base, and let the test command run to its end"},
    {"old_tests_failed",
     "make the change hold under the base's own tests, or let a person agree to other values"},
    {"tests_weakened",
     "leave tests as they are and add new ones, or have a person approve what they expect now"},
    {"fix_proven", "add a test that fails on the base and passes with the change"},
    {"unproven", "configure tests in automod.toml, or approve by hand"},
    {"protected_path", "leave protected files alone, or have a person approve the change"},
    {"too_large", "split the change into smaller ones"},
    {"new_capability", "do without the names that are listed, or have a person approve them"},
    {"secret_added", "take the secret out, and out of use: it has been seen"},
    {"trojan_source", "write it with characters that look like what they are"},
    {"binary_content", "add the source that it is made from, or have a person approve it"},
    {"license_removed", "put the licence back as it was"},
    {"suppression", "mend what the diagnostic would say, and leave it switched on"},
    {"error_swallowed", "handle the error, or pass it on"},
    {"hidden_state", "keep state in an object that its user owns, or have a person approve it"},
    {"benchmark_special_case", "make it right and fast for all input, whoever runs it"},
    {"scope", "propose what belongs to another goal as a change of its own"},
    {"new_diagnostics", "mend what the compiler or clang-tidy names"},
    {"sanitizer_error", "mend what the sanitizers name; its stack is in the test's output"},
    {"tests_hollow", "let the tests run to their end, as they do on the base"},
    {"uncovered_change", "add tests that run the lines that are named"},
    {"api_break", "keep what others call beside what is new, or have a person approve the change"},
    {"complexity_growth", "split the functions that are named"},
    {"benchmark_failed", "make the benchmark run again"},
    {"output_changed", "keep what the benchmark prints as it is on the base"},
    {"held_out_differs",
     "run the held-out command of automod.toml with the seed that is named, on both versions"},
    {"performance_regression", "win back the time that was lost"},
    {"memory_regression", "win back the memory that is needed now"},
    {"no_measurable_gain",
     "show the gain on a benchmark of automod.toml, or propose it as another type of change"},
};

std::string_view advice_for(std::string_view code) {
  for (const auto& advice : kAdvice) {
    if (advice.code == code) return advice.text;
  }
  return "see docs/scoring.md";
}

std::string headline(const Verdict& verdict) {
  const double wanted = threshold(verdict.level);
  std::string score = fmt::format("safety score {:.2f}, {:.2f} wanted at level {}",
                                  verdict.safety_score, wanted, name(verdict.level));
  switch (verdict.decision) {
    case Decision::kApproved:
      return "Approved: " + score + ".";
    case Decision::kNeedsApproval:
      return "Needs the approval of a person: " + score + ".";
    case Decision::kRejected:
      return "Rejected: " + score + ".";
  }
  return score;
}

std::string tally(const Inventory& inventory) {
  if (inventory.tests.empty()) return "no results";
  std::array<std::size_t, 4> counts{};
  for (const auto& test : inventory.tests) ++counts.at(static_cast<std::size_t>(test.outcome));
  std::string text;
  for (const auto& entry : entries<TestOutcome>()) {
    const std::size_t count = counts.at(static_cast<std::size_t>(entry.value));
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, entry.name);
  }
  return text + (inventory.complete ? "" : " (incomplete)");
}

void add_output(std::string& text, const StageEvidence& stage) {
  constexpr std::size_t kShown = 1500;
  const std::string output(tail(stage.output_tail, kShown));
  for (const auto line : split_lines(output)) text += "      | " + printable(line) + "\n";
}

std::string what_was_run(const Evidence& evidence) {
  std::string text = "What was run\n";
  if (evidence.stages.empty()) text += "  nothing\n";
  for (const auto& stage : evidence.stages) {
    text += fmt::format("  {:<10} {}\n", name(stage.type), printable_line(stage.command));
    text += fmt::format("             {} ({:.1f} s, {} MB)\n", describe(stage),
                        static_cast<double>(stage.wall_ms) / 1000, stage.memory_mb);
    if (!stage.ok()) add_output(text, stage);
  }
  if (evidence.has_tests) {
    text += fmt::format("  tests on the base: {}; with the change: {}\n",
                        tally(evidence.base_tests), tally(evidence.tests));
  }
  const auto& environment = evidence.environment;
  text += fmt::format("  in sandbox '{}', memory limit '{}', configuration from: {}\n",
                      printable_line(environment.backend), printable_line(environment.memory_limit),
                      printable_line(environment.config_source));
  return text;
}

std::string consequence(const CheckOutcome& check) {
  std::string text;
  if (check.penalty > 0) text += fmt::format(" [-{:.2f}]", check.penalty);
  if (check.penalty < 0) text += fmt::format(" [+{:.2f}]", -check.penalty);
  if (check.blocks) text += " [rejects]";
  if (check.wants_approval) text += " [wants approval]";
  return text;
}

std::string what_was_seen(const Verdict& verdict) {
  std::string text = "What was seen\n";
  for (const auto result : {CheckResult::kFail, CheckResult::kWarn, CheckResult::kPass}) {
    for (const auto& check : verdict.checks) {
      if (check.result != result) continue;
      text += fmt::format("  {:<4} {:<22} {}{}\n", name(result), printable_line(check.code),
                          printable_line(check.reason), consequence(check));
    }
  }
  return text;
}

std::string why_it_counts(const Verdict& verdict) {
  std::string sum = "1.00";
  bool is_blocked = false;
  for (const auto& check : verdict.checks) {
    is_blocked = is_blocked || check.blocks;
    if (check.penalty == 0) continue;
    sum +=
        fmt::format(" {} {:.2f} ({})", check.penalty > 0 ? "-" : "+",
                    check.penalty > 0 ? check.penalty : -check.penalty, printable_line(check.code));
  }
  std::string text = fmt::format("Why it counts\n  score: {} = {:.2f}", sum, verdict.safety_score);
  if (is_blocked) text += ", at most 0.45 because of a finding that rejects at every level";
  text += "\n";
  if (verdict.performance_impact) {
    text +=
        fmt::format("  time saved over all benchmarks: {:+.1f} %\n", *verdict.performance_impact);
  }
  return text;
}

std::string what_would_change(const Verdict& verdict) {
  if (verdict.decision == Decision::kApproved) return "";
  std::string text = "What would change the answer\n";
  for (const auto& check : verdict.checks) {
    if (check.penalty <= 0 && !check.blocks && !check.wants_approval) continue;
    text += fmt::format("  {}: {}\n", printable_line(check.code), advice_for(check.code));
  }
  return text;
}

}  // namespace

std::string explain(const Evidence& evidence, const Verdict& verdict) {
  std::string text = headline(verdict) + "\n\n";
  text += what_was_run(evidence) + "\n";
  text += what_was_seen(verdict) + "\n";
  text += why_it_counts(verdict);
  const std::string change = what_would_change(verdict);
  if (!change.empty()) text += "\n" + change;
  return text + fmt::format("\nEvidence {} judged by rules version {}.\n",
                            printable_line(verdict.evidence_digest), verdict.rules_version);
}

}  // namespace automod::judge
