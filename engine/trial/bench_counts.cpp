#include "engine/trial/bench_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.hpp"
#include "engine/trial/bench_figures.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kLargestProgram = 256ull << 20;
/// Callgrind is this much slower than the program itself, or more.
constexpr std::int64_t kSlower = 20;
constexpr int kPerfRounds = 6;
constexpr int kCallgrindRounds = 2;

std::string in_quotes(std::string_view command) {
  std::string text = "'";
  for (const char c : command) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// What the program prints goes nowhere; the counts are what is printed.
std::string counting(InstructionCount way, const std::string& command) {
  const std::string run = "/bin/sh -c " + in_quotes(command) + " >/dev/null 2>&1";
  if (way == InstructionCount::kPerf) {
    return "perf stat -x, -e instructions:u -o /tmp/automod-counts -- " + run +
           "; cat /tmp/automod-counts";
  }
  return "valgrind --tool=callgrind --trace-children=yes --callgrind-out-file=/dev/null "
         "--log-file=/tmp/automod-counts.%p " +
         run + "; cat /tmp/automod-counts.*";
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number == 0) return std::nullopt;
  return number;
}

Result<std::optional<std::uint64_t>> count_once(const Side& side, const Benchmark& benchmark) {
  const auto& config = side.site().config;
  const bool is_slow = benchmark.instructions == InstructionCount::kCallgrind;
  auto record = run_command(side.site(), ExecutionType::kBenchmark,
                            counting(benchmark.instructions, figures_command(benchmark)),
                            config.benchmark_seconds * (is_slow ? kSlower : 1));
  if (!record) return fail(record.error());
  if (!record->execution.ok()) return std::optional<std::uint64_t>();
  return count_in(benchmark.instructions, record->execution.out);
}

Result<void> add_instructions(const Side& base, const Side& candidate, const Benchmark& benchmark,
                              MeasuredBenchmark& into) {
  const bool is_perf = benchmark.instructions == InstructionCount::kPerf;
  Series series = {.metric = "instructions", .unit = "instructions"};
  for (int i = 0; i < (is_perf ? kPerfRounds : kCallgrindRounds); ++i) {
    tell(base.site().world, fmt::format("benchmark {}: counting instructions", benchmark.name));
    const auto before = count_once(base, benchmark);
    if (!before) return fail(before.error());
    const auto now = *before ? count_once(candidate, benchmark) : *before;
    if (!now) return fail(now.error());
    if (!*before || !*now) {
      into.left_out.push_back({.stage = "instructions",
                               .why = fmt::format("{}: {} cannot count instructions here",
                                                  benchmark.name, is_perf ? "perf" : "callgrind")});
      return {};
    }
    series.base.push_back(static_cast<double>(**before));
    series.candidate.push_back(static_cast<double>(**now));
  }
  into.evidence.series.push_back(std::move(series));
  return {};
}

}  // namespace

std::optional<std::uint64_t> count_in(InstructionCount way, std::string_view text) {
  constexpr std::string_view kCollected = "Collected :";
  std::uint64_t sum = 0;
  for (const auto line : split_lines(text)) {
    std::optional<std::uint64_t> number;
    if (way == InstructionCount::kPerf) {
      if (line.find(",instructions") != std::string_view::npos) number = number_in(line);
    } else if (const auto at = line.find(kCollected); at != std::string_view::npos) {
      number = number_in(line.substr(at + kCollected.size()));
    }
    if (number) sum += *number;
  }
  if (sum == 0) return std::nullopt;
  return sum;
}

std::optional<double> binary_size(const Side& side, const Benchmark& benchmark) {
  const auto& site = side.site();
  const std::string command = expand(benchmark.command, site.config, site.world.jobs);
  const std::string folder = site.config.build_dir + "/";
  std::set<std::string> names;
  for (std::size_t at = 0; at < command.size();) {
    const std::size_t end = std::min(command.find_first_of(" \t\n;|&<>()'\"", at), command.size());
    std::string name = command.substr(at, end - at);
    if (name.starts_with("./")) name.erase(0, 2);
    if (name.starts_with(folder) && name.find("..") == std::string::npos) names.insert(name);
    at = end + 1;
  }
  std::optional<double> bytes;
  for (const auto& name : names) {
    const auto content = side.read(name, kLargestProgram);
    if (!content || !content->starts_with("\x7f"
                                          "ELF"))
      continue;
    bytes = bytes.value_or(0) + static_cast<double>(content->size());
  }
  return bytes;
}

Result<void> add_counts(const Side& base, const Side& candidate, const Benchmark& benchmark,
                        MeasuredBenchmark& into) {
  const auto before = binary_size(base, benchmark);
  const auto now = binary_size(candidate, benchmark);
  if (before && now) {
    into.evidence.series.push_back({.metric = "binary_size",
                                    .unit = "bytes",
                                    .direction = Direction::kLower,
                                    .base = {*before},
                                    .candidate = {*now},
                                    .again = {}});
  }
  if (benchmark.instructions == InstructionCount::kOff) return {};
  return add_instructions(base, candidate, benchmark, into);
}

}  // namespace automod::trial
