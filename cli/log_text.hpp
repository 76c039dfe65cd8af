#pragma once

#include <string>
#include <vector>

#include "cli/text.hpp"
#include "engine/store/store.hpp"

/// The ledger as text for people.
namespace automod::cli {

/// What an entry is about, in a few words.
std::string about(const store::LedgerEntry& entry, const store::Store& store);

/// One row for each entry, under a heading.
std::string entries_text(const std::vector<store::LedgerEntry>& entries, const store::Store& store,
                         const Paint& paint, std::size_t width);

/// One line, for a stream of them.
std::string entry_line(const store::LedgerEntry& entry, const store::Store& store,
                       const Paint& paint);

/// What a check has found, a line for each problem.
std::string problems_text(const std::vector<store::LedgerProblem>& problems, const Paint& paint);

}  // namespace automod::cli
