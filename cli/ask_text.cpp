#include "cli/ask_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/render.hpp"
#include "engine/model/clients.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kIdWidth = 13;
constexpr std::size_t kDigestShown = 12;

Tone tone_of(std::string_view outcome) {
  if (outcome == "approved") return Tone::kGood;
  if (outcome == "needs_approval") return Tone::kWarn;
  if (outcome == "rejected" || outcome == "unusable") return Tone::kBad;
  return Tone::kDim;
}

/// Painted and filled up with blanks.
std::string column(const Paint& paint, Tone tone, const std::string& text, std::size_t width) {
  const std::size_t used = width_of(text);
  return paint(tone, text) + std::string(used < width ? width - used : 0, ' ');
}

std::string key_text(const ModelRow& row) {
  switch (row.key) {
    case KeyState::kNoneNeeded:
      return "none needed";
    case KeyState::kThere:
      return fmt::format("from {}, there", printable_line(row.key_from));
    case KeyState::kMissing:
      return fmt::format("from {}, not there", printable_line(row.key_from));
    case KeyState::kUnusable:
      return fmt::format("from {}, of no use", printable_line(row.key_from));
  }
  return {};
}

std::string where_text(const ModelRow& row) {
  if (!row.host.empty()) return printable_line(row.host);
  if (!row.settings.command.empty()) return printable_line(row.settings.command.front());
  return printable_line(row.settings.answers.string());
}

std::string marks_text(const ModelRow& row) {
  std::string text = row.is_default ? "default" : "";
  if (row.is_review) text += text.empty() ? "review" : ", review";
  return text;
}

constexpr std::string_view kNoPrice = "price not known";

/// Has all that was spent gone to models that cost nobody knows how much?
bool lacks_price(const ModelsView& view) {
  return view.today.dollars == 0 && view.today.usage.input + view.today.usage.output > 0 &&
         std::ranges::none_of(view.rows,
                              [](const ModelRow& row) { return row.settings.price.has_value(); });
}

/// "0.4200 of 5.00 dollars, 900 tokens"; what no budget limits stands alone.
std::string today_text(const ModelsView& view) {
  const model::Spent& spent = view.today;
  const model::Budget& budget = view.day;
  std::string text(kNoPrice);
  if (!lacks_price(view)) {
    text = fmt::format("{:.4f}", spent.dollars);
    if (budget.dollars > 0) text += fmt::format(" of {:.2f}", budget.dollars);
    text += " dollars";
  }
  text += fmt::format(", {}", spent.usage.input + spent.usage.output);
  if (budget.tokens > 0) text += fmt::format(" of {}", budget.tokens);
  return text + " tokens";
}

std::string limit_text(const model::Budget& budget) {
  std::string text;
  if (budget.dollars > 0) text = fmt::format("{:.2f} dollars", budget.dollars);
  if (budget.tokens > 0) {
    text += fmt::format("{}{} tokens", text.empty() ? "" : ", ", budget.tokens);
  }
  return text.empty() ? "no limit" : text;
}

std::string check_text(const ModelCheck& check, const Paint& paint) {
  return fmt::format("\n{} answered in {}: '{}'\n  calls itself {}\n  {} tokens in, {} out{}, {}\n",
                     paint(Tone::kName, printable_line(check.name)),
                     duration(check.latency.count()), printable_line(check.answer),
                     check.calls_itself.empty() ? "nothing" : printable_line(check.calls_itself),
                     check.usage.input, check.usage.output,
                     check.usage_known ? "" : " (our estimate)",
                     check.dollars ? fmt::format("{:.6f} dollars", *check.dollars) : kNoPrice);
}

}  // namespace

std::string attempt_line(const automod::Attempt& attempt, const std::string& id, const Paint& paint,
                         std::size_t width) {
  constexpr std::size_t kNumberWidth = 5;
  constexpr std::size_t kOutcomeWidth = 16;
  const std::string number = fmt::format("{}.{}", attempt.line_of_thought, attempt.number);
  std::string why = printable_line(attempt.why);
  if (attempt.outcome == "approved" && attempt.tried && attempt.tried->listed.verdict) {
    const Verdict& verdict = attempt.tried->listed.verdict->verdict;
    why = fmt::format("score {:.2f}, {}", verdict.safety_score,
                      impact_text(verdict.performance_impact));
  }
  if (attempt.from_book) why += why.empty() ? "answer on record" : " (answer on record)";
  const std::size_t used = kNumberWidth + kOutcomeWidth + kIdWidth + 2;
  if (width != 0) why = clip(why, width > used + 8 ? width - used : 8);
  std::string line =
      column(paint, Tone::kTitle, number, kNumberWidth) +
      column(paint, tone_of(attempt.outcome), printable_line(attempt.outcome), kOutcomeWidth) +
      column(paint, Tone::kName, id, kIdWidth) + "  " + why;
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string spent_text(const model::Spent& spent) {
  std::string text =
      fmt::format("{}, {} tokens in", count(static_cast<std::size_t>(spent.questions), "question"),
                  spent.usage.input);
  if (spent.usage.cached > 0) text += fmt::format(" ({} cached)", spent.usage.cached);
  text += fmt::format(", {} out", spent.usage.output);
  if (spent.dollars > 0) text += fmt::format(", {:.4f} dollars", spent.dollars);
  return text;
}

std::string spent_line(const AskReport& report) {
  if (report.spent.questions == 0) return "spent: nothing\n";
  return fmt::format("spent: {} ({})\n", spent_text(report.spent), printable_line(report.model));
}

std::string resume_line(const AskReport& report, AskKind kind) {
  return fmt::format("{} --resume --session {}", name(kind),
                     report.session.id.text.substr(0, kIdWidth));
}

std::string question_summary(const FirstQuestion& first) {
  const std::string which = first.digest.empty()
                                ? "no model is configured"
                                : fmt::format("question {}", first.digest.substr(0, kDigestShown));
  return fmt::format("about {} tokens, {}; nobody was asked",
                     model::estimated_tokens(first.question), which);
}

std::string models_text(const ModelsView& view, const Paint& paint, std::size_t width) {
  Table table;
  table.add({{"NAME", Tone::kDim},
             {"KIND", Tone::kDim},
             {"MODEL", Tone::kDim},
             {"WHERE", Tone::kDim},
             {"KEY", Tone::kDim},
             {"PRICE", Tone::kDim},
             {"", Tone::kDim}});
  std::string problems;
  for (const ModelRow& row : view.rows) {
    const bool bad = row.key == KeyState::kMissing || row.key == KeyState::kUnusable;
    table.add({{printable_line(row.settings.name), Tone::kName},
               {std::string(name(row.settings.kind))},
               {printable_line(row.settings.model)},
               {where_text(row)},
               {key_text(row), bad ? Tone::kBad : Tone::kPlain},
               {row.settings.price ? "known" : "not known", Tone::kDim},
               {marks_text(row), Tone::kGood}});
    if (row.key_problem.empty()) continue;
    problems += fmt::format("  {}: {}\n", printable_line(row.settings.name),
                            printable_line(row.key_problem));
  }
  std::string text = table.text(paint, 0, width) + problems;
  text += fmt::format(
      "\nsettings: {}\nspent today: {}\na session may take: {}; {}, {}\n",
      printable_line(view.file.string()), today_text(view), limit_text(view.session),
      count(static_cast<std::size_t>(view.attempts), "attempt"),
      count(static_cast<std::size_t>(view.candidates), "line of thought", "lines of thought"));
  if (view.checked) text += check_text(*view.checked, paint);
  return text;
}

}  // namespace automod::cli
