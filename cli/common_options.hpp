#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

/// Options that several commands share.
namespace automod::cli {

std::vector<Option> joined(std::vector<Option> first, std::vector<Option> more);
Operand id_operand(bool repeats);
Option base_option();
Option limit_option(std::string help);
Option safety_option();
Option type_option(std::string_view fallback);
Option sarif_option();
Option review_option();
Option model_option(std::string_view which);
/// What asking may cost, and where questions and answers are recorded.
std::vector<Option> spending_options();
/// How a model is asked, which one, and what that may cost: behind a command's own options.
std::vector<Option> asking_options();

}  // namespace automod::cli
