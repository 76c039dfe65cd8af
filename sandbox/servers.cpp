#include "sandbox/servers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/text.hpp"
#include "sandbox/policy.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

/// Can what is at `path` be reached through a mount of the policy's?
bool is_shown(const fs::path& path, const Policy& policy) {
  if (policy.mount == Mount::kFolder && is_below(path, policy.work)) return true;
  return std::any_of(policy.read_only.begin(), policy.read_only.end(),
                     [&](const fs::path& shown) { return is_below(path, shown); });
}

}  // namespace

Result<void> refuse_servers(const Policy& policy) {
  if (policy.calls == Calls::kStrict) return {};
  // Seven columns and, for sockets with a name, that: a path or, after an @, an abstract one.
  std::ifstream all("/proc/net/unix");
  for (std::string line; std::getline(all, line);) {
    const std::size_t at = line.find(" /");
    if (at == std::string::npos) continue;
    const fs::path path = line.substr(at + 1);
    if (!is_shown(path, policy)) continue;
    return fail(ErrorKind::kRefused,
                fmt::format("a server of this machine listens at '{}', which the command could "
                            "reach",
                            printable_line(path.string())),
                "show the work folder by an overlay or a copy, leave the read-only path out, or "
                "use the strict filter");
  }
  return {};
}

}  // namespace automod::sandbox
