#pragma once

#include <span>
#include <string_view>

#include "engine/types/words.hpp"

namespace automod::propose {

/// One check of clang-tidy that we use, and why. docs/rules.md shows all of them.
struct Rule {
  std::string_view check;   // its name, or with a final '*' all that begin so
  SafetyLevel level;        // the lowest at which it is used
  std::string_view seen;    // in a few words, for a line of a list
  std::string_view why;     // one sentence: why it matters
  std::string_view change;  // what its fix does ("adds noexcept"); empty: it has none
};

std::span<const Rule> performance_rules();
std::span<const Rule> bug_rules();
std::span<const Rule> refactor_rules();

/// Those of a goal; empty where no rule serves it.
std::span<const Rule> rules_of(Goal goal);

/// What a check stands for, also where it is none of ours.
struct KnownRule {
  const Rule* rule = nullptr;  // null: not in the table
  ModificationType type = ModificationType::kRefactor;
};
KnownRule find_rule(std::string_view check);

}  // namespace automod::propose
