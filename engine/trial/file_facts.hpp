#pragma once

#include <string_view>
#include <vector>

#include "engine/types/config.hpp"
#include "engine/types/evidence.hpp"

namespace automod::trial {

/// What became of each file of a change. `diff` is the unified diff between the two trees, the
/// files in the same order.
std::vector<FileFacts> file_facts(const Config& config, const std::vector<FileChange>& files,
                                  std::string_view diff);

/// Might the change alter what configuring does? Anything but the editing of files in a known
/// language might: a file that comes or goes, a script, a template.
bool wants_configure(const std::vector<FileFacts>& facts);

}  // namespace automod::trial
