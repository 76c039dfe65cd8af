#include "engine/types/config_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "engine/types/config.hpp"
#include "sandbox/settings.hpp"

namespace automod {

namespace {

using Problem = std::optional<std::string>;

constexpr std::size_t kLongestName = 100;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

bool only(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [&](char c) {
    return kLetters.find(c) != std::string_view::npos ||
           kDigits.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> all;
  while (true) {
    const std::size_t slash = path.find('/');
    all.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return all;
    path.remove_prefix(slash + 1);
  }
}

/// Every component names a file or folder by itself.
bool is_plain(const std::vector<std::string_view>& parts) {
  return std::ranges::none_of(
      parts, [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

}  // namespace

namespace {

Problem command_with(std::string_view text, const std::vector<std::string>& words) {
  if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
    return "a command is one line; join several by && or put them into a script";
  }
  for (const Placeholder& found : placeholders(text)) {
    if (std::ranges::find(words, found.word) != words.end()) continue;
    const auto near = nearest(found.word, words);
    const std::string hint =
        near ? fmt::format("did you mean '{{{}}}'?", *near)
             : fmt::format("only {{{}}} are filled in; '{{ {} }}' with spaces is left to the shell",
                           fmt::join(words, "} and {"), found.word);
    return fmt::format("unknown placeholder '{{{}}}', {}", found.word, hint);
  }
  return any_text(text);
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t") == text.npos; }

}  // namespace

Problem command_rule(std::string_view text) { return command_with(text, {"build", "jobs"}); }

Problem held_out_command_rule(std::string_view text) {
  if (is_blank(text)) return "empty, expected a command to compare";
  return command_with(text, {"build", "jobs", "seed", "held_out"});
}

Problem unit_rule(std::string_view text) {
  constexpr std::size_t kLongest = 20;
  if (has_control(text)) return "has control characters, expected a unit such as \"ms\"";
  if (text.size() <= kLongest) return any_text(text);
  return fmt::format("{} bytes are too long, expected {} or fewer", text.size(), kLongest);
}

Problem report_rule(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::string shown = printable_line(text);
  if (text.starts_with('/')) {
    return fmt::format("'{}' is absolute, expected a file below the root", shown);
  }
  if (!is_plain(components(text)) || has_control(text)) {
    return fmt::format("'{}' is not in its shortest form, such as 'build/report.xml'", shown);
  }
  return any_text(text);
}

Problem benchmark_command_rule(std::string_view text) {
  if (is_blank(text)) return "empty, expected a command to time";
  return command_rule(text);
}

Problem benchmark_name_rule(std::string_view text) {
  if (text.empty()) return "empty, expected a name";
  if (text.size() > kLongestName) {
    return fmt::format("{} bytes are too long, expected {} or fewer", text.size(), kLongestName);
  }
  if (only(text, "._-")) return std::nullopt;
  return fmt::format("'{}' has other characters than letters, digits, '.', '_' and '-'",
                     printable_line(text));
}

Problem rule_name_rule(std::string_view text) {
  if (text.size() > 1 && text.ends_with('*')) text.remove_suffix(1);
  return benchmark_name_rule(text);
}

Problem build_dir_rule(std::string_view text) {
  const std::string shown = printable_line(text);
  if (text.empty()) return "empty, expected a folder; '.' is the root itself";
  if (text == ".") return std::nullopt;
  if (text.starts_with('/')) {
    return fmt::format("'{}' is absolute, expected a path relative to the root", shown);
  }
  const auto parts = components(text);
  if (std::ranges::find(parts, "..") != parts.end()) {
    return fmt::format("'{}' leads out of the root", shown);
  }
  if (!is_plain(parts)) {
    return fmt::format("'{}' is not in its shortest form, such as 'build' or 'out/debug'", shown);
  }
  if (parts[0] == ".git") return fmt::format("'{}' belongs to git", shown);
  if (text.starts_with('-') || !only(text, "._-+@,=/")) {
    return fmt::format(
        "'{}' would need quoting in a command, expected letters, digits and ._-+@,=/", shown);
  }
  return any_text(text);
}

Problem glob_rule(std::string_view text) {
  const std::string shown = printable_line(text);
  if (text.empty()) return "empty, expected a pattern such as 'tests/**'";
  if (has_control(text)) return fmt::format("'{}' has control characters", shown);
  if (text.starts_with('/')) {
    return fmt::format("'{}' begins with '/', patterns are relative to the root", shown);
  }
  if (text.starts_with('!')) {
    return fmt::format("'{}' begins with '!', patterns only add", shown);
  }
  auto parts = components(text);
  if (parts.back().empty()) parts.pop_back();
  if (!is_plain(parts)) {
    return fmt::format("'{}' can match nothing: no path has an empty, '.' or '..' part", shown);
  }
  return any_text(text);
}

Problem host_folder_rule(std::string_view text) {
  const std::string shown = printable_line(text);
  if (!text.starts_with('/') || text.size() < 2) {
    return fmt::format("'{}' is no folder below '/', expected an absolute path", shown);
  }
  const auto parts = components(text.substr(1));
  if (!is_plain(parts) || has_control(text)) {
    return fmt::format("'{}' is not in its shortest form, such as '/opt/toolchain'", shown);
  }
  // The file belongs to the target, which must not choose what of its user's it gets to see.
  static constexpr std::array<std::string_view, 4> kForPrograms = {"gnu", "nix", "opt", "usr"};
  if (std::ranges::find(kForPrograms, parts[0]) == kForPrograms.end()) {
    return fmt::format(
        "'{}' may hold private things, expected a place for programs: below /opt, "
        "/usr, /nix or /gnu",
        shown);
  }
  return any_text(text);
}

Problem person_rule(std::string_view text) {
  if (text.empty() || text.size() > kLongestName * 2) {
    return fmt::format("{} bytes long, expected 1 to {}", text.size(), kLongestName * 2);
  }
  if (has_control(text) || text.find_first_of("<>") != std::string_view::npos) {
    return fmt::format("'{}' does not fit into a commit: no '<', '>' or line breaks",
                       printable_line(text));
  }
  if (text.front() == ' ' || text.back() == ' ') {
    return fmt::format("'{}' begins or ends with a space", printable_line(text));
  }
  return std::nullopt;
}

Problem approver_rule(std::string_view text) {
  // Every Ed25519 key of OpenSSH begins alike, with its type and length, and is as long.
  constexpr std::string_view kType = " ssh-ed25519 ";
  constexpr std::string_view kBegin = "AAAAC3NzaC1lZDI1NTE5AAAAI";
  constexpr std::size_t kLength = 68;
  const std::size_t type = text.find(kType);
  const std::string_view who = text.substr(0, type);
  if (type == text.npos || type == 0 || who.find(' ') != who.npos || has_control(text)) {
    return fmt::format("'{}' is no approver, expected \"NAME ssh-ed25519 AAAA...\"",
                       printable_line(text));
  }
  const std::string_view key = text.substr(type + kType.size());
  const auto is_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  if (key.size() != kLength || !key.starts_with(kBegin) || !std::ranges::all_of(key, is_base64)) {
    return fmt::format(
        "the key of approver '{}' is no whole ssh-ed25519 key, as ssh-keygen writes "
        "it into a .pub file",
        printable_line(who));
  }
  return person_rule(who);
}

Problem variable_rule(std::string_view name) {
  if (auto bad = sandbox::variable_name_rule(name)) return bad;
  static constexpr std::array<std::string_view, 5> kFixed = {"HOME", "PATH", "PWD", "SHELL",
                                                             "TMPDIR"};
  if (std::ranges::find(kFixed, name) == kFixed.end()) return std::nullopt;
  return fmt::format("'{}' is set by the sandbox; set it inside a command where it must differ",
                     name);
}

}  // namespace automod
