#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/explain_parts.hpp"
#include "engine/judge/judge.hpp"

namespace automod::judge {

namespace {

constexpr std::size_t kMostOpinions = 4;
constexpr std::size_t kWidth = 90;

std::string_view words(OpinionSays says) {
  switch (says) {
    case OpinionSays::kNothing:
      return "nothing against it";
    case OpinionSays::kDoubtful:
      return "doubtful";
    case OpinionSays::kVeto:
      return "veto";
    case OpinionSays::kUnanswered:
      return "no answer";
  }
  return "unknown";
}

std::string opinion_lines(const Opinion& opinion) {
  constexpr std::size_t kLongestName = 200;
  std::string text = fmt::format("  {}: {}\n", printable_line(head(opinion.reviewer, kLongestName)),
                                 words(opinion.says));
  const std::string reason = wrap(printable(head(opinion.reason, kMostReason)), kWidth);
  for (const auto line : split_lines(reason)) {
    text += line.empty() ? "      |\n" : fmt::format("      | {}\n", line);
  }
  if (opinion.question.empty()) return text;
  return text + fmt::format("      asked in question {}\n", printable_line(opinion.question));
}

}  // namespace

std::string what_others_say(const Evidence& evidence) {
  if (evidence.opinions.empty()) return "";
  std::string text = "What a second pair of eyes says\n";
  for (std::size_t i = 0; i < evidence.opinions.size() && i < kMostOpinions; ++i) {
    text += opinion_lines(evidence.opinions[i]);
  }
  if (evidence.opinions.size() > kMostOpinions) {
    text += fmt::format("  … and {} more\n", evidence.opinions.size() - kMostOpinions);
  }
  return text;
}

std::string in_words(const Evidence& evidence) {
  Evidence measured = evidence;
  measured.opinions.clear();
  std::vector<std::string> remarks;
  for (const CheckOutcome& check : judge(measured, SafetyLevel::kConservative).checks) {
    if (check.result == CheckResult::kPass || !was_reached(check)) continue;
    remarks.push_back(fmt::format("{}: {}", check.code, printable_line(check.reason)));
  }
  std::string text = what_ended_how(measured);
  for (const std::string& part : {what_was_measured(measured), what_reading_shows(measured, {})}) {
    if (!part.empty()) text += "\n" + part;
  }
  if (remarks.empty()) return text;
  return text + "\nWhat the checks remark\n" + bullets(remarks, 2, remarks.size());
}

}  // namespace automod::judge
