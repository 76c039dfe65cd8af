#pragma once

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "engine/model/settings.hpp"

/// What a command line says of how models are to be asked: see asking_options().
namespace automod::cli {

/// What is wrong with it, whatever the repository and the settings hold.
Result<void> check_asking(const Arguments& arguments);

/// What it says goes before what `asking` has.
Result<model::Asking> read_asking(const Context& context, const Arguments& arguments,
                                  model::Asking asking);

}  // namespace automod::cli
