// Times and counts sandboxed runs for tests/bench/sandbox.py, and prints one line of JSON.
//
//   startup ROUNDS          `true`: bare, in each backend, and in a bubblewrap hardened by hand
//   overlay ROUNDS FOLDER   `true` over an overlay of an empty folder and of FOLDER, in turn
//   compare ROUNDS FOLDER COMMAND   a shell command at FOLDER, outside and inside, in turn
//   burst COUNT             so many sandboxes at once
//   series COUNT            so many, one after the other; what is left of them

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "sandbox/filter.hpp"
#include "sandbox/select.hpp"

namespace {

namespace fs = std::filesystem;
using automod::CancelToken;
using automod::TempDir;
using Clock = std::chrono::steady_clock;
namespace sandbox = automod::sandbox;

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "sandbox_runs: {}\n", why);
  std::exit(1);
}

/// One thing to be timed, and its times in milliseconds.
struct Way {
  std::string name;
  std::function<bool()> run;
  std::vector<double> times;
};

double time_of(const std::function<bool()>& run, const std::string& name) {
  const auto began = Clock::now();
  if (!run()) give_up(name + " failed");
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

/// In turn, so that what else the machine does hits all alike; the first round warms up.
void time_all(std::vector<Way>& ways, int rounds) {
  for (int round = 0; round <= rounds; ++round) {
    for (Way& way : ways) {
      const double time = time_of(way.run, way.name);
      if (round > 0) way.times.push_back(time);
    }
  }
}

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const std::size_t middle = times.size() / 2;
  return times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}

/// Of the first way's time, round by round: what both met in that round cancels out.
double paired_ratio(const Way& way, const Way& base) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < way.times.size(); ++i) {
    ratios.push_back(way.times[i] / base.times[i]);
  }
  return median(ratios);
}

void print_times(const std::vector<Way>& ways) {
  std::string text = "{";
  for (const Way& way : ways) {
    text += fmt::format(
        "{}\"{}\": {{\"median_ms\": {:.3f}, \"least_ms\": {:.3f}, \"ratio\": {:.3f}}}",
        text.size() > 1 ? ", " : "", way.name, median(way.times),
        *std::min_element(way.times.begin(), way.times.end()), paired_ratio(way, ways.front()));
  }
  fmt::print("{}}}\n", text);
}

int number_of(const char* text) {
  const int number = std::atoi(text);
  if (number <= 0) give_up(fmt::format("'{}' is no number above 0", text));
  return number;
}

/// Runs a program outside; `before` is called between fork and exec.
bool run_bare(std::vector<std::string> argv, const std::function<bool()>& before = {}) {
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    const int null_device = open("/dev/null", O_RDWR);
    dup2(null_device, 0);
    dup2(null_device, 1);
    if (before && !before()) _exit(126);
    execv(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

/// bubblewrap as somebody who knows all its switches would call it, with our filter: what Landlock
/// and control groups add has no switch.
class HandmadeBubblewrap {
 public:
  explicit HandmadeBubblewrap(fs::path work) : work_(std::move(work)) {
    const auto filter = sandbox::build_filter({});
    if (!filter) give_up(filter.error().message);
    filter_ = memfd_create("filter", 0);
    const std::size_t size = filter->size() * sizeof(sock_filter);
    if (write(filter_, filter->data(), size) != static_cast<ssize_t>(size)) give_up("no filter");
    if (geteuid() == 0 && chown(work_.c_str(), kUser, kUser) != 0) give_up("no work folder");
  }

  bool run() const {
    lseek(filter_, 0, SEEK_SET);
    const auto prepare = [] {
      const rlimit files{4096, 4096};
      const rlimit none{0, 0};
      const rlimit size{1u << 30, 1u << 30};
      setrlimit(RLIMIT_NOFILE, &files);
      setrlimit(RLIMIT_CORE, &none);
      setrlimit(RLIMIT_FSIZE, &size);
      clearenv();
      if (geteuid() != 0) return true;
      return setgroups(0, nullptr) == 0 && setresgid(kUser, kUser, kUser) == 0 &&
             setresuid(kUser, kUser, kUser) == 0;
    };
    return run_bare(argv(), prepare);
  }

 private:
  static constexpr unsigned kUser = 1879048111;

  std::vector<std::string> argv() const {
    std::vector<std::string> words = {"/usr/bin/bwrap",
                                      "--unshare-all",
                                      "--unshare-user",
                                      "--disable-userns",
                                      "--uid",
                                      "1000",
                                      "--gid",
                                      "1000",
                                      "--hostname",
                                      "automod",
                                      "--die-with-parent",
                                      "--new-session",
                                      "--cap-drop",
                                      "ALL",
                                      "--clearenv",
                                      "--setenv",
                                      "PATH",
                                      "/usr/bin:/bin",
                                      "--setenv",
                                      "HOME",
                                      "/tmp",
                                      "--ro-bind",
                                      "/usr",
                                      "/usr",
                                      "--ro-bind",
                                      "/etc/alternatives",
                                      "/etc/alternatives",
                                      "--ro-bind",
                                      "/etc/ld.so.cache",
                                      "/etc/ld.so.cache",
                                      "--proc",
                                      "/proc",
                                      "--dev",
                                      "/dev",
                                      "--size",
                                      "536870912",
                                      "--tmpfs",
                                      "/tmp",
                                      "--size",
                                      "67108864",
                                      "--tmpfs",
                                      "/dev/shm",
                                      "--bind",
                                      work_.string(),
                                      "/tree",
                                      "--chdir",
                                      "/tree"};
    for (const char* link : {"bin", "sbin", "lib", "lib64"}) {
      words.insert(words.end(),
                   {"--symlink", fmt::format("usr/{}", link), fmt::format("/{}", link)});
    }
    for (const char* fact : {"cmdline", "kallsyms", "keys", "key-users", "timer_list", "kcore",
                             "config.gz", "sysrq-trigger"}) {
      const std::string path = fmt::format("/proc/{}", fact);
      if (fs::exists(path)) words.insert(words.end(), {"--ro-bind", "/dev/null", path});
    }
    for (const char* folder : {"/proc/sys", "/proc/scsi", "/proc/acpi", "/proc/irq", "/proc/bus"}) {
      if (fs::exists(folder)) words.insert(words.end(), {"--size", "4096", "--tmpfs", folder});
    }
    words.insert(words.end(),
                 {"--remount-ro", "/", "--seccomp", std::to_string(filter_), "/usr/bin/true"});
    return words;
  }

  fs::path work_;
  int filter_ = -1;
};

TempDir new_folder() {
  auto folder = TempDir::create("/tmp", "automod-bench-");
  if (!folder) give_up(folder.error().message);
  return std::move(*folder);
}

std::unique_ptr<sandbox::ContainerRunner> runner_of(const sandbox::Selection& selection) {
  auto runner = sandbox::make_runner(selection);
  if (runner) return std::move(*runner);
  fmt::print(stderr, "{}: {}\n", selection.backend, runner.error().message);
  return nullptr;
}

bool succeeds(sandbox::Runner& runner, const sandbox::Policy& policy,
              const std::vector<std::string>& argv) {
  const auto execution = runner.run(policy, {.argv = argv}, CancelToken());
  if (!execution) fmt::print(stderr, "{}\n", execution.error().message);
  if (execution && !execution->ok()) fmt::print(stderr, "{}{}\n", execution->out, execution->err);
  return execution && execution->ok();
}

void startup(int rounds) {
  const TempDir work = new_folder();
  const TempDir other = new_folder();
  sandbox::Policy policy;
  policy.work = work.path();
  std::vector<Way> ways;
  ways.push_back({"bare", [] { return run_bare({"/usr/bin/true"}); }, {}});
  const HandmadeBubblewrap bubblewrap(other.path());
  if (access("/usr/bin/bwrap", X_OK) == 0) {
    ways.push_back({"bubblewrap_by_hand", [&] { return bubblewrap.run(); }, {}});
  }
  std::vector<sandbox::Selection> selections = {
      {"native", "", ""}, {"bwrap", "", ""}, {"oci", "runc", ""}};
  if (const char* image = std::getenv("AUTOMOD_BENCH_IMAGE")) {
    selections.push_back({"podman", "", image});
  }
  std::vector<std::unique_ptr<sandbox::ContainerRunner>> runners;
  for (const sandbox::Selection& selection : selections) {
    runners.push_back(runner_of(selection));
    if (!runners.back() || !succeeds(*runners.back(), policy, {"/usr/bin/true"})) continue;
    sandbox::ContainerRunner* runner = runners.back().get();
    ways.push_back({selection.backend,
                    [runner, &policy] { return succeeds(*runner, policy, {"/usr/bin/true"}); },
                    {}});
  }
  time_all(ways, rounds);
  print_times(ways);
}

void overlay(int rounds, const fs::path& folder) {
  const TempDir empty = new_folder();
  const auto native = runner_of({"native", "", ""});
  const auto over = [&](const fs::path& work) {
    sandbox::Policy policy;
    policy.work = work;
    policy.mount = sandbox::Mount::kOverlay;
    return succeeds(*native, policy, {"/usr/bin/true"});
  };
  std::vector<Way> ways;
  ways.push_back({"empty", [&] { return over(empty.path()); }, {}});
  ways.push_back({"full", [&] { return over(folder); }, {}});
  time_all(ways, rounds);
  print_times(ways);
}

void compare(int rounds, const fs::path& folder, const std::string& command) {
  const auto native = runner_of({"native", "", ""});
  sandbox::Policy policy;
  policy.work = folder;
  std::vector<Way> ways;
  ways.push_back({"outside",
                  [&] {
                    return run_bare({"/bin/sh", "-c", command}, [&] {
                      setenv("PATH", "/usr/bin:/bin", 1);
                      return chdir(folder.c_str()) == 0;
                    });
                  },
                  {}});
  ways.push_back(
      {"inside", [&] { return succeeds(*native, policy, {"/bin/sh", "-c", command}); }, {}});
  time_all(ways, rounds);
  print_times(ways);
}

void burst(int count) {
  const auto native = runner_of({"native", "", ""});
  std::vector<TempDir> folders;
  for (int i = 0; i < count; ++i) folders.push_back(new_folder());
  std::atomic<int> finished{0};
  std::vector<std::thread> threads;
  const auto began = Clock::now();
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      sandbox::Policy policy;
      policy.work = folders[static_cast<std::size_t>(i)].path();
      if (succeeds(*native, policy, {"/bin/sh", "-c", "sleep 1; echo x > made"})) ++finished;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  fmt::print("{{\"started\": {}, \"finished\": {}, \"seconds\": {:.2f}}}\n", count, finished.load(),
             seconds);
}

std::ptrdiff_t entries(const fs::path& folder) {
  std::error_code code;
  return std::distance(fs::directory_iterator(folder, code), fs::directory_iterator());
}

/// What a run could leave behind on this machine.
struct Left {
  std::ptrdiff_t descriptors = 0;
  std::ptrdiff_t children = 0;
  std::ptrdiff_t launchers = 0;
  std::ptrdiff_t groups = 0;
  std::ptrdiff_t mounts = 0;
  std::ptrdiff_t files = 0;
  long memory_kb = 0;
};

std::ptrdiff_t count_lines(const char* file, const char* with) {
  std::ifstream lines(file);
  std::ptrdiff_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.find(with) != std::string::npos;
  return count;
}

std::ptrdiff_t count_launchers() {
  std::ptrdiff_t count = 0;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    count += count_lines((entry.path() / "comm").c_str(), "automod-sandbox");
  }
  return count;
}

std::ptrdiff_t count_groups() {
  std::ptrdiff_t count = 0;
  std::error_code code;
  const std::string mine = fmt::format("automod-{}-", getpid());
  for (const auto& entry : fs::recursive_directory_iterator("/sys/fs/cgroup", code)) {
    count += entry.path().filename().string().starts_with(mine);
  }
  return count;
}

Left look() {
  std::ifstream status("/proc/self/statm");
  long total = 0;
  long resident = 0;
  status >> total >> resident;
  return {entries("/proc/self/fd"),
          waitpid(-1, nullptr, WNOHANG) == -1 ? 0 : 1,
          count_launchers(),
          count_groups(),
          count_lines("/proc/self/mountinfo", ""),
          entries("/tmp"),
          resident * 4};
}

void series(int count) {
  const auto native = runner_of({"native", "", ""});
  const TempDir work = new_folder();
  sandbox::Policy policy;
  policy.work = work.path();
  const auto run = [&](int times) {
    for (int i = 0; i < times; ++i) {
      if (!succeeds(*native, policy, {"/usr/bin/true"})) give_up("a run failed");
    }
  };
  run(count / 10);
  const Left before = look();
  const auto began = Clock::now();
  run(count - count / 10);
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const Left after = look();
  fmt::print(
      "{{\"runs\": {}, \"seconds\": {:.1f}, \"descriptors\": {}, \"children\": {}, \"launchers\": "
      "{}, "
      "\"groups\": {}, \"mounts\": {}, \"files\": {}, \"memory_kb\": {}}}\n",
      count, seconds, after.descriptors - before.descriptors, after.children - before.children,
      after.launchers - before.launchers, after.groups - before.groups,
      after.mounts - before.mounts, after.files - before.files, after.memory_kb - before.memory_kb);
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string what = argc > 2 ? argv[1] : "";
  const int number = argc > 2 ? number_of(argv[2]) : 0;
  if (what == "startup") {
    startup(number);
  } else if (what == "overlay" && argc == 4) {
    overlay(number, argv[3]);
  } else if (what == "compare" && argc == 5) {
    compare(number, argv[3], argv[4]);
  } else if (what == "burst") {
    burst(number);
  } else if (what == "series") {
    series(number);
  } else {
    give_up("startup N | overlay N FOLDER | compare N FOLDER COMMAND | burst N | series N");
  }
  return 0;
}
