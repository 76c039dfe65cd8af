#include "sandbox/backends/program.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/process.hpp"
#include "base/text.hpp"

namespace automod::sandbox {

namespace fs = std::filesystem;

namespace {

bool is_plain_name(std::string_view name) {
  constexpr std::string_view kOthers = "._+-";
  return !name.empty() && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  kOthers.find(c) != std::string_view::npos;
         });
}

bool only_root_writes(const fs::path& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 && info.st_uid == 0 &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Result<void> check_owner(const fs::path& program) {
  for (fs::path path = program;; path = path.parent_path()) {
    if (!only_root_writes(path)) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("{}: found it writable by others than root, wanted root alone",
                              path.string()),
                  "install it from the distribution's packages");
    }
    if (!path.has_relative_path()) return {};
  }
}

Result<std::string> ask_version(const fs::path& program) {
  const Program question{.argv = {program.string(), "--version"}, .input = {}, .directory = "/"};
  auto answer = run_program(question, CancelToken());
  if (!answer) return fail(answer.error());
  const std::vector<std::string_view> lines = split_lines(answer->out);
  if (answer->exit_code != 0 || lines.empty()) {
    return fail(ErrorKind::kUnavailable,
                fmt::format("{} --version: found exit code {}, wanted a version", program.string(),
                            answer->exit_code));
  }
  const std::string version = version_in(lines[0]);
  return version.empty() ? printable_line(lines[0]) : version;
}

}  // namespace

const std::vector<fs::path>& program_folders() {
  static const std::vector<fs::path> folders = {"/usr/bin", "/usr/local/bin", "/usr/sbin"};
  return folders;
}

Result<Installed> find_program(const std::string& name, std::string_view oldest,
                               const std::vector<fs::path>& folders) {
  if (!is_plain_name(name)) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}': found more than a program's plain name", printable_line(name)),
                "programs are looked for in the system's folders only");
  }
  for (const fs::path& folder : folders) {
    std::error_code code;
    const fs::path path = fs::canonical(folder / name, code);
    if (code || !fs::is_regular_file(path, code)) continue;
    if (auto ok = check_owner(path); !ok) return fail(ok.error());
    auto version = ask_version(path);
    if (!version) return fail(version.error());
    if (is_older(*version, oldest)) {
      return fail(ErrorKind::kUnavailable, fmt::format("{}: found version {}, wanted {} or later",
                                                       path.string(), *version, oldest));
    }
    return Installed{path, std::move(*version)};
  }
  return fail(ErrorKind::kUnavailable, fmt::format("{} is not installed", name),
              "install it from the distribution's packages");
}

std::string version_in(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at])) continue;
    std::size_t end = at;
    while (end < text.size() &&
           (is_digit(text[end]) ||
            (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1])))) {
      ++end;
    }
    const std::string_view found = text.substr(at, end - at);
    if (found.find('.') != std::string_view::npos) return std::string(found);
    at = end;
  }
  return {};
}

bool is_older(std::string_view version, std::string_view other) {
  const auto next = [](std::string_view& text) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    if (!text.empty()) text.remove_prefix(1);
    return number;
  };
  while (!version.empty() || !other.empty()) {
    const std::uint64_t ours = next(version);
    const std::uint64_t theirs = next(other);
    if (ours != theirs) return ours < theirs;
  }
  return false;
}

}  // namespace automod::sandbox
