#include "cli/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/remarks.hpp"
#include "cli/render.hpp"
#include "engine/judge/judge.hpp"

namespace automod::cli {

namespace {

// A job summary may have a megabyte, a comment 64 kB.
constexpr std::size_t kMostDetails = 20;
constexpr std::size_t kMostPlaces = 10;
constexpr std::size_t kLongest = 400;

std::string words(std::string_view code) {
  std::string text(code);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string result_text(const Gated& gated) {
  const std::string text = words(result_name(gated));
  return exit_code(gated) == 0 ? text : "**" + text + "**";
}

std::string changes_table(const std::vector<Gated>& all) {
  std::string text = "| change | verdict | score | speed |\n|---|---|---|---|\n";
  for (const Gated& gated : all) {
    const Verdict* verdict = verdict_of(gated);
    text +=
        fmt::format("| {} | {} | {} | {} |\n", markdown_code(title_of(gated)), result_text(gated),
                    verdict ? fmt::format("{:.2f}", verdict->safety_score) : "",
                    verdict ? impact_text(verdict->performance_impact) : "");
  }
  return text;
}

std::string_view result_of(const CheckOutcome& check) {
  if (check.blocks) return "**rejects**";
  if (check.wants_approval) return "asks";
  return name(check.result);
}

std::string checks_table(const Verdict& verdict) {
  std::string text;
  std::size_t passed = 0;
  std::size_t missed = 0;
  for (const CheckResult wanted : {CheckResult::kFail, CheckResult::kWarn, CheckResult::kPass}) {
    for (const CheckOutcome& check : verdict.checks) {
      if (check.result != wanted) continue;
      if (wanted == CheckResult::kPass || !judge::was_reached(check)) {
        ++(wanted == CheckResult::kPass ? passed : missed);
        continue;
      }
      if (text.empty()) text = "| check | result | points | what was seen |\n|---|---|---|---|\n";
      text += fmt::format("| `{}` | {} | {:+.2f} | {} |\n", check.code, result_of(check),
                          0 - check.penalty, markdown_code(check.reason));
    }
  }
  text += fmt::format("\n{} found nothing", count(passed, "check"));
  if (missed > 0) text += fmt::format("; {} not looked at, since the trial had ended", missed);
  return text + ".\n";
}

std::string places_list(const Gated& gated) {
  std::string text;
  std::string_view last;
  std::size_t number = 0;
  for (const Remark& remark : remarks_of(gated)) {
    if (!remark.has_spot) continue;
    number = remark.code() == last ? number + 1 : 1;
    last = remark.code();
    if (number == kMostPlaces + 1) text += "- … and more\n";
    if (number > kMostPlaces) continue;
    const std::string line = remark.line == 0 ? "" : fmt::format(" line {}", remark.line);
    text += fmt::format("- {}{}: {}\n", markdown_code(remark.path), line,
                        markdown_code(remark.message));
  }
  return text.empty() ? text : "\n" + text;
}

std::string run_table(const Evidence& evidence) {
  if (evidence.stages.empty()) return "";
  std::string text =
      "\n<details><summary>What was run</summary>\n\n"
      "| stage | command | outcome | time |\n|---|---|---|---|\n";
  for (const StageEvidence& stage : evidence.stages) {
    text += fmt::format("| {} | {} | {} | {} |\n", words(name(stage.type)),
                        markdown_code(stage.command), markdown_code(stage_result(stage)),
                        duration(stage.wall_ms));
  }
  if (evidence.has_tests) {
    text += "\nTests: " + tests_text(evidence.base_tests, evidence.tests) + ".\n";
  }
  return text + "\n</details>\n";
}

std::string details(const Gated& gated) {
  std::string text = "\n### " + markdown_code(title_of(gated)) + "\n\n";
  if (gated.error) {
    text += markdown_code(gated.error->message) + "\n";
    if (!gated.error->hint.empty()) text += "\n" + markdown_code(gated.error->hint) + "\n";
    return text;
  }
  const Verdict* verdict = verdict_of(gated);
  if (!verdict) return text + "It changes nothing.\n";
  text += checks_table(*verdict) + places_list(gated) + run_table(gated.tried->trial.evidence);
  return text + fmt::format("\n`automod explain {}` says more. Evidence `{}`, level {}.\n",
                            gated.tried->listed.modification.id.text, verdict->evidence_digest,
                            name(verdict->level));
}

}  // namespace

std::string markdown_code(std::string_view text) {
  std::string line = printable_line(text);
  if (line.size() > kLongest) line = valid_utf8(line.substr(0, kLongest)) + "…";
  std::string encoded;
  for (const char c : line) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == ' ' || static_cast<unsigned char>(c) >= 0x80;
    encoded += plain ? std::string(1, c) : fmt::format("&#{};", static_cast<int>(c));
  }
  return encoded.empty() ? encoded : "<code>" + encoded + "</code>";
}

std::string markdown_of(const std::vector<Gated>& all) {
  std::string text = "## automod: " + words(result_name(all)) + "\n\n" + changes_table(all);
  std::size_t number = 0;
  for (const Gated& gated : all) {
    if (all.size() > 1 && exit_code(gated) == 0) continue;  // the table says enough
    if (++number > kMostDetails) return text + "\n… and more.\n";
    text += details(gated);
  }
  return text;
}

}  // namespace automod::cli
