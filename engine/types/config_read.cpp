#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
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
  in.text("test_report", config.test_report, report_rule);
  if ((config.test_results == TestSource::kJunit) == config.test_report.empty()) {
    in.say("test_report is expected together with test_results = \"junit\", and only then");
  }
  in.texts("protected", config.protected_paths, glob_rule);
}

void read_switch(TomlTable& in, std::string_view key, bool& value) {
  if (const auto found = in.flag(key)) value = *found;
}

/// A name that no other of `all` has.
template <class T>
void check_name(TomlTable& in, const std::string& name, const std::vector<T>& all,
                std::string_view what) {
  const auto same = [&](const T& other) { return other.name == name; };
  if (!name.empty() && std::ranges::any_of(all, same)) {
    in.say("name", fmt::format("name '{}' stands for another {} already", name, what));
  }
}

void read_benchmark(TomlTable& in, Config& config) {
  Benchmark benchmark;
  in.require("name");
  in.require("command");
  in.text("name", benchmark.name, benchmark_name_rule);
  in.text("command", benchmark.command, benchmark_command_rule);
  read_word(in, "format", benchmark.format);
  const bool is_process = benchmark.format == BenchmarkFormat::kProcess;
  read_word(in, "direction", benchmark.direction);
  in.text("unit", benchmark.unit, unit_rule);
  read_word(in, "instructions", benchmark.instructions);
  benchmark.same_output = is_process;  // what prints its own times prints others each time
  if (const auto output = in.word("output", {"same", "free"})) {
    benchmark.same_output = *output == "same";
  }
  if (benchmark.format != BenchmarkFormat::kJson &&
      (benchmark.direction != Direction::kLower || !benchmark.unit.empty())) {
    in.say("direction and unit are for format = \"json\"; the other formats have their own");
  }
  check_name(in, benchmark.name, config.benchmarks, "benchmark");
  config.benchmarks.push_back(std::move(benchmark));
}

void read_held_out(TomlTable& in, Config& config) {
  HeldOut held;
  in.require("name");
  in.require("command");
  in.text("name", held.name, benchmark_name_rule);
  in.text("command", held.command, held_out_command_rule);
  in.text("folder", held.folder, report_rule);
  in.whole("runs", held.runs, 1, 1000);
  const auto words = placeholders(held.command);
  const bool wants_folder =
      std::ranges::any_of(words, [](const Placeholder& found) { return found.word == "held_out"; });
  if (wants_folder == held.folder.empty()) {
    in.say("folder goes together with {held_out} in the command: one without the other");
  }
  check_name(in, held.name, config.held_out, "held-out command");
  config.held_out.push_back(std::move(held));
}

void read_trial(TomlTable& in, Config& config) {
  for (const SwitchKey& key : kStageKeys) read_switch(in, key.key, config.*key.member);
  const LimitKey& runs = kBaseRunsKey;
  in.whole(runs.key, config.*runs.member, runs.least, runs.most);
}

/// Each is a name and a key; neither may stand twice.
void read_approval(TomlTable& in, Config& config) {
  std::vector<std::string> lines;
  in.texts("approvers", lines, approver_rule);
  for (const std::string& line : lines) {
    const std::size_t end = line.find(' ');
    if (end == line.npos) return;  // not as the rule wants it, which has been said
    Approver approver{.name = line.substr(0, end), .key = line.substr(end + 1)};
    const auto same = [&](const Approver& other) {
      return other.name == approver.name || other.key == approver.key;
    };
    if (std::ranges::any_of(config.approvers, same)) {
      in.say("approvers", fmt::format("the name or the key of '{}' stands twice", approver.name));
    }
    config.approvers.push_back(std::move(approver));
  }
}

template <class Keys, class Part>
void read_part(TomlTable& in, const Keys& keys, Part& part) {
  for (const auto& key : keys) in.whole(key.key, part.*key.member, key.least, key.most);
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
  in.tables("held_out", [&](TomlTable& held) { read_held_out(held, config); });
  in.table("trial", [&](TomlTable& trial) { read_trial(trial, config); });
  in.table("measure", [&](TomlTable& measure) {
    for (const LimitKey& key : kMeasureKeys) {
      measure.whole(key.key, config.*key.member, key.least, key.most);
    }
  });
  in.table("api", [&](TomlTable& api) { api.texts("headers", config.api_headers, glob_rule); });
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
    commit.text("committer_name", config.committer_name, person_rule);
    commit.text("committer_email", config.committer_email, person_rule);
  });
  in.table("approval", [&](TomlTable& approval) { read_approval(approval, config); });
  in.table("automatic",
           [&](TomlTable& part) { read_part(part, kAutomaticKeys, config.automatic); });
  in.table("rules", [&](TomlTable& rules) {
    rules.texts("files", config.rules.files, glob_rule);
    rules.texts("off", config.rules.off, rule_name_rule);
  });
  in.table("monitor", [&](TomlTable& monitor) {
    monitor.require("command");
    monitor.text("command", config.monitor.command, benchmark_command_rule);
    read_part(monitor, kMonitorKeys, config.monitor);
  });
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file) {
  Config config;
  const auto done = read_toml(text, file, [&](TomlTable& root) {
    read_root(root, config);
    if (root.has("rule")) config.rules.in_config = text;
  });
  if (!done) return fail(done.error());
  return config;
}

}  // namespace automod
