#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// All of the host, beside what the policy names, that a container shows. The same as `native`.
struct HostView {
  std::vector<std::pair<std::string, std::string>> links;  // "/bin" and where it leads
  std::vector<std::string> folders;                        // "/usr", and "/lib" where it is none
  std::vector<std::string> settings;                       // below /etc
  // Entries of /proc that are no process's and that others than root may read:
  std::vector<std::string> fact_files;
  std::vector<std::string> fact_folders;

  static HostView look();
};

/// Makes the folder that becomes /etc: files of our own, and empty places for what is mounted
/// there.
Result<void> make_etc(const std::filesystem::path& place, const Policy& policy,
                      const HostView& view);

/// Makes an empty folder, or file, that something will be mounted on, with the folders above it.
/// One that exists is left alone.
Result<void> make_place(const std::filesystem::path& place, bool folder);

/// Are control groups of both versions mounted, with a controller at version 2?
bool mixes_control_groups();

/// A file that everybody may read.
Result<void> write_text(const std::filesystem::path& path, std::string_view text);

/// kUsage for a read-only path that lies where the container has something of its own.
Result<void> check_places(const Policy& policy, const HostView& view);

}  // namespace automod::sandbox
