#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"

namespace automod::propose {

/// Diagnostics that are changed together, and all their replacements, sorted.
struct Group {
  std::vector<const analyzers::Diagnostic*> members;  // in the order they were given, not empty
  std::vector<analyzers::Replacement> fix;
};

/// Line of a byte of a file, from 1.
using LineOf = std::function<std::size_t(const std::string& path, std::size_t offset)>;

/// Every diagnostic, which all have a fix, is in exactly one group. Those of one check go together
/// whose fixes touch the same or neighbouring lines; also one that brings an #include and those
/// that use a name of std:: in the same file. Fixes that cannot be made together stay apart.
std::vector<Group> group_fixes(const std::vector<const analyzers::Diagnostic*>& diagnostics,
                               const LineOf& line_of);

}  // namespace automod::propose
