#include "cli/log_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace automod::cli {

namespace {

using nlohmann::json;

constexpr std::size_t kTimeWidth = 19;     // to the second
constexpr std::size_t kSubjectWidth = 13;  // what is unique among the ids of one process
constexpr std::size_t kHashWidth = 12;

std::string word(const json& payload, const char* key) {
  const auto found = payload.find(key);
  return found != payload.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string goals(const json& payload) {
  std::string words;
  const auto found = payload.find("goals");
  if (found == payload.end() || !found->is_array()) return words;
  for (const auto& goal : *found) {
    if (goal.is_string()) words += (words.empty() ? "" : ", ") + goal.get<std::string>();
  }
  return words;
}

/// "regressed: exit code 1", or the command that is run.
std::string watch(const json& payload) {
  const std::string event = word(payload, "event");
  return event + ": " + word(payload, event == "begun" ? "command" : "why");
}

std::string cut(std::string_view text, std::size_t width) {
  return printable_line(text).substr(0, width);
}

}  // namespace

std::string about(const store::LedgerEntry& entry, const store::Store& store) {
  const auto payload = json::parse(entry.payload, nullptr, false);
  if (!payload.is_object()) return "(cannot be read)";
  if (entry.kind == "session") return goals(payload);
  if (entry.kind == "proposal") {
    const auto listed = store.modification(entry.subject);
    return listed ? listed->modification.candidate.summary : word(payload, "type");
  }
  if (entry.kind == "verdict") {
    return word(payload, "decision") + " at level " + word(payload, "safety_level");
  }
  if (entry.kind == "approval") return word(payload, "answer") + " by " + word(payload, "approver");
  if (entry.kind == "application") return word(payload, "branch");
  if (entry.kind == "merge") return "into " + word(payload, "branch");
  if (entry.kind == "undo") return word(payload, "what") + ": " + word(payload, "reason");
  if (entry.kind == "watch") return watch(payload);
  if (entry.kind == "feedback") return word(payload, "opinion") + ": " + word(payload, "note");
  if (entry.kind == "failure") return word(payload, "doing") + ": " + word(payload, "message");
  return word(payload, "reason");
}

std::string entries_text(const std::vector<store::LedgerEntry>& entries, const store::Store& store,
                         const Paint& paint, std::size_t width) {
  Table table;
  table.add({{"#", Tone::kDim, true},
             {"AT", Tone::kDim},
             {"KIND", Tone::kDim},
             {"SUBJECT", Tone::kDim},
             {"HASH", Tone::kDim},
             {"ABOUT", Tone::kDim}});
  for (const store::LedgerEntry& entry : entries) {
    table.add({{std::to_string(entry.number), Tone::kPlain, true},
               {cut(entry.at, kTimeWidth), Tone::kDim},
               {printable_line(entry.kind)},
               {cut(entry.subject, kSubjectWidth), Tone::kName},
               {cut(entry.hash, kHashWidth), Tone::kDim},
               {printable_line(about(entry, store))}});
  }
  return table.text(paint, 0, width);
}

std::string entry_line(const store::LedgerEntry& entry, const store::Store& store,
                       const Paint& paint) {
  return fmt::format("{}  {}  {}  {}  {}\n", entry.number,
                     paint(Tone::kDim, cut(entry.at, kTimeWidth)), printable_line(entry.kind),
                     paint(Tone::kName, cut(entry.subject, kSubjectWidth)),
                     printable_line(about(entry, store)));
}

std::string problems_text(const std::vector<store::LedgerProblem>& problems, const Paint& paint) {
  if (problems.empty()) return paint(Tone::kGood, "verified") + ": all is as it was written\n";
  std::string text = fmt::format(
      "{}: {} that {} not as it was written\n", paint(Tone::kBad, "broken"),
      problems.size() == 1 ? std::string("one thing") : fmt::format("{} things", problems.size()),
      problems.size() == 1 ? "is" : "are");
  for (const store::LedgerProblem& problem : problems) {
    const std::string where =
        problem.number == 0 ? "the record" : fmt::format("entry {}", problem.number);
    text += fmt::format("  {}: {}\n", paint(Tone::kName, where), printable_line(problem.what));
  }
  return text;
}

}  // namespace automod::cli
