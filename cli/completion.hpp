#pragma once

#include <string>

namespace automod::cli {

/// Scripts that complete commands, options, their values and ids of modifications, made from the
/// table of commands. Ids are asked of `automod list --ids` when they are needed.
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace automod::cli
