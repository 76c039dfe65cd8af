#pragma once

#include <vector>

#include "analyzers/treesitter/drafts.hpp"
#include "analyzers/treesitter/events.hpp"
#include "analyzers/treesitter/source.hpp"

namespace automod::analyzers {

/// Goes once through events that are in order, and writes what they say into names, symbols and
/// references; `more` are symbols that no query could find. False when the deadline passed.
bool sweep(const Source& source, Events& events, const std::vector<Draft>& more, Deadline deadline,
           FileFacts& facts);

}  // namespace automod::analyzers
