#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// Where a program spends its time, as a profiler has written it down.
namespace automod::analyzers {

enum class ProfileKind { kPerfScript, kCallgrind };

/// Parts of the whole profile, 0 to 1. `total` is with all that was called from there; what calls
/// itself, directly or not, is not counted twice.
struct Share {
  double self = 0;
  double total = 0;
  friend bool operator==(const Share&, const Share&) = default;
};

struct ProfiledFunction {
  std::string name;  // as plain_name() gives it
  std::string file;  // as the profiler writes it; empty: not known
  Share share;
};

struct ProfiledLine {
  std::string file;
  std::size_t line = 0;
  Share share;
};

struct Profile {
  ProfileKind kind = ProfileKind::kPerfScript;
  std::string event;                        // what was counted: "cycles:u", "Ir"
  std::vector<ProfiledFunction> functions;  // by name and file, no two alike
  std::vector<ProfiledLine> lines;          // by file and line; empty where the profile has none
};

/// The output of `perf script`, or a file of callgrind; which one, its beginning says. `name` is
/// for errors: kUsage with the line when the text is neither or not as it is written, or holds no
/// cost at all.
Result<Profile> parse_profile(std::string_view text, std::string_view name);
Result<Profile> read_profile(const std::filesystem::path& file);

/// A function's name with all that it lies in, "ring::Buffer::push", whatever the language:
/// without types of parameters and results, template arguments, unnamed namespaces, and what
/// compilers append to it. A closure counts as the function that it is in. Empty: no name.
std::string plain_name(std::string_view written);

}  // namespace automod::analyzers
