#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/toml.hpp"
#include "engine/types/config.hpp"
#include "engine/types/config_keys.hpp"
#include "engine/types/config_rules.hpp"

namespace automod {

namespace {

/// A word of one of our enumerations.
template <class E>
void read_word(TomlTable& in, std::string_view key, E& value) {
  if (const auto found = in.word(key, names<E>())) value = *parse<E>(*found);
}

void read_project(TomlTable& in, Config& config) {
  in.text("build_dir", config.build_dir, build_dir_rule);
  in.text("configure", config.configure, command_rule);
  in.text("build", config.build, command_rule);
  in.text("test", config.test, command_rule);
  read_word(in, "test_results", config.test_results);
  in.texts("protected", config.protected_paths, glob_rule);
}

void read_benchmark(TomlTable& in, Config& config) {
  Benchmark benchmark;
  in.require("name");
  in.require("command");
  in.text("name", benchmark.name, benchmark_name_rule);
  in.text("command", benchmark.command, benchmark_command_rule);
  const auto same = [&](const Benchmark& other) { return other.name == benchmark.name; };
  if (!benchmark.name.empty() && std::ranges::any_of(config.benchmarks, same)) {
    in.say("name", fmt::format("name '{}' stands for another benchmark already", benchmark.name));
  }
  config.benchmarks.push_back(std::move(benchmark));
}

void read_root(TomlTable& in, Config& config) {
  in.require("version");
  const auto version = in.whole("version");
  if (version && *version != kConfigVersion) {
    in.say("version",
           fmt::format("version is {}, this automod reads {}", *version, kConfigVersion));
  }
  in.table("project", [&](TomlTable& project) { read_project(project, config); });
  in.tables("benchmark", [&](TomlTable& benchmark) { read_benchmark(benchmark, config); });
  in.table("limits", [&](TomlTable& limits) {
    for (const LimitKey& limit : kLimitKeys) {
      limits.whole(limit.key, config.*limit.member, limit.least, limit.most);
    }
    sandbox::read_limits(limits, config.sandbox);
  });
  in.table("safety", [&](TomlTable& safety) { read_word(safety, "level", config.safety_level); });
  in.table("sandbox", [&](TomlTable& in_sandbox) {
    sandbox::read_sandbox(in_sandbox, config.sandbox, host_folder_rule, variable_rule);
  });
  in.table("commit", [&](TomlTable& commit) {
    commit.text("name", config.author_name, person_rule);
    commit.text("email", config.author_email, person_rule);
  });
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file) {
  Config config;
  const auto done = read_toml(text, file, [&](TomlTable& root) { read_root(root, config); });
  if (!done) return fail(done.error());
  return config;
}

}  // namespace automod
