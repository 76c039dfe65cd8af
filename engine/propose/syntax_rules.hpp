#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"
#include "analyzers/rules/rules.hpp"
#include "base/cancel.hpp"
#include "engine/repo/repo.hpp"

namespace automod::propose {

struct SyntaxReport {
  std::vector<analyzers::Diagnostic> diagnostics;  // by path and place
  std::vector<std::string> files;                  // that were read
  std::vector<std::string> failed_files;           // too large
  std::vector<std::string> cut_files;              // time or the number of matches ran out
};

/// Looks for the rules in each of the files that is in a language of theirs, `jobs` at a time.
/// Vendored and generated files are left out: nobody mends them where they lie.
/// Calls `progress(done, total, file)` from one thread at a time. Needs neither sandbox nor build.
/// kInterrupted: the token was raised.
Result<SyntaxReport> read_by_syntax(
    const repo::Repository& repo, const TreeId& tree, const std::vector<repo::Entry>& files,
    const std::vector<analyzers::Rule>& rules, unsigned jobs,
    const std::function<void(std::size_t, std::size_t, std::string_view)>& progress,
    const CancelToken& cancel);

}  // namespace automod::propose
