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
#include "sandbox/select.hpp"
#include "sandbox/settings.hpp"

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

/// The unified hierarchy is there, and controllers belong to the old ones all the same: nobody
/// can hand those to an ordinary user.
bool is_hybrid() {
  const std::string text = contents("/proc/self/cgroup");
  bool old = false;
  bool unified = false;
  for (const std::string_view line : split_lines(text)) {
    unified = unified || line.starts_with("0::");
    old = old || line.find(":memory:") != std::string_view::npos;
  }
  return old && unified;
}

void add_limits(std::vector<Condition>& all, const Facts& facts) {
  const char* const remedy =
      is_hybrid() && !is_root()
          ? "control groups are hybrid: run as root, or boot with "
            "'systemd.unified_cgroup_hierarchy=1'"
          : "run as root, or under 'systemd-run --user --scope -p Delegate=yes', where control "
            "groups may be made";
  all.push_back(watched_or_not("memory limit", facts.memory_limit, "cgroup", remedy));
  all.push_back(watched_or_not("process limit", facts.process_limit, "cgroup", remedy));
  all.push_back(watched_or_not("cpu limit", facts.cpu_limit, "cgroup", remedy));
  all.push_back({"disk limit", true, false, facts.disk_limit, ""});
  Condition landlock{"Landlock", facts.landlock, false, facts.landlock ? "in force" : "absent", ""};
  if (!landlock.ok) landlock.remedy = "boot with 'landlock' in the kernel's lsm= list";
  all.push_back(landlock);
}

/// Makes the runner and has it prove itself, whatever it has proven before.
Result<void> try_out(const Selection& selection, BackendState& state) {
  if (runs_images(selection.backend) && selection.image.empty()) {
    return fail(ErrorKind::kUsage, "not tried: it runs images, and none is named",
                "name one: automod sandbox backends --image IMAGE");
  }
  auto runner = make_runner(selection);
  if (!runner) return fail(std::move(runner.error()));
  state.facts = (*runner)->facts();
  return probe(**runner);
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

Selection narrowed(const Selection& wanted, const std::string& backend) {
  return {.backend = backend,
          .runtime = backend == "oci" ? wanted.runtime : "",
          .image = runs_images(backend) ? wanted.image : ""};
}

std::vector<BackendState> survey(const Selection& wanted) {
  std::vector<BackendState> all;
  for (const std::string& name : all_backends()) {
    BackendState state{name, std::nullopt, "", ""};
    const Selection selection = narrowed(wanted, name);
    if (const auto passed = try_out(selection, state); !passed) {
      state.facts.reset();
      state.problem = passed.error().message;
      state.remedy = passed.error().hint;
      if (state.remedy.empty()) state.remedy = "none is known; another backend may do";
    }
    all.push_back(std::move(state));
  }
  return all;
}

std::string chosen_of(const std::vector<BackendState>& all) {
  for (const BackendState& state : all) {
    if (state.facts && !runs_images(state.name)) return state.name;
  }
  return {};
}

std::vector<Condition> examine(const std::vector<BackendState>& all) {
  std::vector<Condition> conditions;
  conditions.push_back(kernel_condition());
  const auto launcher = find_launcher();
  if (!launcher) {
    conditions.push_back(
        {"launcher", false, true, launcher.error().message, launcher.error().hint});
    return conditions;
  }
  conditions.push_back({"launcher", true, true, launcher->string(), ""});
  const std::string chosen = chosen_of(all);
  for (const BackendState& state : all) {
    if (state.name != chosen) continue;
    conditions.push_back(
        {"sandbox", true, true, fmt::format("{}: the probe could not get out", chosen), ""});
    add_limits(conditions, *state.facts);
    return conditions;
  }
  conditions.push_back({"sandbox", false, true, "no backend works here", "see below"});
  if (!all.empty()) {
    conditions.back().detail = fmt::format("{}: {}", all[0].name, all[0].problem);
    conditions.back().remedy = all[0].remedy;
  }
  for (Condition& cause : usual_causes()) conditions.push_back(std::move(cause));
  return conditions;
}

}  // namespace automod::sandbox
