#include "sandbox/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

/// Places that are the sandbox's own; nothing of the host may be put over, or instead of, them.
constexpr std::array kOwnPlaces = {"/", "/proc", "/sys", "/dev", "/tree", "/etc", "/tmp"};
/// Nothing below these either.
constexpr std::array kClosedPlaces = {"/proc", "/sys", "/dev", "/tree"};

bool is_below(const fs::path& path, const fs::path& above) {
  const auto [end, rest] = std::mismatch(above.begin(), above.end(), path.begin(), path.end());
  return end == above.end();
}

Result<fs::path> checked_read_only(const fs::path& path) {
  const std::string shown = printable_line(path.string());
  const fs::path plain = path.lexically_normal();
  if (!path.is_absolute() || path.string().find('\0') != std::string::npos) {
    return fail(
        ErrorKind::kUsage,
        fmt::format("read-only path '{}': found a relative path, wanted an absolute one", shown));
  }
  fs::path place = plain.has_filename() ? plain : plain.parent_path();
  const bool own = std::any_of(kOwnPlaces.begin(), kOwnPlaces.end(),
                               [&](const char* name) { return place == name; });
  const bool closed = std::any_of(kClosedPlaces.begin(), kClosedPlaces.end(),
                                  [&](const char* name) { return is_below(place, name); });
  if (own || closed) {
    return fail(ErrorKind::kUsage,
                fmt::format("read-only path '{}': this place belongs to the sandbox", shown),
                "name a folder further down, such as a toolchain's");
  }
  std::error_code code;
  if (!fs::exists(place, code)) {
    return fail(ErrorKind::kUsage, fmt::format("read-only path '{}' does not exist", shown));
  }
  return place;
}

Result<void> check_variable(const std::string& name, const std::string& value) {
  if (!name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string::npos &&
      value.find('\0') == std::string::npos) {
    return {};
  }
  return fail(ErrorKind::kUsage,
              fmt::format("'{}' cannot be an environment variable", printable_line(name)));
}

Result<void> check_limits(const Limits& limits) {
  constexpr std::uint64_t kLeastMemory = 8u << 20;
  if (limits.memory_bytes < kLeastMemory) {
    return fail(ErrorKind::kUsage, fmt::format("memory limit: found {} bytes, wanted {} or more",
                                               limits.memory_bytes, kLeastMemory));
  }
  if (limits.processes == 0 || limits.wall.count() <= 0 || limits.file_bytes == 0 ||
      limits.disk_bytes == 0 || limits.scratch_bytes < 4096) {
    return fail(ErrorKind::kUsage, "limits: found one that is 0, wanted room to work");
  }
  return {};
}

}  // namespace

Result<Policy> checked(const Policy& policy) {
  Policy result = policy;
  std::error_code code;
  result.work = fs::canonical(policy.work, code);
  if (code || !fs::is_directory(result.work, code)) {
    return fail(ErrorKind::kUsage,
                fmt::format("work folder '{}' is no folder", printable_line(policy.work.string())));
  }
  result.read_only.clear();
  for (const fs::path& path : policy.read_only) {
    auto place = checked_read_only(path);
    if (!place) return fail(place.error());
    if (!is_below(*place, "/usr")) result.read_only.push_back(*place);
  }
  for (const auto& [name, value] : policy.environment) {
    if (auto ok = check_variable(name, value); !ok) return fail(ok.error());
  }
  if (auto ok = check_limits(policy.limits); !ok) return fail(ok.error());
  return result;
}

std::map<std::string, std::string> full_environment(const Policy& policy) {
  std::map<std::string, std::string> all = policy.environment;
  all.insert({{"PATH", "/usr/bin:/bin"}, {"HOME", "/tmp"}, {"LANG", "C.UTF-8"}, {"TZ", "UTC"}});
  return all;
}

std::string digest(const Policy& policy) {
  // Every part ends in a NUL, which none can hold, so that no two policies read alike.
  std::string text = "automod sandbox policy 1";
  const auto add = [&text](std::string_view part) {
    text.append(part);
    text.push_back('\0');
  };
  add("");
  for (const fs::path& path : policy.read_only) add(path.string());
  add("");
  for (const auto& [name, value] : full_environment(policy)) add(name + "=" + value);
  add("");
  const Limits& limits = policy.limits;
  for (const std::uint64_t value :
       {static_cast<std::uint64_t>(limits.wall.count()), limits.memory_bytes,
        std::uint64_t{limits.processes}, limits.file_bytes, limits.disk_bytes, limits.scratch_bytes,
        limits.output_bytes}) {
    add(std::to_string(value));
  }
  return sha256(text);
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kExited:
      return "exited";
    case Outcome::kSignalled:
      return "signalled";
    case Outcome::kTimedOut:
      return "timed_out";
    case Outcome::kMemoryLimit:
      return "memory_limit";
    case Outcome::kDiskLimit:
      return "disk_limit";
    case Outcome::kOutputLimit:
      return "output_limit";
    case Outcome::kInterrupted:
      return "interrupted";
  }
  return "exited";
}

}  // namespace automod::sandbox
