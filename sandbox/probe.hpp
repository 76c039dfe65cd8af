#pragma once

#include <string>

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// Runs a command that tries to get out, with a control that shows what there was to be found.
/// An error says what was not denied, or what did not work.
Result<void> probe(Runner& runner);

/// The same, unless it has passed already on this boot with this kernel and user. `fingerprint`
/// stands for all of the runner that could differ.
Result<void> probe_once(Runner& runner, const std::string& fingerprint);

}  // namespace automod::sandbox
