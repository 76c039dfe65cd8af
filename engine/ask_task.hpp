#pragma once

#include <optional>

#include "engine/ask.hpp"
#include "engine/asking/task.hpp"
#include "engine/impl.hpp"

namespace automod {

/// What a request asks for, with what has to be run to know it: for `fix` the base is built and
/// tested, for `optimize` its benchmarks are measured, once for each base. kUsage when there is
/// nothing to do: a test that passes, no benchmark.
Result<asking::Task> task_of(Engine& engine, Engine::Impl& parts, const Target& target,
                             const AskRequest& request, const std::optional<SessionId>& session);

}  // namespace automod
