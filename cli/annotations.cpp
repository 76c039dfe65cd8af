#include "cli/annotations.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <map>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "cli/remarks.hpp"

namespace automod::cli {

namespace {

constexpr std::size_t kMostAnnotations = 50;  // GitHub shows no more of one job
constexpr std::size_t kMostIssues = 1000;
constexpr std::size_t kLongest = 2000;

std::string message_of(const Remark& remark) {
  std::string text = printable_line(remark.message);
  if (text.size() > kLongest) text = valid_utf8(text.substr(0, kLongest)) + "…";
  if (remark.gated->commit) text = fmt::format("{} (in {})", text, remark.gated->commit->text);
  return text;
}

/// As the value of a command.
std::string github_data(std::string_view text) {
  std::string escaped;
  for (const char c : printable_line(text)) {
    escaped += c == '%' ? "%25" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : std::string(1, c);
  }
  return escaped;
}

/// As one of its properties.
std::string github_property(std::string_view text) {
  std::string escaped;
  for (const char c : github_data(text)) {
    escaped += c == ':' ? "%3A" : c == ',' ? "%2C" : std::string(1, c);
  }
  return escaped;
}

std::string_view severity(const Remark& remark) {
  if (!remark.check || remark.check->blocks) return "blocker";
  if (remark.check->result == CheckResult::kFail) return "critical";
  return remark.check->wants_approval ? "major" : "minor";
}

}  // namespace

std::string github_annotations(const std::vector<Gated>& all) {
  std::string text;
  std::size_t number = 0;
  for (const Remark& remark : remarks_of(all)) {
    if (++number > kMostAnnotations) break;
    text += remark.is_error() ? "::error " : "::warning ";
    if (!remark.path.empty()) text += "file=" + github_property(remark.path) + ",";
    if (remark.line != 0) text += fmt::format("line={},endLine={},", remark.line, remark.last_line);
    text += fmt::format("title={}::{}\n", github_property("automod: " + std::string(remark.code())),
                        github_data(message_of(remark)));
  }
  return text;
}

std::string github_deaf(const std::string& token) { return "::stop-commands::" + token + "\n"; }

std::string github_hearing(const std::string& token) { return "::" + token + "::\n"; }

Result<std::string> random_token() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail_errno("finding a random number", errno);
  }
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

nlohmann::json code_quality_of(const std::vector<Gated>& all) {
  nlohmann::json issues = nlohmann::json::array();
  std::map<std::string, int> seen;
  for (const Remark& remark : remarks_of(all)) {
    if (issues.size() == kMostIssues) break;
    const std::string text = message_of(remark);
    // Lines move, and what was seen stays the same.
    const std::string key = fmt::format("{}\n{}\n{}", remark.code(), remark.path, text);
    const std::string path = remark.path.empty() ? std::string(".") : valid_utf8(remark.path);
    const std::size_t line = remark.line == 0 ? 1 : remark.line;
    issues.push_back({{"description", text},
                      {"check_name", valid_utf8(remark.code())},
                      {"fingerprint", sha256(fmt::format("{}\n{}", key, seen[key]++))},
                      {"severity", severity(remark)},
                      {"location", {{"path", path}, {"lines", {{"begin", line}}}}}});
  }
  return issues;
}

}  // namespace automod::cli
