#include "cli/api_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.hpp"

namespace automod::cli {

namespace {

using analyzers::ApiChange;
using analyzers::ApiEntry;
using analyzers::ApiImpact;

Tone tone_of(ApiImpact impact) {
  switch (impact) {
    case ApiImpact::kCompatible:
      return Tone::kGood;
    case ApiImpact::kBinary:
      return Tone::kWarn;
    case ApiImpact::kBreaking:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

std::string side_text(const ApiSide& side) {
  const std::string commit = side.commit.text.substr(0, 7);
  return side.commit.text.starts_with(side.name)
             ? commit
             : fmt::format("{} ({})", printable_line(side.name), commit);
}

std::string counts_text(const std::vector<ApiChange>& changes) {
  std::string text;
  for (const auto impact : {ApiImpact::kBreaking, ApiImpact::kBinary, ApiImpact::kCompatible}) {
    const auto number = std::ranges::count(changes, impact, &ApiChange::impact);
    if (number == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, name(impact));
  }
  return text.empty() ? "nothing changed" : text;
}

std::string changes_text(const ApiReport& report, const Paint& paint) {
  std::string text =
      paint(Tone::kTitle, fmt::format("{} since {}: {}", side_text(report.subject),
                                      side_text(*report.against), counts_text(report.changes))) +
      "\n";
  for (const ApiChange& change : report.changes) {
    text += fmt::format(
        "\n{} {} {} {}\n", paint(tone_of(change.impact), name(change.impact)), change.reason,
        paint(Tone::kName, printable_line(change.name)),
        paint(Tone::kPlace, fmt::format("{}:{}", printable_line(change.path), change.line)));
    if (!change.before.empty()) text += fmt::format("  - {}\n", printable_line(change.before));
    if (!change.after.empty()) text += fmt::format("  + {}\n", printable_line(change.after));
  }
  return text;
}

std::string surface_text(const ApiReport& report, const Paint& paint, std::size_t width) {
  std::map<std::string, std::vector<const ApiEntry*>> files;
  for (const ApiEntry& entry : report.subject.surface.entries) files[entry.path].push_back(&entry);
  std::string text =
      paint(Tone::kTitle, fmt::format("{}: {} in {}", side_text(report.subject),
                                      count(report.subject.surface.entries.size(), "declaration"),
                                      count(files.size(), "file"))) +
      "\n";
  for (auto& [path, entries] : files) {
    std::ranges::sort(entries, {}, [](const ApiEntry* entry) {
      return std::pair(entry->line, std::string_view(entry->name));
    });
    text += "\n" + paint(Tone::kPlace, printable_line(path)) + "\n";
    Table table;
    for (const ApiEntry* entry : entries) {
      table.add({{std::to_string(entry->line), Tone::kDim, true},
                 {std::string(name(entry->kind)), Tone::kDim},
                 {printable_line(entry->name), Tone::kName},
                 {printable_line(entry->text)}});
    }
    text += table.text(paint, 2, width);
  }
  return text;
}

}  // namespace

std::string api_text(const ApiReport& report, const Paint& paint, std::size_t width) {
  std::string text =
      report.against ? changes_text(report, paint) : surface_text(report, paint, width);
  for (const analyzers::AstGap& gap : report.gaps) {
    const std::string_view why = gap.why;
    text += fmt::format("\n{}: read by its syntax alone, without sizes and resolved types: {}\n",
                        paint(Tone::kPlace, printable_line(gap.path)),
                        printable_line(why.substr(0, why.find('\n'))));
  }
  return text;
}

}  // namespace automod::cli
