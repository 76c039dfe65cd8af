#pragma once

#include <vector>

#include "analyzers/treesitter/events.hpp"
#include "analyzers/treesitter/source.hpp"

namespace automod::analyzers {

/// What a text takes in, by line. A Rust list ("use a::{b, c}") is one import for each of its ends.
std::vector<Import> imports_of(const Source& source, const std::vector<Mark>& marks);

}  // namespace automod::analyzers
