#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/explain_parts.hpp"
#include "engine/judge/judge.hpp"
#include "engine/judge/spots.hpp"

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
    {"second_opinion",
     "answer the doubts with another change, or, where there is no answer, ask again"},
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

std::string consequence(const CheckOutcome& check) {
  std::string text;
  if (check.penalty > 0) text += fmt::format(" [-{:.2f}]", check.penalty);
  if (check.penalty < 0) text += fmt::format(" [+{:.2f}]", -check.penalty);
  if (check.blocks) text += " [rejects]";
  if (check.wants_approval) text += " [wants approval]";
  return text;
}

/// The places that a check speaks of, a line each.
std::vector<std::string> places_of(const Evidence& evidence, std::string_view check) {
  std::vector<std::string> lines;
  for (const Spot& spot : spots_of(evidence, check)) {
    lines.push_back(place(spot.path, spot.line, spot.last_line) + ": " + printable_line(spot.what));
  }
  return lines;
}

/// `said` is given the lines about places.
std::string what_was_seen(const Evidence& evidence, const Verdict& verdict,
                          std::vector<std::string>& said) {
  constexpr std::size_t kMostPlaces = 10;
  std::string text = "What was seen\n";
  std::vector<std::string> missed;
  for (const auto result : {CheckResult::kFail, CheckResult::kWarn, CheckResult::kPass}) {
    for (const auto& check : verdict.checks) {
      if (check.result != result) continue;
      if (!was_reached(check)) {
        missed.push_back(check.code);
        continue;
      }
      text += fmt::format("  {:<4} {:<22} {}{}\n", name(result), printable_line(check.code),
                          printable_line(check.reason), consequence(check));
      if (result == CheckResult::kPass) continue;
      const auto places = places_of(evidence, check.code);
      text += bullets(places, 7, kMostPlaces);
      said.insert(said.end(), places.begin(), places.end());
    }
  }
  if (!missed.empty()) {
    text += fmt::format("  not looked at, since {} had ended the trial: {}\n",
                        printable_line(evidence.stopped_by), fmt::join(missed, ", "));
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

std::string words(Decision decision) {
  switch (decision) {
    case Decision::kApproved:
      return "approved";
    case Decision::kNeedsApproval:
      return "in need of a person's approval";
    case Decision::kRejected:
      return "rejected";
  }
  return "unknown";
}

/// What the same evidence comes to elsewhere.
std::string other_levels(const Evidence& evidence, const Verdict& verdict) {
  std::string text;
  for (const auto& entry : entries<SafetyLevel>()) {
    if (entry.value == verdict.level) continue;
    const Verdict other = judge(evidence, entry.value);
    if (other.decision == verdict.decision) continue;
    text += fmt::format("  at level {} it would be {}: {:.2f} is wanted there\n", entry.name,
                        words(other.decision), threshold(entry.value));
  }
  return text;
}

std::string what_would_change(const Evidence& evidence, const Verdict& verdict) {
  if (verdict.decision == Decision::kApproved) return "";
  std::string text = "What would change the answer\n";
  for (const auto& check : verdict.checks) {
    if (check.penalty <= 0 && !check.blocks && !check.wants_approval) continue;
    text += fmt::format("  {}: {}\n", printable_line(check.code), advice_for(check.code));
  }
  const double missing = threshold(verdict.level) - verdict.safety_score;
  if (missing > 0) text += fmt::format("  {:.2f} points are missing\n", missing);
  return text + other_levels(evidence, verdict);
}

/// What was recorded under rules that are not today's.
std::string recorded_then(const Verdict& recorded) {
  std::string text = fmt::format("Recorded by version {} of the rules, {} than today's {}\n  {}\n",
                                 recorded.rules_version,
                                 recorded.rules_version < kRulesVersion ? "older" : "newer",
                                 kRulesVersion, headline(recorded));
  for (const auto& check : recorded.checks) {
    if (check.result == CheckResult::kPass) continue;
    text += fmt::format("  {:<4} {:<22} {}{}\n", name(check.result), printable_line(check.code),
                        printable_line(check.reason), consequence(check));
  }
  return text;
}

}  // namespace

std::string explain(const Evidence& evidence, const Verdict& verdict) {
  std::vector<std::string> said;
  std::string text = headline(verdict) + "\n\n";
  const std::string seen = what_was_seen(evidence, verdict, said);
  for (const std::string& part :
       {what_was_run(evidence), what_was_measured(evidence), what_reading_shows(evidence, said),
        what_others_say(evidence), seen, why_it_counts(verdict),
        what_would_change(evidence, verdict)}) {
    if (!part.empty()) text += part + "\n";
  }
  return text + fmt::format("Evidence {} judged by rules version {}.\n",
                            printable_line(verdict.evidence_digest), verdict.rules_version);
}

std::string explain(const Evidence& evidence, const Verdict& verdict, const Verdict& recorded) {
  if (recorded.rules_version == verdict.rules_version) return explain(evidence, verdict);
  return recorded_then(recorded) + "\nThe same evidence under the rules of today\n\n" +
         explain(evidence, verdict);
}

}  // namespace automod::judge
