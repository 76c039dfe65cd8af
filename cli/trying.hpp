#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

/// What the commands that try modifications share.
namespace automod::cli {

/// Full ids of what was named, each once; an unknown one stops before anything runs.
Result<std::vector<std::string>> resolve(const store::Store& store,
                                         const std::vector<std::string>& given);

/// How the trial went and what came out. `id` is the shortened one here, as below.
void print_tried(Context& context, const Tried& tried, const std::string& id);
/// The command line that leads on, if one does.
void print_next(Context& context, const store::ListedModification& listed, const std::string& id);
void print_error(Context& context, const std::string& id, const Error& error);

/// Exit code of a verdict.
int code_of(const Tried& tried);

}  // namespace automod::cli
