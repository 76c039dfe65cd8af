#pragma once

#include <optional>

#include "engine/ask.hpp"
#include "engine/asking/task.hpp"
#include "engine/impl.hpp"

namespace automod {

/// What a request asks for, with what has to be run to know it: for `fix` the base is built and
/// tested. kUsage when there is nothing to do: a test that passes, no benchmark.
Result<asking::Task> task_of(Engine::Impl& engine, const Target& target, const AskRequest& request,
                             const std::optional<SessionId>& session);

}  // namespace automod
