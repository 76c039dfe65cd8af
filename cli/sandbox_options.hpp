#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/settings.hpp"

/// What `automod sandbox run` makes of its options.
namespace automod::cli {

/// "--memory-mb" of "memory_mb".
std::string option_of(const sandbox::LimitKey& limit);

struct SandboxRequest {
  sandbox::Policy policy;
  sandbox::Selection selection;
  sandbox::Command command;
  std::filesystem::path out;  // where collected files go
};
Result<SandboxRequest> read_sandbox_request(Context& context, const Arguments& arguments);

/// As a shell would have it: the status, 128 and the signal, 124 for the time, 137 for another
/// limit, 130 when the user stopped it.
int exit_code(const sandbox::Execution& execution);

/// "memory cgroup, processes cgroup, cpu none, disk watched, Landlock"
std::string facts_text(const sandbox::Facts& facts);

/// Which limit ended the execution, and the option that sets it; empty when none did.
std::string limit_text(const sandbox::Execution& execution, const sandbox::Limits& limits);

}  // namespace automod::cli
