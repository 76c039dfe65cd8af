#pragma once

#include <string>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"
#include "engine/clang_site.hpp"

namespace automod {

struct MeaningReport {
  std::vector<analyzers::Diagnostic> diagnostics;  // by path and offset
  std::vector<std::string> failed_files;           // not read, or with errors; by path
};

/// What rules of propose::Reader::kMeaning find in these units of the target, `whole` where they
/// are all. Only what comes from the rules named is kept, and what no comment silences.
Result<MeaningReport> read_meaning(Engine::Impl& engine, const Target& target,
                                   const ClangSite& site, const std::vector<std::string>& units,
                                   const std::vector<std::string>& rules);

}  // namespace automod
