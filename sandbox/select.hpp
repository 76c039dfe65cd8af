#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "sandbox/runner.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Every backend by name, the strongest first.
const std::vector<std::string>& all_backends();

/// The backend that `selection` names ("auto" is no name), not proven yet. kUnavailable when its
/// program is missing or too old; kUsage for a name that there is not, or an image that is missing.
Result<std::unique_ptr<ContainerRunner>> make_runner(const Selection& selection);

}  // namespace automod::sandbox
