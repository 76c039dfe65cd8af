#include "sandbox/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace automod::sandbox {

namespace {

constexpr std::int64_t kTebibyteMb = 1024 * 1024;
constexpr std::int64_t kMostCpuSeconds = 86400 * 1000;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestImage = 300;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

bool is_alphanumeric(char c) {
  return kLetters.find(c) != std::string_view::npos || kDigits.find(c) != std::string_view::npos;
}

bool only(std::string_view text, std::string_view more) {
  return std::ranges::all_of(
      text, [&](char c) { return is_alphanumeric(c) || more.find(c) != std::string_view::npos; });
}

struct Requirement {
  std::string_view name;
  bool Requirements::* member;
};

constexpr std::array<Requirement, 5> kRequirements = {{
    {"memory", &Requirements::memory},
    {"processes", &Requirements::processes},
    {"cpu", &Requirements::cpu},
    {"disk", &Requirements::disk},
    {"landlock", &Requirements::landlock},
}};

}  // namespace

const std::array<LimitKey, 9>& limit_keys() {
  static const std::array<LimitKey, 9> kAll = {{
      {"memory_mb", &Settings::memory_mb, 16, kTebibyteMb, "memory of all processes together"},
      {"processes", &Settings::processes, 2, 65536, "processes and threads alive at once"},
      {"cpu_percent", &Settings::cpu_percent, 0, 100000,
       "of one processor, at any moment; 0: all there are"},
      {"cpu_seconds", &Settings::cpu_seconds, 0, kMostCpuSeconds,
       "processor time in all; 0: as much as the time allows"},
      {"file_mb", &Settings::file_mb, 1, kTebibyteMb, "largest single file"},
      {"disk_mb", &Settings::disk_mb, 1, kTebibyteMb, "growth of the work folder"},
      {"disk_files", &Settings::disk_files, 1, 1 << 30,
       "files and folders that may be added to it"},
      {"scratch_mb", &Settings::scratch_mb, 1, kTebibyteMb, "private /tmp"},
      {"output_kb", &Settings::output_kb, 1, 65536, "kept of what a command prints"},
  }};
  return kAll;
}

std::string_view name(Network network) { return network == Network::kNone ? "none" : "loopback"; }

std::string_view name(Calls calls) { return calls == Calls::kStrict ? "strict" : "standard"; }

std::vector<std::string> names(const Requirements& required) {
  std::vector<std::string> all;
  for (const Requirement& one : kRequirements) {
    if (required.*one.member) all.emplace_back(one.name);
  }
  return all;
}

const std::vector<std::string>& backend_names() {
  static const std::vector<std::string> kAll = {"auto", "native", "bwrap",
                                                "oci",  "podman", "docker"};
  return kAll;
}

const std::vector<std::string>& network_names() {
  static const std::vector<std::string> kAll = {"loopback", "none"};
  return kAll;
}

const std::vector<std::string>& calls_names() {
  static const std::vector<std::string> kAll = {"standard", "strict"};
  return kAll;
}

const std::vector<std::string>& requirement_names() {
  static const std::vector<std::string> kAll = names(Requirements{true, true, true, true, true});
  return kAll;
}

Network network_of(std::string_view name) {
  return name == "none" ? Network::kNone : Network::kLoopback;
}

Calls calls_of(std::string_view name) {
  return name == "strict" ? Calls::kStrict : Calls::kStandard;
}

Requirements requirements_of(const std::vector<std::string>& names) {
  Requirements required;
  for (const Requirement& one : kRequirements) {
    required.*one.member = std::ranges::find(names, one.name) != names.end();
  }
  return required;
}

std::optional<std::string> runtime_rule(std::string_view text) {
  const bool plain = !text.empty() && text.size() <= kLongestName && is_alphanumeric(text[0]) &&
                     only(text, "._+-");
  if (plain) return std::nullopt;
  return fmt::format("'{}' is no plain name of a program, such as 'runc'", printable_line(text));
}

std::optional<std::string> image_rule(std::string_view text) {
  const bool plain = !text.empty() && text.size() <= kLongestImage && is_alphanumeric(text[0]) &&
                     only(text, "._+-/:@");
  if (plain) return std::nullopt;
  return fmt::format("'{}' names no image, expected one such as 'localhost/toolchain:12'",
                     printable_line(text));
}

std::optional<std::string> variable_name_rule(std::string_view name) {
  const bool begins_well = !name.empty() && kDigits.find(name[0]) == std::string_view::npos;
  if (begins_well && only(name, "_") && name.size() <= kLongestName) return std::nullopt;
  return fmt::format("'{}' is no name for an environment variable", printable_line(name));
}

std::optional<std::string> variable_value_rule(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "the value has a NUL byte";
  return any_text(text);
}

bool runs_images(std::string_view backend) { return backend == "podman" || backend == "docker"; }

std::optional<std::string> problem_of(const Selection& selection) {
  const bool engine = runs_images(selection.backend);
  if (engine && selection.image.empty()) {
    return fmt::format("backend '{}' runs images, and no image is named", selection.backend);
  }
  if (!engine && !selection.image.empty()) {
    return fmt::format("image '{}' is for backend podman or docker, and backend is '{}'",
                       selection.image, selection.backend);
  }
  if (selection.backend != "oci" && !selection.runtime.empty()) {
    return fmt::format("runtime '{}' is for backend oci, and backend is '{}'", selection.runtime,
                       selection.backend);
  }
  return std::nullopt;
}

void read_limits(TomlTable& in, Settings& settings) {
  for (const LimitKey& limit : limit_keys()) {
    in.whole(limit.key, settings.*limit.member, limit.least, limit.most);
  }
}

void read_sandbox(TomlTable& in, Settings& settings, TextRule folder_rule, TextRule variable_rule) {
  if (const auto found = in.word("backend", backend_names())) settings.backend = *found;
  in.text("runtime", settings.runtime, runtime_rule);
  in.text("image", settings.image, image_rule);
  if (const auto found = in.word("network", network_names())) {
    settings.network = network_of(*found);
  }
  if (const auto found = in.word("system_calls", calls_names())) {
    settings.calls = calls_of(*found);
  }
  if (const auto found = in.words("require", requirement_names())) {
    settings.required = requirements_of(*found);
  }
  in.texts("read_only", settings.read_only, folder_rule);
  in.map("environment", settings.environment, variable_rule, variable_value_rule);
  if (const auto bad = problem_of(selection_of(settings))) in.say(*bad);
}

Policy policy_of(const Settings& settings) {
  const auto mb = [](std::int64_t count) { return static_cast<std::uint64_t>(count) << 20; };
  Policy policy;
  for (const std::string& path : settings.read_only) policy.read_only.emplace_back(path);
  policy.environment = settings.environment;
  policy.network = settings.network;
  policy.calls = settings.calls;
  policy.required = settings.required;
  Limits& limits = policy.limits;
  limits.memory_bytes = mb(settings.memory_mb);
  limits.processes = static_cast<std::uint32_t>(settings.processes);
  limits.cpu_percent = static_cast<std::uint32_t>(settings.cpu_percent);
  limits.cpu = std::chrono::seconds(settings.cpu_seconds);
  limits.file_bytes = mb(settings.file_mb);
  limits.disk_bytes = mb(settings.disk_mb);
  limits.disk_files = static_cast<std::uint64_t>(settings.disk_files);
  limits.scratch_bytes = mb(settings.scratch_mb);
  limits.output_bytes = static_cast<std::uint64_t>(settings.output_kb) << 10;
  return policy;
}

Selection selection_of(const Settings& settings) {
  return {.backend = settings.backend, .runtime = settings.runtime, .image = settings.image};
}

}  // namespace automod::sandbox
