#include "engine/propose/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "engine/propose/rule_groups.hpp"
#include "engine/propose/rule_sources.hpp"
#include "engine/propose/rule_table.hpp"

namespace automod::propose {

namespace {

using analyzers::Diagnostic;
using analyzers::Replacement;

constexpr std::size_t kSummaryWidth = 72;

Severity severity_of(std::string_view level) {
  if (level == "Error") return Severity::kError;
  if (level == "Remark") return Severity::kNote;
  return Severity::kWarning;
}

/// Lines, columns and symbols of all diagnostics, file by file, since each is parsed only once.
Result<std::map<const Diagnostic*, Place>> places_of(const std::vector<Diagnostic>& diagnostics,
                                                     Sources& sources) {
  std::map<const Diagnostic*, Place> places;
  std::map<std::string_view, std::vector<const Diagnostic*>> by_path;
  for (const Diagnostic& diagnostic : diagnostics) {
    by_path[diagnostic.path].push_back(&diagnostic);
    places[&diagnostic].path = diagnostic.path;
  }
  for (const auto& [path, here] : by_path) {
    const auto source = sources.find(std::string(path));
    if (!source) return fail(source.error());
    if (*source == nullptr) continue;
    std::vector<std::size_t> offsets;
    for (const Diagnostic* one : here) {
      offsets.push_back(std::min(one->offset, (*source)->text().size()));
    }
    std::vector<std::string> symbols(here.size());
    if (const auto language = (*source)->language()) {
      symbols = analyzers::enclosing_symbols(*language, (*source)->text(), offsets);
    }
    for (std::size_t i = 0; i < here.size(); ++i) {
      Place& place = places[here[i]];
      place.line = (*source)->line(offsets[i]);
      place.column = (*source)->column(offsets[i]);
      place.symbol = valid_utf8(symbols[i]);
    }
  }
  return places;
}

Finding finding_of(const Diagnostic& diagnostic, Place place, const KnownRule& known) {
  Finding finding;
  finding.rule = diagnostic.check;
  finding.place = std::move(place);
  finding.message = diagnostic.message;
  finding.why = known.why;
  finding.type = known.type;
  finding.severity = severity_of(diagnostic.level);
  finding.confidence = known.confidence;
  return finding;
}

/// One line, as much of it as fits: what was seen gives way first, then the symbol.
std::string summary_of(const Group& group, const Place& place, const KnownRule& known) {
  const std::string check = printable_line(group.members.front()->check);
  const std::string file = printable_line(place.path.substr(place.path.rfind('/') + 1));
  const std::string at = fmt::format("{}:{}", file, place.line);
  const std::size_t count = group.members.size();
  const std::string more = count > 1 ? fmt::format(" and {} more", count - 1) : std::string();
  const std::string symbol =
      place.symbol.empty() ? std::string() : fmt::format(" ({})", printable_line(place.symbol));
  const std::string seen = known.seen.empty() ? std::string() : fmt::format("{} in ", known.seen);
  for (const std::string& text : {fmt::format("{}: {}{}{}{}", check, seen, at, more, symbol),
                                  fmt::format("{}: {}{}{}", check, seen, at, more),
                                  fmt::format("{}: {}{}{}", check, at, more, symbol)}) {
    if (text.size() <= kSummaryWidth) return text;
  }
  return fmt::format("{}: {}{}", check, at, more);
}

/// "(lines 4, 7 and 9)" where a group stands in several.
std::string lines_of(const Group& group, const std::map<const Diagnostic*, Place>& places) {
  constexpr std::size_t kMostNamed = 12;
  std::set<std::size_t> lines;
  for (const Diagnostic* member : group.members) lines.insert(places.at(member).line);
  if (lines.size() < 2) return {};
  std::vector<std::size_t> named(lines.begin(), lines.end());
  const std::size_t left = named.size() - std::min(named.size(), kMostNamed);
  named.resize(named.size() - left);
  return fmt::format(" (lines {}{})", fmt::join(named, ", "),
                     left == 0 ? std::string() : fmt::format(" and {} more", left));
}

std::string reasoning_of(const Group& group, const std::map<const Diagnostic*, Place>& places,
                         const KnownRule& known) {
  const std::string said = printable_line(group.members.front()->message);
  const std::string lines = lines_of(group, places);
  const bool is_closed = lines.empty() && (said.ends_with('?') || said.ends_with('.'));
  std::string text =
      fmt::format("{} says: {}{}{}", known.said_by, said, lines, is_closed ? "" : ".");
  if (!known.is_known) return text;
  text += fmt::format(" {}", known.why);
  if (!known.change.empty()) text += fmt::format(" The change {}.", known.change);
  return text;
}

/// The changed files; empty when any of them cannot be changed as the fix wants.
Result<std::vector<FileChange>> changes_of(const std::vector<Replacement>& fix, Sources& sources) {
  std::map<std::string, std::vector<Replacement>> by_path;
  for (const Replacement& one : fix) by_path[one.path].push_back(one);
  std::vector<FileChange> files;
  for (const auto& [path, replacements] : by_path) {
    const auto source = sources.find(path);
    if (!source) return fail(source.error());
    if (*source == nullptr) return std::vector<FileChange>{};
    auto modified = (*source)->edited(replacements);
    if (!modified) return std::vector<FileChange>{};
    const bool executable = (*source)->is_executable();
    files.push_back({path, (*source)->text(), std::move(*modified), executable, executable});
  }
  return files;
}

Result<std::vector<Group>> groups_of(const std::vector<const Diagnostic*>& diagnostics,
                                     Sources& sources) {
  std::vector<const Diagnostic*> fixable;
  std::map<std::string, Source*> known;
  for (const Diagnostic* diagnostic : diagnostics) {
    if (diagnostic->fix.empty()) continue;
    bool all_known = true;
    for (const Replacement& one : diagnostic->fix) {
      const auto source = sources.find(one.path);
      if (!source) return fail(source.error());
      known[one.path] = *source;
      all_known = all_known && *source != nullptr;
    }
    if (all_known) fixable.push_back(diagnostic);
  }
  return group_fixes(fixable, [&known](const std::string& path, std::size_t offset) {
    return known.at(path)->line(offset);
  });
}

auto order(const Candidate& candidate) {
  return std::tie(candidate.place.path, candidate.place.line, candidate.place.column,
                  candidate.origin.name, candidate.reasoning, candidate.files.front().modified);
}

}  // namespace

std::vector<std::string> rules_for(const std::vector<Goal>& goals, SafetyLevel level,
                                   Reader reader) {
  std::vector<std::string> rules;
  for (const Goal goal :
       {Goal::kImprovePerformance, Goal::kFixBugs, Goal::kAddFeatures, Goal::kRefactor}) {
    if (std::ranges::find(goals, goal) == goals.end()) continue;
    for (const Rule& rule : rules_of(goal)) {
      if (rule.reader == reader && rule.level <= level) rules.emplace_back(rule.check);
    }
  }
  return rules;
}

std::string checks_for(const std::vector<Goal>& goals, SafetyLevel level) {
  const auto checks = rules_for(goals, level, Reader::kClangTidy);
  return checks.empty() ? "" : fmt::format("-*,{}", fmt::join(checks, ","));
}

Result<RuleResults> candidates_from(const repo::Repository& repo, const TreeId& tree,
                                    const std::vector<Diagnostic>& diagnostics,
                                    const RuleBook& book, const Wanted& wanted) {
  auto sources = Sources::open(repo, tree);
  if (!sources) return fail(std::move(sources.error()));
  const auto places = places_of(diagnostics, *sources);
  if (!places) return fail(places.error());
  RuleResults results;
  std::vector<const Diagnostic*> counted;
  for (const Diagnostic& diagnostic : diagnostics) {
    const Place& place = places->at(&diagnostic);
    if (!wanted(place)) continue;
    counted.push_back(&diagnostic);
    results.findings.push_back(finding_of(diagnostic, place, book.find(diagnostic.check)));
  }
  const auto groups = groups_of(counted, *sources);
  if (!groups) return fail(groups.error());
  for (const Group& group : *groups) {
    auto files = changes_of(group.fix, *sources);
    if (!files) return fail(std::move(files.error()));
    if (files->empty()) continue;
    const Diagnostic& first = *group.members.front();
    const KnownRule known = book.find(first.check);
    const Place& place = places->at(&first);
    Candidate& candidate = results.candidates.emplace_back();
    candidate.type = known.type;
    candidate.summary = summary_of(group, place, known);
    candidate.reasoning = reasoning_of(group, *places, known);
    candidate.origin = {ProposerKind::kRules, first.check, ""};
    candidate.place = place;
    candidate.files = std::move(*files);
  }
  std::ranges::sort(results.candidates,
                    [](const Candidate& a, const Candidate& b) { return order(a) < order(b); });
  return results;
}

}  // namespace automod::propose
