#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/types/words.hpp"

namespace automod::keep {

/// The tree that the later of two changes left. Borrowed for a call.
struct TreeAfter {
  std::function<Result<std::vector<std::string>>()> paths;
  /// nullopt where it holds nothing that is read.
  std::function<Result<std::optional<std::string>>(const std::string& path)> read;
};

/// What `earlier` brought into being and `later` uses where it did not before, by name. A use
/// counts where the name means that very definition: it stands in the same file, or imports of the
/// tree lead to it or to what declares it, or nothing is imported at all. Another of the same name
/// that is nearer is no dependence.
Result<std::vector<std::string>> definitions_taken_up(const std::vector<FileChange>& earlier,
                                                      const std::vector<FileChange>& later,
                                                      const TreeAfter& after);

}  // namespace automod::keep
