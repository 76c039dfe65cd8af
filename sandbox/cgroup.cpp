#include "sandbox/cgroup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "automod-";

/// Files of /proc and /sys: small, and their size is not known before.
std::string read_small(const fs::path& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[8192];
  for (ssize_t got; file && (got = read(file.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

bool write_small(const fs::path& path, std::string_view text) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

Result<void> set(const fs::path& path, std::uint64_t value) {
  if (write_small(path, std::to_string(value))) return {};
  return fail_errno(fmt::format("setting {}", path.string()), errno);
}

/// The number behind `key` in lines such as "key 12".
std::uint64_t field(std::string_view text, std::string_view key) {
  for (const std::string_view line : split_lines(text)) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') continue;
    std::uint64_t value = 0;
    std::from_chars(line.data() + key.size() + 1, line.data() + line.size(), value);
    return value;
  }
  return 0;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool lists(std::string_view words, std::string_view word, char separator) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(separator), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

/// Our own group's path in a hierarchy: v1 by controller, v2 by the empty name.
std::string own_path(std::string_view controller) {
  const std::string text = read_small("/proc/self/cgroup");
  for (const std::string_view line : split_lines(text)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view names = line.substr(first + 1, second - first - 1);
    const bool found = controller.empty() ? names.empty() : lists(names, controller, ',');
    if (found) return std::string(line.substr(second + 1));
  }
  return {};
}

struct Mounted {
  fs::path mount_point;
  fs::path own;  // the folder of our own group
};

/// Where a hierarchy is mounted: `controller` of v1, or v2 when it is empty.
std::optional<Mounted> find_hierarchy(std::string_view controller) {
  const std::string text = read_small("/proc/self/mountinfo");
  for (const std::string_view line : split_lines(text)) {
    const std::vector<std::string> words = words_of(line);
    std::size_t dash = 6;
    while (dash < words.size() && words[dash] != "-") ++dash;
    if (dash + 3 >= words.size() + (controller.empty() ? 1 : 0)) continue;
    const bool found = controller.empty()
                           ? words[dash + 1] == "cgroup2"
                           : words[dash + 1] == "cgroup" && lists(words[dash + 3], controller, ',');
    if (!found) continue;
    std::string path = own_path(controller);
    if (words[3] != "/" && path.starts_with(words[3])) path.erase(0, words[3].size());
    const fs::path point(words[4]);
    return Mounted{point, point / fs::path(path).relative_path()};
  }
  return std::nullopt;
}

bool may_make_groups(const fs::path& folder) {
  const fs::path attempt = folder / fmt::format("{}{}-try", kPrefix, getpid());
  if (mkdir(attempt.c_str(), 0755) != 0) return false;
  return rmdir(attempt.c_str()) == 0;
}

/// v1: beside us, below our own limits.
fs::path find_v1(std::string_view controller) {
  const auto mounted = find_hierarchy(controller);
  if (mounted && may_make_groups(mounted->own)) return mounted->own;
  return {};
}

bool hands_down(const fs::path& folder) {
  const auto enabled = [&] {
    const std::string list = read_small(folder / "cgroup.subtree_control");
    const std::string_view words = std::string_view(list).substr(0, list.find('\n'));
    return lists(words, "memory", ' ') && lists(words, "pids", ' ');
  };
  if (enabled()) return true;
  write_small(folder / "cgroup.subtree_control", "+memory +pids");
  return enabled();
}

/// v2: the nearest group above us that is ours to divide and holds no process itself.
fs::path find_v2() {
  const auto mounted = find_hierarchy("");
  if (!mounted) return {};
  for (fs::path folder = mounted->own;; folder = folder.parent_path()) {
    if (access(folder.c_str(), W_OK) == 0 && hands_down(folder) && may_make_groups(folder)) {
      return folder;
    }
    if (folder == mounted->mount_point || folder == folder.root_path()) return {};
  }
}

/// Groups are named after the process that made them; those of the dead are removed.
void sweep(const fs::path& base) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(base, code)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    pid_t owner = 0;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), owner);
    if (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH) rmdir(entry.path().c_str());
  }
}

/// The kernel lets go of a group a moment after its last process was reaped.
void remove_group(const fs::path& folder) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (rmdir(folder.c_str()) == 0 || errno != EBUSY) return;
    usleep(1000);
  }
}

}  // namespace

Group::Group(Group&& other) noexcept { *this = std::move(other); }

Group& Group::operator=(Group&& other) noexcept {
  folders_.swap(other.folders_);
  entrances_.swap(other.entrances_);
  memory_.swap(other.memory_);
  cpu_.swap(other.cpu_);
  std::swap(is_v2_, other.is_v2_);
  return *this;
}

Group::~Group() {
  entrances_.clear();
  for (const fs::path& folder : folders_) remove_group(folder);
}

std::uint64_t Group::memory_in_use() const {
  const std::string text = read_small(memory_ / "memory.stat");
  if (is_v2_) return field(text, "anon") + field(text, "shmem");
  return field(text, "total_rss") + field(text, "total_shmem") + field(text, "total_swap");
}

bool Group::memory_exceeded() const {
  const char* file = is_v2_ ? "memory.events" : "memory.oom_control";
  return field(read_small(memory_ / file), "oom_kill") > 0;
}

std::chrono::nanoseconds Group::cpu_used() const {
  if (is_v2_) {
    return std::chrono::microseconds(field(read_small(cpu_ / "cpu.stat"), "usage_usec"));
  }
  return std::chrono::nanoseconds(number(read_small(cpu_ / "cpuacct.usage")));
}

GroupMaker GroupMaker::detect() {
  GroupMaker maker;
  maker.memory_base_ = find_v1("memory");
  maker.processes_base_ = find_v1("pids");
  maker.cpu_base_ = find_v1("cpu");
  maker.cpu_count_base_ = find_v1("cpuacct");
  if (!maker.limits_memory()) {
    maker.memory_base_ = find_v2();
    if (maker.limits_memory()) {
      maker.is_v2_ = true;
      maker.processes_base_ = maker.memory_base_;
      const bool divides_cpu = write_small(maker.memory_base_ / "cgroup.subtree_control", "+cpu");
      maker.cpu_base_ = divides_cpu ? maker.memory_base_ : fs::path();
      maker.cpu_count_base_ = maker.cpu_base_;
    }
  }
  for (const fs::path& base :
       {maker.memory_base_, maker.processes_base_, maker.cpu_base_, maker.cpu_count_base_}) {
    if (!base.empty()) sweep(base);
  }
  return maker;
}

Result<Group> GroupMaker::make(Limits limits, std::uint32_t own_processes) const {
  limits.processes += own_processes;
  static std::atomic<unsigned> counter{0};
  const std::string name = fmt::format("{}{}-{}", kPrefix, getpid(), counter++);
  Group group;
  group.is_v2_ = is_v2_;
  const auto made = is_v2_ ? make_v2(limits, name, group) : make_v1(limits, name, group);
  if (!made) return fail(made.error());
  if (auto ok = limit_cpu(limits, name, group); !ok) return fail(ok.error());
  return group;
}

/// A control group's folder to be entered by writing to its `tasks`.
Result<void> add_v1(const fs::path& folder, std::vector<fs::path>& folders,
                    std::vector<Fd>& entrances) {
  if (mkdir(folder.c_str(), 0755) != 0) return fail_errno("making a control group", errno);
  folders.push_back(folder);
  entrances.emplace_back(open((folder / "tasks").c_str(), O_WRONLY | O_CLOEXEC));
  if (!entrances.back()) return fail_errno("entering a control group", errno);
  return {};
}

/// Groups for cpu time are made only for those who limit it.
Result<void> GroupMaker::limit_cpu(const Limits& limits, const std::string& name,
                                   Group& group) const {
  constexpr std::uint64_t kPeriod = 100'000;  // microseconds
  if (!limits_cpu()) return {};
  const std::uint64_t quota = kPeriod * limits.cpu_percent / 100;
  if (is_v2_) {
    group.cpu_ = cpu_base_ / name;
    if (limits.cpu_percent == 0) return {};
    if (write_small(group.cpu_ / "cpu.max", fmt::format("{} {}", quota, kPeriod))) return {};
    return fail_errno("limiting cpu time", errno);
  }
  if (limits.cpu.count() > 0 && !cpu_count_base_.empty()) {
    group.cpu_ = cpu_count_base_ / name;
    if (auto ok = add_v1(group.cpu_, group.folders_, group.entrances_); !ok) return ok;
  }
  if (limits.cpu_percent == 0) return {};
  const fs::path folder = cpu_base_ / name;
  if (folder != group.cpu_) {
    if (auto ok = add_v1(folder, group.folders_, group.entrances_); !ok) return ok;
  }
  return set(folder / "cpu.cfs_quota_us", quota);
}

Result<void> GroupMaker::make_v1(const Limits& limits, const std::string& name,
                                 Group& group) const {
  for (const fs::path& base : {memory_base_, processes_base_}) {
    if (base.empty()) continue;
    if (auto ok = add_v1(base / name, group.folders_, group.entrances_); !ok) return ok;
  }
  if (limits_memory()) {
    group.memory_ = memory_base_ / name;
    if (auto ok = set(group.memory_ / "memory.limit_in_bytes", limits.memory_bytes); !ok) {
      return ok;
    }
    // Where swap is not accounted the file is missing, and swapping is turned off instead.
    if (!set(group.memory_ / "memory.memsw.limit_in_bytes", limits.memory_bytes)) {
      if (auto ok = set(group.memory_ / "memory.swappiness", 0); !ok) return ok;
    }
  }
  if (!limits_processes()) return {};
  return set(processes_base_ / name / "pids.max", limits.processes);
}

Result<void> GroupMaker::make_v2(const Limits& limits, const std::string& name,
                                 Group& group) const {
  group.memory_ = memory_base_ / name;
  if (mkdir(group.memory_.c_str(), 0755) != 0) return fail_errno("making a control group", errno);
  group.folders_.push_back(group.memory_);
  group.entrances_.emplace_back(open(group.memory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!group.entrances_.back()) return fail_errno("entering a control group", errno);
  if (auto ok = set(group.memory_ / "memory.max", limits.memory_bytes); !ok) return ok;
  const fs::path swap = group.memory_ / "memory.swap.max";  // missing where there is no swap
  if (access(swap.c_str(), F_OK) == 0) {
    if (auto ok = set(swap, 0); !ok) return ok;
  }
  if (auto ok = set(group.memory_ / "memory.oom.group", 1); !ok) return ok;
  return set(group.memory_ / "pids.max", limits.processes);
}

}  // namespace automod::sandbox
