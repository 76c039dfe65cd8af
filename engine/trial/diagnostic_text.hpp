#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/evidence.hpp"

/// What compilers and sanitizers print, read. All text is hostile; what is not understood is left
/// out, and results are bounded.
namespace automod::trial {

/// Warnings and errors of gcc and clang in a build's output, each place once, in order. Paths are
/// relative to the tree where they lie in it; those outside are left out. `build_dir` is where
/// the compiler may have been started, relative to the tree.
std::vector<Diagnostic> read_compiler_output(std::string_view text, std::string_view build_dir);

/// Reports of AddressSanitizer and UndefinedBehaviorSanitizer. `rule` is the kind, such as
/// heap-use-after-free or signed-integer-overflow; place is the innermost one in the tree;
/// `message` begins with the function's name and ": ".
std::vector<Diagnostic> read_sanitizer_output(std::string_view text, std::string_view build_dir);

/// Those of `after` that `before` does not hold: as multisets of tool, path, rule and message.
/// Lines do not count, since they move.
std::vector<Diagnostic> added_diagnostics(const std::vector<Diagnostic>& before,
                                          std::vector<Diagnostic> after);

/// The path below the tree, or empty: "/tree/src/a.c", "../src/a.c" from the build folder.
std::string path_in_tree(std::string_view path, std::string_view build_dir);

}  // namespace automod::trial
