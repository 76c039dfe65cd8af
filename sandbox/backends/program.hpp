#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace automod::sandbox {

/// A program that makes containers. It decides what our promises are worth, so only root can have
/// put it there.
struct Installed {
  std::filesystem::path path;  // absolute, without links
  std::string version;         // "1.1.5"; its first line where that holds no number
};

/// The folders that programs are taken from, whatever PATH says.
const std::vector<std::filesystem::path>& program_folders();

/// Finds `name` in `folders` and asks it for its version. kUsage when `name` is no plain name;
/// kUnavailable when it is missing, when somebody else than root could have written it or a
/// folder above it, or when it is older than `oldest` ("" for any).
Result<Installed> find_program(
    const std::string& name, std::string_view oldest,
    const std::vector<std::filesystem::path>& folders = program_folders());

/// The first number with dots of `text`: "runc version 1.1.5+ds1" gives "1.1.5". Empty for none.
std::string version_in(std::string_view text);

/// Is `version` below `other`, number by number? "0.9" is below "0.10"; missing ones count as 0.
bool is_older(std::string_view version, std::string_view other);

}  // namespace automod::sandbox
