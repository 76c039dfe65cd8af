#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/rules/rules.hpp"
#include "base/error.hpp"
#include "engine/propose/rule_table.hpp"
#include "engine/types/config.hpp"
#include "engine/types/words.hpp"

namespace automod::propose {

/// What is looked for in a target: clang-tidy's checks and rules as data, those of the target's
/// own among them.
class RuleBook {
 public:
  using ReadFile = std::function<Result<std::optional<std::string>>(std::string_view path)>;

  /// `paths` are all files of the target, sorted. kUsage when a rule is wrong, two have one id, or
  /// what is switched off does not exist.
  static Result<RuleBook> open(const OwnRules& own, const std::vector<std::string>& paths,
                               const ReadFile& read);

  /// Every rule that is in force, the target's own after the built-in ones.
  const std::vector<analyzers::Rule>& rules() const { return rules_; }
  bool is_own(const analyzers::Rule& rule) const;
  /// By id of a rule or name of a check.
  bool is_off(std::string_view name) const;

  /// Those that serve the goals at this level of safety, without what `checks` of clang-tidy find.
  std::vector<analyzers::Rule> chosen(const std::vector<Goal>& goals, SafetyLevel level,
                                      std::string_view checks) const;
  /// What a rule or check stands for, also where it is none of ours.
  KnownRule find(std::string_view name) const;

 private:
  Result<void> add(std::string_view text, std::string_view file, bool alone);
  Result<void> switch_off(const std::vector<std::string>& off);

  std::vector<analyzers::Rule> rules_;
  std::vector<std::string> off_;
  std::size_t built_in_ = 0;  // of rules_
};

}  // namespace automod::propose
