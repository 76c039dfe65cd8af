#include "sandbox/tree_usage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace automod::sandbox {

namespace {

std::string read_proc(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  for (ssize_t got; file && (got = read(file.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

/// Sum of the lines that begin with one of `keys`, which /proc gives in kB.
template <std::size_t N>
std::uint64_t sum_of(std::string_view text, const std::string_view (&keys)[N]) {
  std::uint64_t sum = 0;
  for (const std::string_view line : split_lines(text)) {
    for (const std::string_view key : keys) {
      if (!line.starts_with(key)) continue;
      const std::size_t digits = line.find_first_of("0123456789", key.size());
      std::uint64_t value = 0;
      if (digits == std::string_view::npos) continue;
      std::from_chars(line.data() + digits, line.data() + line.size(), value);
      sum += value * 1024;
    }
  }
  return sum;
}

void add_children(pid_t pid, std::vector<pid_t>& found) {
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(tasks.c_str()), closedir);
  if (!dir) return;
  while (const dirent* entry = readdir(dir.get())) {
    if (entry->d_name[0] == '.') continue;
    const std::string text = read_proc(fmt::format("{}/{}/children", tasks, entry->d_name));
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) {
      pid_t child = 0;
      const auto [next, error] = std::from_chars(at, end, child);
      if (error == std::errc{}) found.push_back(child);
      at = error == std::errc{} ? next : at + 1;
    }
  }
}

}  // namespace

std::vector<pid_t> tree_of(pid_t root) {
  std::vector<pid_t> tree{root};
  // More than any process limit allows can only be reused numbers seen twice.
  constexpr std::size_t kMost = 100'000;
  for (std::size_t i = 0; i < tree.size() && tree.size() < kMost; ++i) {
    add_children(tree[i], tree);
  }
  return tree;
}

std::uint64_t tree_memory(pid_t root, std::uint64_t limit) {
  constexpr std::string_view kPlain[] = {"RssAnon:", "RssShmem:", "VmSwap:"};
  constexpr std::string_view kShared[] = {"Pss_Anon:", "Pss_Shmem:", "SwapPss:"};
  const std::vector<pid_t> tree = tree_of(root);
  std::uint64_t sum = 0;
  for (const pid_t pid : tree)
    sum += sum_of(read_proc(fmt::format("/proc/{}/status", pid)), kPlain);
  if (sum <= limit) return sum;
  std::uint64_t exact = 0;
  for (const pid_t pid : tree) {
    const std::string text = read_proc(fmt::format("/proc/{}/smaps_rollup", pid));
    exact += text.empty() ? sum_of(read_proc(fmt::format("/proc/{}/status", pid)), kPlain)
                          : sum_of(text, kShared);
  }
  return exact;
}

std::chrono::milliseconds tree_cpu(pid_t root) {
  // Behind the name, which ends at the last parenthesis: state, nine numbers, then the times of
  // itself and of its children, each in user and in kernel mode.
  std::uint64_t ticks = 0;
  for (const pid_t pid : tree_of(root)) {
    const std::string text = read_proc(fmt::format("/proc/{}/stat", pid));
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) continue;
    unsigned long times[4] = {};
    if (std::sscanf(text.c_str() + name_end + 1,
                    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &times[0],
                    &times[1], &times[2], &times[3]) == 4) {
      for (const unsigned long time : times) ticks += time;
    }
  }
  const long per_second = sysconf(_SC_CLK_TCK);
  return std::chrono::milliseconds(ticks * 1000 / static_cast<std::uint64_t>(per_second));
}

}  // namespace automod::sandbox
