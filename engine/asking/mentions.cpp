#include "engine/asking/mentions.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.hpp"

namespace automod::asking {

namespace {

constexpr std::size_t kBefore = 2;     // lines that lead to what is mentioned
constexpr std::size_t kAfter = 14;     // lines that say more about it
constexpr std::size_t kLongest = 400;  // bytes of one line
constexpr std::string_view kGap = "[…]\n";

bool speaks_of_an_error(std::string_view line) {
  static const RE2 kPattern(
      R"((?i)\b(error|failed|failure|fatal|panic(ked)?|exception|traceback|assert(ion)?|undefined|sanitizer|segmentation|aborted)\b)");
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kPattern);
}

bool speaks_of(std::string_view line, const std::vector<std::string>& names) {
  if (names.empty()) return speaks_of_an_error(line);
  return std::ranges::any_of(
      names, [&](const std::string& name) { return line.find(name) != std::string_view::npos; });
}

std::string shown(std::string_view line) {
  std::string text = printable(valid_utf8(line.substr(0, kLongest)));
  if (line.size() > kLongest) text += " […]";
  return text + '\n';
}

/// Which lines are shown: each that counts, with those around it, the last ones first, as long as
/// there is room.
std::vector<bool> chosen(const std::vector<std::string_view>& lines,
                         const std::vector<std::string>& names, std::size_t most) {
  std::vector<bool> taken(lines.size(), false);
  std::size_t left = most;
  const auto take = [&](std::size_t i) {
    if (taken[i]) return true;
    const std::size_t bytes = std::min(lines[i].size(), kLongest) + kGap.size() + 1;
    if (bytes > left) return false;
    left -= bytes;
    taken[i] = true;
    return true;
  };
  bool any = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!speaks_of(lines[i], names)) continue;
    any = true;
    const std::size_t end = std::min(lines.size(), i + kAfter + 1);
    for (std::size_t at = i - std::min(i, kBefore); at < end; ++at) {
      if (!take(at)) return taken;
    }
  }
  if (any) return taken;
  for (std::size_t i = lines.size(); i-- > 0;) {
    if (!take(i)) break;
  }
  return taken;
}

}  // namespace

std::string mentions(std::string_view output, const std::vector<std::string>& names,
                     std::size_t most) {
  const std::vector<std::string_view> lines = split_lines(output);
  const std::vector<bool> taken = chosen(lines, names, most);
  const bool none = std::ranges::none_of(taken, [](bool one) { return one; });
  if (none && !names.empty()) return mentions(output, {}, most);
  std::string text;
  bool gap = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!taken[i]) {
      gap = true;
      continue;
    }
    if (gap) text += kGap;
    gap = false;
    text += shown(lines[i]);
  }
  if (gap && !text.empty()) text += kGap;
  return text;
}

std::string steady(std::string_view output) {
  static const RE2 kTime(R"(\b\d+(\.\d+)?\s?(ns|us|µs|ms|s|sec|secs|seconds?|min|minutes?)\b)");
  static const RE2 kAddress(R"(\b0x[0-9a-fA-F]{6,16}\b)");
  static const RE2 kProcess(R"(==\d+==)");
  std::string text(output);
  RE2::GlobalReplace(&text, kTime, "… \\2");
  RE2::GlobalReplace(&text, kAddress, "0x…");
  RE2::GlobalReplace(&text, kProcess, "==…==");
  return text;
}

}  // namespace automod::asking
