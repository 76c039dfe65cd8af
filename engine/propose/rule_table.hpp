#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/types/words.hpp"

namespace automod::propose {

/// Who looks for a rule.
enum class Reader {
  kClangTidy,
  kMeaning,    // automod-clang: types and calls as clang knows them
  kStructure,  // all files together: history, copies, what nobody uses
};
std::string_view name(Reader reader);

/// One rule that is not data, and why. docs/rules.md shows all of them.
struct Rule {
  std::string_view check;   // its name, or with a final '*' all that begin so
  SafetyLevel level;        // the lowest at which it is used
  std::string_view seen;    // in a few words, for a line of a list
  std::string_view why;     // one sentence: why it matters
  std::string_view change;  // what its fix does ("adds noexcept"); empty: it has none
  Reader reader = Reader::kClangTidy;
};

std::span<const Rule> performance_rules();
std::span<const Rule> bug_rules();
std::span<const Rule> refactor_rules();

/// Those of a goal; empty where no rule serves it.
std::span<const Rule> rules_of(Goal goal);

/// The lowest level of safety at which what is found with this confidence is used.
SafetyLevel level_of(Confidence confidence);
Confidence confidence_of(SafetyLevel level);

/// Is the check of that name, or with a final '*' one of those that begin so?
bool is_of(std::string_view check, std::string_view pattern);

/// What a check or a rule as data stands for, also where it is none of ours.
struct KnownRule {
  bool is_known = false;
  std::string seen;  // as of Rule
  std::string why;
  std::string change;
  ModificationType type = ModificationType::kRefactor;
  Confidence confidence = Confidence::kMedium;
  std::string said_by = "clang-tidy";
};
/// Of clang-tidy's checks.
KnownRule find_rule(std::string_view check);

}  // namespace automod::propose
