#include "sandbox/policy.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "base/digest.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

/// Places that are the sandbox's own; nothing of the host may be put over, or instead of, them.
constexpr std::array kOwnPlaces = {"/", "/proc", "/sys", "/dev", "/tree", "/etc", "/tmp"};
/// Nothing below these either.
constexpr std::array kClosedPlaces = {"/proc", "/sys", "/dev", "/tree"};

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
      limits.disk_bytes == 0 || limits.disk_files == 0 || limits.scratch_bytes < 4096) {
    return fail(ErrorKind::kUsage, "limits: found one that is 0, wanted room to work");
  }
  return {};
}

Result<fs::path> real_folder(std::string_view what, const fs::path& path) {
  std::error_code code;
  fs::path real = fs::canonical(path, code);
  if (!code && fs::is_directory(real, code)) return real;
  return fail(ErrorKind::kUsage,
              fmt::format("{} '{}' is no folder", what, printable_line(path.string())));
}

/// Changes that are kept belong beside their base: below it they would be part of themselves.
Result<void> check_changes(Policy& policy) {
  if (policy.changes.empty()) return {};
  if (policy.mount != Mount::kOverlay) {
    return fail(ErrorKind::kUsage, "changes: found a folder, wanted none without an overlay");
  }
  auto real = real_folder("changes folder", policy.changes);
  if (!real) return fail(real.error());
  policy.changes = std::move(*real);
  if (is_below(policy.changes, policy.work) || is_below(policy.work, policy.changes)) {
    return fail(ErrorKind::kUsage,
                "changes: found a folder above or below the work folder, "
                "wanted one beside it");
  }
  struct stat work{};
  struct stat changes{};
  if (stat(policy.work.c_str(), &work) != 0 || stat(policy.changes.c_str(), &changes) != 0 ||
      work.st_uid != changes.st_uid || work.st_gid != changes.st_gid) {
    return fail(ErrorKind::kUsage, "changes: found a folder of another owner than the work folder");
  }
  return {};
}

Result<void> check_work(Policy& policy) {
  if (policy.mount == Mount::kTmpfs) {
    if (policy.work.empty()) return {};
    return fail(ErrorKind::kUsage, "work: found a folder, wanted none with a tmpfs");
  }
  auto real = real_folder("work folder", policy.work);
  if (!real) return fail(real.error());
  policy.work = std::move(*real);
  return check_changes(policy);
}

/// Without attributes, which came with Linux 6.6, an overlay in memory cannot replace a folder.
bool memory_keeps_attributes() {
  static const bool keeps = [] {
    const Fd file(memfd_create("attributes", MFD_CLOEXEC));
    return file && fsetxattr(file.get(), "user.overlay.opaque", "y", 1, 0) == 0;
  }();
  return keeps;
}

}  // namespace

bool is_below(const fs::path& path, const fs::path& above) {
  return std::ranges::mismatch(above, path).in1 == above.end();
}

bool is_in_memory(const Policy& policy) {
  if (policy.mount == Mount::kTmpfs) return true;
  return policy.mount == Mount::kOverlay && policy.changes.empty() && memory_keeps_attributes();
}

Result<Policy> checked(const Policy& policy) {
  Policy result = policy;
  if (auto ok = check_work(result); !ok) return fail(ok.error());
  if (policy.user == 0 || policy.user > 0x7fff'ffff) {
    return fail(ErrorKind::kUsage,
                fmt::format("user: found {}, wanted an ordinary user's number", policy.user));
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
  std::string text = "automod sandbox policy 2";
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
        std::uint64_t{limits.processes}, std::uint64_t{limits.cpu_percent},
        static_cast<std::uint64_t>(limits.cpu.count()), limits.file_bytes, limits.disk_bytes,
        limits.disk_files, limits.scratch_bytes, limits.output_bytes,
        static_cast<std::uint64_t>(policy.mount), std::uint64_t{!policy.changes.empty()},
        static_cast<std::uint64_t>(policy.network), static_cast<std::uint64_t>(policy.calls),
        std::uint64_t{policy.user}}) {
    add(std::to_string(value));
  }
  const Requirements& required = policy.required;
  for (const bool hard :
       {required.memory, required.processes, required.cpu, required.disk, required.landlock}) {
    add(hard ? "hard" : "soft");
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
    case Outcome::kCpuLimit:
      return "cpu_limit";
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
