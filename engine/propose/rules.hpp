#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"
#include "engine/propose/rule_book.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

namespace automod::propose {

/// The checks of clang-tidy that serve the goals at this level of safety, as its --checks
/// argument; empty when no rule serves them. docs/rules.md lists them.
std::string checks_for(const std::vector<Goal>& goals, SafetyLevel level);
/// The rules of another reader that serve them.
std::vector<std::string> rules_for(const std::vector<Goal>& goals, SafetyLevel level,
                                   Reader reader);

struct RuleResults {
  std::vector<Finding> findings;      // everything seen, with a fix or without
  std::vector<Candidate> candidates;  // one for each diagnostic with a fix, or tight group
};

/// How clang-tidy's paths become paths of `tree`: knows the tree's own symbolic links, and only
/// regular files count. Keeps no reference to `repo`; safe from any thread.
Result<analyzers::PathResolver> tree_paths(const repo::Repository& repo, const TreeId& tree);

/// Which places count.
using Wanted = std::function<bool(const Place& place)>;

/// Findings and candidates from what clang-tidy and rules said of `tree`, where it is wanted.
/// Candidates are sorted by place; diagnostics of one check whose fixes touch the same or
/// neighbouring lines form one candidate. A fix that cannot be made, changes nothing or breaks the
/// syntax makes no candidate.
Result<RuleResults> candidates_from(const repo::Repository& repo, const TreeId& tree,
                                    const std::vector<analyzers::Diagnostic>& diagnostics,
                                    const RuleBook& book, const Wanted& wanted);

}  // namespace automod::propose
