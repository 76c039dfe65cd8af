#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/toml.hpp"
#include "sandbox/sandbox.hpp"

/// What the tables [sandbox] and [limits] say, in automod.toml as in a policy file: one list of
/// keys, one reader, one way from there to a Policy.
namespace automod::sandbox {

/// In the units of the file.
struct Settings {
  std::int64_t memory_mb = 4096;
  std::int64_t processes = 512;
  std::int64_t cpu_percent = 0;
  std::int64_t cpu_seconds = 0;
  std::int64_t file_mb = 1024;
  std::int64_t disk_mb = 4096;
  std::int64_t disk_files = 1 << 20;
  std::int64_t scratch_mb = 512;
  std::int64_t output_kb = 1024;

  std::string backend = "auto";
  std::string runtime;
  std::string image;
  Network network = Network::kLoopback;
  Calls calls = Calls::kStandard;
  Requirements required;
  std::vector<std::string> read_only;
  std::map<std::string, std::string> environment;
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// One key of [limits].
struct LimitKey {
  std::string_view key;
  std::int64_t Settings::* member;
  std::int64_t least;
  std::int64_t most;
  std::string_view comment;
};
const std::array<LimitKey, 9>& limit_keys();

std::string_view name(Network network);
std::string_view name(Calls calls);
/// Names of what is required, in the order of the file's documentation.
std::vector<std::string> names(const Requirements& required);

const std::vector<std::string>& backend_names();  // "auto" first
const std::vector<std::string>& network_names();
const std::vector<std::string>& calls_names();
const std::vector<std::string>& requirement_names();

/// Of one of the names above.
Network network_of(std::string_view name);
Calls calls_of(std::string_view name);
Requirements requirements_of(const std::vector<std::string>& names);

/// A name of a program, never a path: who writes a configuration does not choose which file of
/// this machine is run.
std::optional<std::string> runtime_rule(std::string_view text);
/// A reference to a container image.
std::optional<std::string> image_rule(std::string_view text);
std::optional<std::string> variable_name_rule(std::string_view name);
std::optional<std::string> variable_value_rule(std::string_view text);

/// Is `backend` an engine whose containers are made from images?
bool runs_images(std::string_view backend);

/// What does not go together: an image without an engine that runs images, say.
std::optional<std::string> problem_of(const Selection& selection);

/// The keys of [limits] and [sandbox]. What else such a table may hold is asked for by the
/// caller; who may say what about folders and variables is up to him, too.
void read_limits(TomlTable& in, Settings& settings);
void read_sandbox(TomlTable& in, Settings& settings, TextRule folder_rule, TextRule variable_rule);

/// A policy without a work folder.
Policy policy_of(const Settings& settings);
Selection selection_of(const Settings& settings);

}  // namespace automod::sandbox
