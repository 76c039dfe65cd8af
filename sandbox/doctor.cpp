#include "sandbox/doctor.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "sandbox/launch.hpp"
#include "sandbox/probe.hpp"
#include "sandbox/runner.hpp"

namespace automod::sandbox {

namespace {

std::string contents(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A kernel setting, as it stands in /proc/sys; empty where this kernel has none.
std::string setting(const char* path) {
  std::string text = contents(path);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// The value of a line of /proc/self/status.
std::string own_status(std::string_view key) {
  const std::string text = contents("/proc/self/status");
  for (const std::string_view line : split_lines(text)) {
    if (line.starts_with(key)) return std::string(line.substr(line.find_last_of("\t ") + 1));
  }
  return {};
}

bool is_root() { return geteuid() == 0; }

bool has_capability(unsigned number) {
  const std::string mask = own_status("CapEff:");
  return !mask.empty() && ((std::stoull(mask, nullptr, 16) >> number) & 1) != 0;
}

/// A chroot that is no mount has no line for "/": the kernel makes no namespaces from there.
bool is_chroot() {
  const std::string text = contents("/proc/self/mountinfo");
  for (const std::string_view line : split_lines(text)) {
    // The fifth word is the place: "id parent major:minor root PLACE".
    std::size_t at = 0;
    for (int word = 0; word < 4; ++word) at = line.find(' ', at) + 1;
    if (line.substr(at, 2) == "/ ") return false;
  }
  return !text.empty();
}

Condition kernel_condition() {
  utsname kernel{};
  uname(&kernel);
  int major = 0;
  int minor = 0;
  const int fields = std::sscanf(kernel.release, "%d.%d", &major, &minor);
  Condition condition{"kernel", fields == 2 && (major > 5 || (major == 5 && minor >= 12)), true,
                      fmt::format("Linux {}", kernel.release), ""};
  if (!condition.ok) condition.remedy = "use Linux 5.12 or newer";
  return condition;
}

void add_cause(std::vector<Condition>& causes, bool present, std::string name, std::string detail,
               std::string remedy) {
  if (present) {
    causes.push_back({std::move(name), false, true, std::move(detail), std::move(remedy)});
  }
}

Condition watched_or_not(const char* name, const std::string& how, const char* strong,
                         const char* remedy) {
  Condition condition{name, how == strong, false, how, ""};
  if (!condition.ok) condition.remedy = remedy;
  return condition;
}

void add_limits(std::vector<Condition>& all, const Facts& facts) {
  constexpr const char* kGroupRemedy =
      "run as root, or under 'systemd-run --user --scope -p Delegate=yes', where control groups "
      "may be made";
  all.push_back(watched_or_not("memory limit", facts.memory_limit, "cgroup", kGroupRemedy));
  all.push_back(watched_or_not("process limit", facts.process_limit, "cgroup", kGroupRemedy));
  all.push_back({"disk limit", true, false, facts.disk_limit, ""});
  Condition landlock{"Landlock", facts.landlock, false, facts.landlock ? "in force" : "absent", ""};
  if (!landlock.ok) landlock.remedy = "boot with 'landlock' in the kernel's lsm= list";
  all.push_back(landlock);
}

}  // namespace

std::vector<Condition> usual_causes() {
  std::vector<Condition> causes;
  const Condition kernel = kernel_condition();
  add_cause(causes, !kernel.ok, kernel.name, kernel.detail, kernel.remedy);
  add_cause(causes, setting("/proc/sys/user/max_user_namespaces") == "0", "user namespaces",
            "user.max_user_namespaces is 0", "sysctl user.max_user_namespaces=10000");
  add_cause(causes, !is_root() && setting("/proc/sys/kernel/unprivileged_userns_clone") == "0",
            "user namespaces", "kernel.unprivileged_userns_clone is 0",
            "sysctl kernel.unprivileged_userns_clone=1");
  add_cause(causes,
            !is_root() && setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1",
            "AppArmor", "it restricts user namespaces to programs that have a profile",
            "give automod-sandbox an AppArmor profile with 'userns,', or sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0");
  add_cause(causes, is_root() && !has_capability(CAP_SYS_ADMIN), "nested container",
            "root without CAP_SYS_ADMIN", "run as an ordinary user, or give the container it");
  add_cause(causes, own_status("Seccomp:") == "2", "nested container",
            "a system call filter is in force around us",
            "start the container with --security-opt seccomp=unconfined --security-opt "
            "systempaths=unconfined");
  add_cause(causes, is_chroot(), "chroot", "the root folder is no mount",
            "enter it by 'systemd-nspawn', or by 'unshare --mount' and 'pivot_root'");
  return causes;
}

std::vector<Condition> examine() {
  std::vector<Condition> all;
  all.push_back(kernel_condition());
  const auto launcher = find_launcher();
  if (!launcher) {
    all.push_back({"launcher", false, true, launcher.error().message, launcher.error().hint});
    return all;
  }
  all.push_back({"launcher", true, true, launcher->string(), ""});
  auto runner = ContainerRunner::create(*launcher, GroupMaker::detect());
  const Result<void> passed = runner ? probe(**runner) : Result<void>(fail(runner.error()));
  if (passed) {
    all.push_back({"sandbox", true, true, "native: the probe could not get out", ""});
    add_limits(all, (*runner)->facts());
    return all;
  }
  all.push_back({"sandbox", false, true, passed.error().message, passed.error().hint});
  for (Condition& cause : usual_causes()) all.push_back(std::move(cause));
  return all;
}

}  // namespace automod::sandbox
