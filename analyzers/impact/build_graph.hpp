#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/units.hpp"
#include "base/error.hpp"

/// What a build makes of which files, as the build itself says it. Everything here was written by
/// the target's own build and is hostile: read strictly, bounded, and escaped before printing.
namespace automod::analyzers {

struct BuildTarget {
  std::string name;
  std::string kind;                    // in the words of CMake: "EXECUTABLE", "STATIC_LIBRARY"
  std::vector<std::string> sources;    // of the tree, sorted
  std::vector<std::string> artifacts;  // below the build folder
  std::vector<std::uint32_t> needs;    // targets that it is made of or waits for
  std::string objects;                 // folder, below the build folder, of what it compiles
  friend bool operator==(const BuildTarget&, const BuildTarget&) = default;
};

/// Something that a build has made once, and the files of the tree it was made of then.
struct BuildOutput {
  std::string path;                // as the build names it
  std::vector<std::string> needs;  // of the tree, sorted
  friend bool operator==(const BuildOutput&, const BuildOutput&) = default;
};

/// A test, by the program that it runs.
struct BuildTest {
  std::string name;
  std::uint32_t target = 0;
};

struct BuildGraph {
  std::vector<BuildTarget> targets;  // by name
  std::vector<BuildOutput> outputs;  // by path
  std::vector<BuildTest> tests;
  std::string build_dir;  // relative to the root; empty: not known
};

/// The replies of CMake's file API as `tail -v` prints files: each behind a line "==> name <==".
/// The last index counts, and the first configuration of its codemodel. Sources outside the tree
/// are left out. kRefused, with what was found, when the reply is not whole or not in form.
Result<BuildGraph> read_codemodel(std::string_view replies, const PathResolver& resolve);

/// What `ninja -t deps` prints, run in `directory`. Lines that are none of its are left out, and
/// what is stale.
std::vector<BuildOutput> read_ninja_deps(std::string_view text, std::string_view directory,
                                         const PathResolver& resolve);

/// Rules as compilers write them for make: "a.o: a.c a.h \". Paths count from `directory`.
std::vector<BuildOutput> read_depfiles(std::string_view text, std::string_view directory,
                                       const PathResolver& resolve);

}  // namespace automod::analyzers
