#include <fmt/format.h>

#include <algorithm>

#include "engine/judge/checks.hpp"
#include "engine/judge/facts.hpp"

/// What reading the change shows of its code.
namespace automod::judge {

namespace {

bool is_grave(const CodeFact* fact) {
  return fact->kind == FactKind::kCapabilityExit || fact->kind == FactKind::kCapabilityStart ||
         fact->kind == FactKind::kCapabilityAssembly;
}

/// Files that could not be read for what they do. One list for all checks of this kind: it is
/// said, and asked about, by new_capability.
std::vector<std::string> unread(const Evidence& evidence) {
  std::vector<std::string> why;
  for (const LeftOut& left : evidence.left_out) {
    if (left.stage == "static_checks" || left.stage == "review") why.push_back(left.why);
  }
  return why;
}

}  // namespace

CheckOutcome new_capability(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts =
      facts_of(evidence, {FactKind::kCapabilityProcess, FactKind::kCapabilityNetwork,
                          FactKind::kCapabilityFile, FactKind::kCapabilityEnvironment,
                          FactKind::kCapabilityLoading, FactKind::kCapabilityAssembly,
                          FactKind::kCapabilityThread, FactKind::kCapabilitySignal,
                          FactKind::kCapabilityExit, FactKind::kCapabilityStart});
  const auto left_out = unread(evidence);
  if (!facts.empty()) {
    const bool grave = std::ranges::any_of(facts, is_grave);
    return asks(grave ? 0.25 : 0.15,
                "reaches what the base's code does not: " + listed_facts("name", facts));
  }
  if (!left_out.empty()) return asks(0.1, "not all was read: " + listed("part", left_out));
  return passes("reaches nothing that the base's code does not");
}

CheckOutcome suppression(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kSuppression});
  if (facts.empty()) return passes("switches off no diagnostic, sanitizer or coverage");
  const bool blinds = std::ranges::any_of(
      facts, [](const CodeFact* fact) { return fact->what.starts_with("sanitizer:"); });
  const std::string reason = "switches off what would speak up: " + listed_facts("place", facts);
  return blinds ? blocks(0.6, reason) : asks(0.1, reason);
}

CheckOutcome error_swallowed(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kSwallowed});
  if (facts.empty()) return passes("drops no error unseen");
  return asks(0.1, "errors are caught and dropped: " + listed_facts("place", facts));
}

CheckOutcome hidden_state(const Evidence& evidence) {
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kHiddenState});
  if (facts.empty()) return passes("keeps nothing new from one call to the next");
  const std::string reason =
      "something is kept from one call to the next: " + listed_facts("place", facts);
  // A benchmark that asks the same again and again is fast by it, whatever the work costs.
  if (evidence.type == ModificationType::kPerformance) return asks(0.1, reason);
  return warns(0.05, reason);
}

CheckOutcome scope(const Evidence& evidence) {
  constexpr std::size_t kMany = 3;
  if (!evidence.is_reviewed()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kOutOfScope});
  if (facts.empty()) return passes("no file that the stated goal does not speak of");
  const std::string reason =
      "changed, and not related to the stated goal: " + listed_facts("file", facts);
  const bool runs = std::ranges::any_of(facts, [&](const CodeFact* fact) {
    return std::ranges::any_of(evidence.files, [&](const FileFacts& file) {
      return file.path == fact->path && file.role != FileRole::kDocument &&
             file.role != FileRole::kTest;
    });
  });
  if (facts.size() >= kMany) return asks(0.15, reason);
  return runs ? asks(0.1, reason) : warns(0.1, reason);
}

CheckOutcome convention(const Evidence& evidence) {
  if (!evidence.knows_conventions()) return not_looked_for();
  const auto facts = facts_of(evidence, {FactKind::kUnconventional});
  if (facts.empty()) return passes("nothing new is named or fails unlike what is around it");
  std::vector<std::string> all;
  for (const CodeFact* fact : facts) {
    all.push_back(fmt::format("{}: {}, where {}", placed(*fact), fact->after, fact->before));
  }
  return warns(0.05, "unlike what is around it: " + listed("place", all));
}

}  // namespace automod::judge
