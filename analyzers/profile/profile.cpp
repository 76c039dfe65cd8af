#include "analyzers/profile/profile.hpp"

#include <fmt/format.h>

#include "analyzers/profile/costs.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostBytes = 512 * kMiB;
constexpr std::string_view kHint =
    "write one with 'perf script > FILE' or 'valgrind --tool=callgrind PROGRAM'";

std::string_view first_line(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

/// Its first line is a comment that says so, or one of the lines of its head.
bool is_callgrind(std::string_view text) {
  const std::string_view line = first_line(text);
  if (line == "# callgrind format") return true;
  for (const std::string_view key :
       {"version:", "creator:", "pid:", "cmd:", "part:", "positions:", "events:"}) {
    if (line.starts_with(key)) return true;
  }
  return false;
}

}  // namespace

Result<Profile> parse_profile(std::string_view text, std::string_view name) {
  const auto refuse = [&](std::string_view what, std::string_view hint) {
    return fail(ErrorKind::kUsage, fmt::format("{} {}", printable_line(name), what),
                std::string(hint));
  };
  if (first_line(text).empty()) return refuse("is empty, expected a profile", kHint);
  if (text.starts_with("PERFILE2") || text.starts_with("PERFFILE")) {
    return refuse("is what perf records, expected what it prints of that",
                  "perf script -i FILE > OTHER, and hand over OTHER");
  }
  auto profile = is_callgrind(text) ? parse_callgrind(text, name) : parse_perf_script(text, name);
  if (profile) return profile;
  if (profile.error().hint.empty()) profile.error().hint = kHint;
  return profile;
}

Result<Profile> read_profile(const std::filesystem::path& file) {
  const auto text = read_file(file, kMostBytes);
  if (!text) return fail(ErrorKind::kUsage, text.error().message, text.error().hint);
  return parse_profile(*text, file.string());
}

}  // namespace automod::analyzers
