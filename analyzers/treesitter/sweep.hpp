#pragma once

#include "analyzers/treesitter/events.hpp"
#include "analyzers/treesitter/source.hpp"

namespace automod::analyzers {

/// Goes once through events that are in order, and writes what they say into names, symbols and
/// references. False when the deadline passed.
bool sweep(const Source& source, Events& events, Deadline deadline, FileFacts& facts);

}  // namespace automod::analyzers
