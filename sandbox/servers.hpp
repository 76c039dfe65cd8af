#pragma once

#include "base/error.hpp"
#include "sandbox/sandbox.hpp"

namespace automod::sandbox {

/// A socket that is a file leads out of every namespace: whoever sees the file may speak to the
/// server behind it. kRefused when the host has one that listens in the work folder (an overlay
/// and a copy cut the connection) or below a read-only path. Servers that come later, or that
/// were bound by a relative name, are not seen; the strict filter has no sockets at all.
/// `policy` has been checked: its paths are real ones.
Result<void> refuse_servers(const Policy& policy);

}  // namespace automod::sandbox
