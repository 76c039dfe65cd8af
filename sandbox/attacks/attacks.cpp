#include "sandbox/attacks/attacks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/attacks/case.hpp"
#include "sandbox/attacks/unconfined.hpp"
#include "sandbox/select.hpp"

namespace automod::sandbox::attacks {

namespace fs = std::filesystem;

namespace {

constexpr const char* kVariable = "AUTOMOD_ATTACK_SECRET";

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto group : {privilege_cases, file_cases, kernel_cases, process_cases, network_cases,
                           limit_cases, output_cases, host_cases, layer_cases}) {
    for (Case& one : group()) all.push_back(std::move(one));
  }
  return all;
}

bool is_wanted(const Attack& attack, const std::vector<std::string>& only) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& word) {
           return word == attack.name || word == attack.group;
         });
}

std::string random_text() {
  std::array<unsigned char, 12> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) < 0) return "canary";
  return "canary-" + sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// What no run may change on the machine, read before and after each attack.
struct Host {
  std::string name;
  std::string core_pattern;
  std::string launcher;
  double clock_offset = 0;

  static Host now(const fs::path& launcher) {
    Host host;
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    host.name = name.data();
    host.core_pattern = read_file("/proc/sys/kernel/core_pattern", 4096).value_or("");
    host.launcher = sha256(read_file(launcher, 64 * kMiB).value_or(""));
    timespec real{};
    timespec boot{};
    clock_gettime(CLOCK_REALTIME, &real);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    host.clock_offset = static_cast<double>(real.tv_sec - boot.tv_sec) +
                        static_cast<double>(real.tv_nsec - boot.tv_nsec) * 1e-9;
    return host;
  }

  /// What of it is not as it was; empty when all is.
  std::string changed_since(const Host& before) const {
    if (name != before.name) return "the host's name was changed";
    if (core_pattern != before.core_pattern) return "the host's core pattern was changed";
    if (launcher != before.launcher) return "the launcher was changed";
    constexpr double kDrift = 5;  // seconds: a clock may be corrected at any time
    if (std::abs(clock_offset - before.clock_offset) > kDrift) return "the clock was set";
    for (const char* folder : {"/usr", "/etc", "/dev", "/proc", ""}) {
      const fs::path path = fmt::format("{}/automod-was-here", folder);
      std::error_code code;
      if (fs::remove(path, code)) return path.string() + " was made on the host";
    }
    return {};
  }
};

/// Everything one attack needs, and its judgement.
class Suite {
 public:
  Suite(Runner& runner, fs::path program, fs::path launcher, const CancelToken& cancel)
      : runner_(runner),
        program_(std::move(program)),
        launcher_(std::move(launcher)),
        cancel_(cancel),
        secret_(random_text()) {
    setenv(kVariable, secret_.c_str(), 1);
  }
  ~Suite() { unsetenv(kVariable); }
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;

  Row make(const Case& one) {
    const auto began = std::chrono::steady_clock::now();
    Row row;
    row.attack = one.attack;
    row.control = control(one);
    Finding finding = skipped("a further layer, which only native has");
    if (!one.native_only || runner_.facts().backend == "native") finding = watched(one);
    row.verdict = finding.verdict;
    row.detail = printable_line(finding.detail);
    row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return row;
  }

 private:
  /// The attack itself, with an eye on the machine.
  Finding watched(const Case& one) {
    const Host before = Host::now(launcher_);
    auto scene = Scene::create(program_, secret_, false);
    if (!scene) return skipped(scene.error().message);
    Finding finding = perform(one, runner_, **scene);
    const std::string changed = Host::now(launcher_).changed_since(before);
    return changed.empty() ? finding : exposed(changed);
  }

  Control control(const Case& one) {
    if (one.ground == Ground::kNone) return Control::kNeedless;
    auto scene = Scene::create(program_, secret_, true);
    if (!scene) return Control::kRefused;
    // Goes first, and with it whatever still writes to the scene.
    Unconfined nothing(program_, one.ground == Ground::kPlain, one.soft);
    const Finding finding = perform(one, nothing, **scene);
    return finding.verdict == Verdict::kExposed ? Control::kWorked : Control::kRefused;
  }

  Finding perform(const Case& one, Runner& runner, Scene& scene) {
    scene.command.argv = {"./attack"};
    if (one.arrange) one.arrange(scene);
    for (const std::string& argument : one.arguments) {
      scene.command.argv.push_back(scene.filled(argument));
    }
    const Judge judge = one.judge != nullptr ? one.judge : what_it_says;
    Finding finding;
    if (one.perform) {
      finding = one.perform(scene, runner, cancel_);
      const std::string harm = scene.harm(nullptr);
      if (!harm.empty()) finding = exposed(harm);
    } else if (auto execution = run_once(scene, runner, cancel_); !execution) {
      finding = skipped(execution.error().message);
    } else {
      finding = judge(scene, *execution);
      const std::string harm = scene.harm(&*execution);
      if (!harm.empty()) finding = exposed(harm);
    }
    if (!scene.control && !all_gone(scene.marker + "-left"))
      return exposed("a process is still alive");
    return finding;
  }

  Runner& runner_;
  fs::path program_;
  fs::path launcher_;
  const CancelToken& cancel_;
  std::string secret_;
};

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kContained:
      return "contained";
    case Verdict::kExposed:
      return "exposed";
    case Verdict::kSkipped:
      return "skipped";
  }
  return "skipped";
}

std::string_view name(Control control) {
  switch (control) {
    case Control::kWorked:
      return "worked";
    case Control::kRefused:
      return "refused";
    case Control::kNeedless:
      return "needless";
  }
  return "refused";
}

std::vector<Attack> all() {
  std::vector<Attack> attacks;
  for (Case& one : all_cases()) attacks.push_back(std::move(one.attack));
  return attacks;
}

std::size_t Report::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const Row& row) { return row.verdict == verdict; }));
}

Result<Report> run(Runner& runner, const std::vector<std::string>& only,
                   const std::function<void(const Row&)>& each, const CancelToken& cancel) {
  auto launcher = find_launcher();
  if (!launcher) return fail(launcher.error());
  const fs::path program = launcher->parent_path() / "automod-attack";
  if (access(program.c_str(), X_OK) != 0) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("no automod-attack beside {}", launcher->string()),
                "install automod as a whole: it belongs in libexec/automod");
  }
  Report report;
  report.facts = runner.facts();
  report.as_root = geteuid() == 0;
  auto tools = TempDir::create(fs::temp_directory_path(), "automod-attack-");
  if (!tools) return fail(tools.error());
  std::error_code code;
  fs::permissions(tools->path(), fs::perms(0755), code);
  fs::copy_file(program, tools->path() / "attack", code);
  if (code) return fail_errno("bringing the attacker", code.value());
  Suite suite(runner, tools->path() / "attack", *launcher, cancel);
  for (const Case& one : all_cases()) {
    if (!is_wanted(one.attack, only)) continue;
    if (cancel.requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    report.rows.push_back(suite.make(one));
    if (each) each(report.rows.back());
  }
  return report;
}

}  // namespace automod::sandbox::attacks
