#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"

/// Options that several commands share.
namespace automod::cli {

Operand id_operand(bool repeats);
Option base_option();
Option limit_option(std::string help);
Option safety_option();
Option type_option(std::string_view fallback);
Option sarif_option();
Option review_option();

}  // namespace automod::cli
