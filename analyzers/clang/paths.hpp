#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzers/clang/units.hpp"

namespace automod::analyzers {

/// A path that a tool inside the sandbox named, as the tree calls it; nullopt when it lies outside
/// /tree or the resolver does not know it. A relative path counts from `directory`, which is
/// absolute. `..` is left to the resolver, because only it knows what is a symbolic link.
std::optional<std::string> path_in_tree(std::string_view path, std::string_view directory,
                                        const PathResolver& resolve);

}  // namespace automod::analyzers
