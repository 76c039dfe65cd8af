#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/settings.hpp"

namespace automod::sandbox {

struct PolicyFile {
  Policy policy;
  Selection selection;
  Settings settings;        // what both were made from, but for what only a policy file says
  bool says_mount = false;  // else whoever reads it may have another default
};

/// Reads a policy written as TOML: the tables [sandbox] and [limits] of automod.toml, with
/// `work`, `mount`, `changes`, `user` and `seconds` beside; an automod.toml is a policy, too. What
/// is not said keeps its default; a relative `work` or `changes` is left as it stands. An unknown
/// key, a wrong type or a value out of range is an error that names `file`, line, column and, for
/// a typo, the nearest key.
Result<PolicyFile> read_policy(std::string_view text, std::string_view file);

/// "folder", "overlay", "copy", "tmpfs".
std::string_view name(Mount mount);
const std::vector<std::string>& mount_names();
/// Of one of them.
Mount mount_of(std::string_view name);

}  // namespace automod::sandbox
