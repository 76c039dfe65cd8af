#include "engine/judge/spots.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace automod::judge {

namespace {

/// Which facts a check goes by.
struct Source {
  std::string_view check;
  FactKind kind;
};

constexpr Source kSources[] = {
    {"tests_weakened", FactKind::kTestRemoved},
    {"tests_weakened", FactKind::kTestDisabled},
    {"tests_weakened", FactKind::kTestLoosened},
    {"tests_weakened", FactKind::kTestExpectation},
    {"new_capability", FactKind::kCapabilityProcess},
    {"new_capability", FactKind::kCapabilityNetwork},
    {"new_capability", FactKind::kCapabilityFile},
    {"new_capability", FactKind::kCapabilityEnvironment},
    {"new_capability", FactKind::kCapabilityLoading},
    {"new_capability", FactKind::kCapabilityAssembly},
    {"new_capability", FactKind::kCapabilityThread},
    {"new_capability", FactKind::kCapabilitySignal},
    {"new_capability", FactKind::kCapabilityExit},
    {"new_capability", FactKind::kCapabilityStart},
    {"secret_added", FactKind::kSecret},
    {"trojan_source", FactKind::kBidirectional},
    {"trojan_source", FactKind::kInvisible},
    {"trojan_source", FactKind::kHomoglyph},
    {"binary_content", FactKind::kBinary},
    {"license_removed", FactKind::kLicenseRemoved},
    {"api_break", FactKind::kApiRemoved},
    {"api_break", FactKind::kApiChanged},
    {"api_break", FactKind::kAbiChanged},
    {"complexity_growth", FactKind::kComplexity},
    {"benchmark_special_case", FactKind::kBenchmarkLiteral},
    {"benchmark_special_case", FactKind::kBenchmarkIdentity},
    {"hidden_state", FactKind::kHiddenState},
    {"suppression", FactKind::kSuppression},
    {"error_swallowed", FactKind::kSwallowed},
    {"scope", FactKind::kOutOfScope},
};

void add_facts(const Evidence& evidence, std::string_view check, std::vector<Spot>& spots) {
  const auto goes_by = [&](const CodeFact& fact) {
    return std::ranges::any_of(kSources, [&](const Source& source) {
      return source.check == check && source.kind == fact.kind;
    });
  };
  for (const CodeFact& fact : evidence.facts) {
    if (goes_by(fact)) spots.push_back({fact.path, fact.line, fact.line, describe(fact)});
  }
}

void add_files(const Evidence& evidence, bool (*is_meant)(const FileFacts&), const char* what,
               std::vector<Spot>& spots) {
  for (const FileFacts& file : evidence.files) {
    if (is_meant(file)) spots.push_back({file.path, 0, 0, what});
  }
}

void add_diagnostics(const std::vector<Diagnostic>& diagnostics, std::vector<Spot>& spots) {
  for (const Diagnostic& one : diagnostics) {
    const std::string rule = one.rule.empty() ? "" : fmt::format(" [{}]", one.rule);
    spots.push_back(
        {one.path, one.line, one.line, fmt::format("{}: {}{}", one.tool, one.message, rule)});
  }
}

/// Lines that follow one another are one spot.
void add_uncovered(const FileCoverage& file, std::vector<Spot>& spots) {
  for (std::size_t i = 0; i < file.uncovered.size();) {
    std::size_t last = i;
    while (last + 1 < file.uncovered.size() &&
           file.uncovered[last + 1] == file.uncovered[last] + 1) {
      ++last;
    }
    spots.push_back(
        {file.path, file.uncovered[i], file.uncovered[last], "changed, and executed by no test"});
    i = last + 1;
  }
}

}  // namespace

std::string describe(const CodeFact& fact) {
  std::string text(name(fact.kind));
  std::ranges::replace(text, '_', ' ');
  if (!fact.what.empty()) text += ": " + fact.what;
  if (fact.amount != 0) text += fmt::format(" ({:+})", fact.amount);
  if (!fact.before.empty()) text += ", before: " + fact.before;
  if (!fact.after.empty()) text += ", now: " + fact.after;
  return text;
}

std::vector<Spot> spots_of(const Evidence& evidence, std::string_view check) {
  std::vector<Spot> spots;
  add_facts(evidence, check, spots);
  if (check == "syntax_error") {
    const auto is_broken = [](const FileFacts& file) { return file.lost_syntax(); };
    add_files(evidence, is_broken, "more syntax errors than before", spots);
  } else if (check == "protected_path") {
    const auto is_protected = [](const FileFacts& file) { return file.is_protected; };
    add_files(evidence, is_protected, "a protected file is touched", spots);
  } else if (check == "new_diagnostics") {
    add_diagnostics(evidence.new_diagnostics, spots);
  } else if (check == "sanitizer_error" && evidence.sanitizers) {
    add_diagnostics(evidence.sanitizers->candidate_reports, spots);
  } else if (check == "uncovered_change" && evidence.coverage) {
    for (const FileCoverage& file : *evidence.coverage) add_uncovered(file, spots);
  }
  return spots;
}

}  // namespace automod::judge
