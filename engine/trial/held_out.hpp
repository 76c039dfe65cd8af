#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace automod::trial {

/// The command with `{seed}` and `{held_out}` filled in; everything else stays.
std::string fill_held_out(std::string_view command, std::string_view seed,
                          const std::filesystem::path& folder);

/// A fresh number from the system's source of randomness, in decimal digits.
Result<std::string> fresh_seed();

}  // namespace automod::trial
