#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"

/// What a file is to its project, as far as its name and its first lines tell.
namespace automod::analyzers {

/// The text of a file of a codebase. May be asked from several threads at once.
using ReadText = std::function<Result<std::string>(std::uint32_t file)>;

enum class FileKind {
  kCode,
  kTest,     // tests, benchmarks, examples and what they read
  kForeign,  // somebody else's, kept along, or what a program made: vendored, built
};
FileKind kind_of_file(std::string_view path);

/// Does it say in its first lines that a program wrote it?
bool is_generated(std::string_view text);

/// The part behind the last slash.
std::string_view name_part(std::string_view path);

/// A file that includes others and is compiled by itself; one that is made to be included.
bool is_unit_of_c(std::string_view path);
bool is_header_of_c(std::string_view path);

}  // namespace automod::analyzers
