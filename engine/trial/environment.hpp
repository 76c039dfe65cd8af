#pragma once

#include "engine/trial/workspace.hpp"

namespace automod::trial {

/// What a trial runs in. The versions of the tools are asked for inside the sandbox, and again
/// only when a tool has changed.
Result<Environment> describe_environment(const World& world, const BaseSpec& spec,
                                         Workspace& workspace);

}  // namespace automod::trial
