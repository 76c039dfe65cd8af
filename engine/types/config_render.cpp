#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "engine/types/config.hpp"
#include "engine/types/config_keys.hpp"

namespace automod {

namespace {

/// A list on one line where it fits, else one item a line.
std::string listed(const std::vector<std::string>& items) {
  std::vector<std::string> parts;
  std::size_t width = 0;
  for (const std::string& item : items) {
    parts.push_back(toml_quoted(item));
    width += parts.back().size() + 2;
  }
  if (width <= 80) return fmt::format("[{}]", fmt::join(parts, ", "));
  return fmt::format("[\n  {},\n]", fmt::join(parts, ",\n  "));
}

std::string inline_table(const std::map<std::string, std::string>& values) {
  std::vector<std::string> parts;
  parts.reserve(values.size());
  for (const auto& [key, value] : values) {
    parts.push_back(fmt::format("{} = {}", key, toml_quoted(value)));
  }
  return parts.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(parts, ", "));
}

class Writer {
 public:
  void line(std::string_view text = {}) { fmt::format_to(std::back_inserter(out_), "{}\n", text); }
  void comment(std::string_view text) { line(fmt::format("# {}", text)); }
  void table(std::string_view header) {
    line();
    line(header);
  }
  void set(std::string_view key, std::string_view value) {
    line(fmt::format("{} = {}", key, value));
  }
  std::string take() { return fmt::to_string(out_); }

 private:
  fmt::memory_buffer out_;
};

void write_project(Writer& out, const Config& config) {
  out.table("[project]");
  out.comment("The build folder, relative to the root; commands name it as {build}.");
  out.set("build_dir", toml_quoted(config.build_dir));
  out.comment("Commands run by /bin/sh at the root of a private checkout, inside the sandbox:");
  out.comment("no network, no home. {build} is the build folder, {jobs} the number of parallel");
  out.comment("jobs; an empty command is a step that this project does not have.");
  out.set("configure", toml_quoted(config.configure));
  out.set("build", toml_quoted(config.build));
  out.set("test", toml_quoted(config.test));
  out.comment("How outcomes of tests are read, one by one: \"ctest\", \"gtest\", \"catch2\",");
  out.comment(
      "\"doctest\", \"pytest\", \"unittest\", \"cargo\", \"go\", \"node\", or \"junit\" with");
  out.comment("test_report = \"the file that the command writes\"; \"exit_code\" knows only the");
  out.comment("command as a whole (then a test that vanished cannot be noticed).");
  out.set("test_results", toml_quoted(name(config.test_results)));
  if (!config.test_report.empty()) out.set("test_report", toml_quoted(config.test_report));
  out.comment("Files that judge a change and so must not be changed by it: tests, build files.");
  out.comment(
      "`*` and `?` stay within a folder, `**` crosses folders. Always protected: this file,");
  out.comment(".gitattributes, .gitmodules and the configuration of continuous integration.");
  out.set("protected", listed(config.protected_paths));
}

/// What differs from how a benchmark is taken when nothing more is said.
void write_how(Writer& out, const Benchmark& benchmark) {
  const bool is_process = benchmark.format == BenchmarkFormat::kProcess;
  if (!is_process) out.set("format", toml_quoted(name(benchmark.format)));
  if (benchmark.direction != Direction::kLower) {
    out.set("direction", toml_quoted(name(benchmark.direction)));
  }
  if (!benchmark.unit.empty()) out.set("unit", toml_quoted(benchmark.unit));
  if (benchmark.instructions != InstructionCount::kOff) {
    out.set("instructions", toml_quoted(name(benchmark.instructions)));
  }
  if (benchmark.same_output != is_process) {
    out.set("output", benchmark.same_output ? "\"same\"" : "\"free\"");
  }
}

void write_benchmarks(Writer& out, const Config& config) {
  out.line();
  out.comment(
      "Each benchmark is one command, run on the base and on the change in turn. It is timed");
  out.comment(
      "from outside as a whole process, or format = \"google\", \"catch2\", \"hyperfine\" or");
  out.comment("\"json\" says how to read what it prints. Repeat the table for more.");
  if (config.benchmarks.empty()) {
    out.comment("[[benchmark]]");
    out.comment("name = \"sort\"");
    out.comment("command = \"{build}/bench/sort_bench\"");
  }
  bool first = true;
  for (const Benchmark& benchmark : config.benchmarks) {
    if (!std::exchange(first, false)) out.line();
    out.line("[[benchmark]]");
    out.set("name", toml_quoted(benchmark.name));
    out.set("command", toml_quoted(benchmark.command));
    write_how(out, benchmark);
  }
}

void write_held_out(Writer& out, const Config& config) {
  out.line();
  out.comment("What base and change must answer alike on inputs that nobody has seen: {seed} is a");
  out.comment("fresh number for each run; {held_out} is <git dir>/automod/held-out/FOLDER.");
  if (config.held_out.empty()) {
    out.comment("[[held_out]]");
    out.comment("name = \"random\"");
    out.comment("command = \"{build}/bench/sort_random {seed}\"");
  }
  bool first = true;
  for (const HeldOut& held : config.held_out) {
    if (!std::exchange(first, false)) out.line();
    out.line("[[held_out]]");
    out.set("name", toml_quoted(held.name));
    out.set("command", toml_quoted(held.command));
    if (!held.folder.empty()) out.set("folder", toml_quoted(held.folder));
    out.set("runs", std::to_string(held.runs));
  }
}

template <class Key, class Value>
void write_limit(Writer& out, const Key& limit, Value value) {
  out.line(
      fmt::format("{} = {:<{}}  # {}", limit.key, value, 24 - limit.key.size(), limit.comment));
}

void write_limits(Writer& out, const Config& config) {
  out.table("[limits]");
  for (const LimitKey& limit : kLimitKeys) write_limit(out, limit, config.*limit.member);
  out.comment("For each command together with everything that it starts:");
  for (const sandbox::LimitKey& limit : sandbox::limit_keys()) {
    write_limit(out, limit, config.sandbox.*limit.member);
  }
}

/// A value that is there, or an example of one behind a '#'.
void set_or_show(Writer& out, std::string_view key, std::string_view value,
                 std::string_view example, std::string_view use) {
  if (value.empty()) {
    out.comment(fmt::format("{} = {}  # {}", key, toml_quoted(example), use));
  } else {
    out.set(key, toml_quoted(value));
  }
}

void write_sandbox(Writer& out, const sandbox::Settings& settings) {
  out.table("[sandbox]");
  out.comment("What makes the sandbox: \"auto\" is the first of native, bwrap and oci that proves");
  out.comment("itself on the machine; podman and docker need an image.");
  out.set("backend", toml_quoted(settings.backend));
  set_or_show(out, "runtime", settings.runtime, "crun", "for oci");
  set_or_show(out, "image", settings.image, "localhost/toolchain:12", "for podman and docker");
  out.comment("\"loopback\", which is the sandbox's own, or \"none\": no internet sockets at all.");
  out.set("network", toml_quoted(sandbox::name(settings.network)));
  out.comment("\"standard\", or \"strict\": no sockets but pairs, no shared memory by name.");
  out.set("system_calls", toml_quoted(sandbox::name(settings.calls)));
  out.comment("What has to be a hard limit, or there; a machine that has less runs no trial:");
  out.comment("memory, processes, cpu, disk, landlock.");
  out.set("require", listed(sandbox::names(settings.required)));
  out.comment("Further folders of this machine that commands may read, at the same place.");
  out.set("read_only", listed(settings.read_only));
  out.comment("Further environment variables: { NAME = \"value\" }.");
  out.set("environment", inline_table(settings.environment));
}

void write_stages(Writer& out, const Config& config) {
  out.table("[trial]");
  for (const SwitchKey& key : kStageKeys) write_limit(out, key, config.*key.member);
  write_limit(out, kBaseRunsKey, config.*kBaseRunsKey.member);
  out.table("[measure]");
  for (const LimitKey& key : kMeasureKeys) write_limit(out, key, config.*key.member);
  out.table("[api]");
  out.comment("Headers that others include: what changes in them asks a person.");
  out.set("headers", listed(config.api_headers));
}

void write_approval(Writer& out, const Config& config) {
  out.table("[approval]");
  out.comment("Who may let pass what automod alone may not: a name and the public key that");
  out.comment("signs approvals, \"NAME ssh-ed25519 AAAA...\".");
  std::vector<std::string> lines;
  lines.reserve(config.approvers.size());
  for (const Approver& one : config.approvers) lines.push_back(one.name + " " + one.key);
  out.set("approvers", listed(lines));
  out.table("[automatic]");
  out.comment("What may be applied without an approval.");
  for (const auto& key : kAutomaticKeys) write_limit(out, key, config.automatic.*key.member);
}

void write_monitor(Writer& out, const Monitor& monitor) {
  if (monitor.command.empty()) {
    out.line();
    out.comment("A command that `automod watch` repeats in the sandbox after applying; when it");
    out.comment("fails, the change is rolled back.");
    out.comment("[monitor]");
    out.comment("command = \"{build}/health\"");
    return;
  }
  out.table("[monitor]");
  out.set("command", toml_quoted(monitor.command));
  for (const auto& key : kMonitorKeys) write_limit(out, key, monitor.*key.member);
}

void write_rules(Writer& out, const OwnRules& rules) {
  out.table("[rules]");
  out.comment("Files with rules of this project's own, as patterns, and what is not looked for:");
  out.comment("ids of rules and names of clang-tidy's checks. `automod rules list` shows them.");
  out.set("files", listed(rules.files));
  out.set("off", listed(rules.off));
}

void write_rest(Writer& out, const Config& config) {
  write_held_out(out, config);
  write_stages(out, config);
  write_limits(out, config);
  write_rules(out, config.rules);
  out.table("[safety]");
  out.comment("How sure automod must be to approve without asking: conservative, moderate or");
  out.comment("aggressive.");
  out.set("level", toml_quoted(name(config.safety_level)));
  write_sandbox(out, config.sandbox);
  out.table("[commit]");
  out.comment("The author of commits that automod makes.");
  out.set("name", toml_quoted(config.author_name));
  out.set("email", toml_quoted(config.author_email));
  set_or_show(out, "committer_name", config.committer_name, "build robot", "else the author");
  set_or_show(out, "committer_email", config.committer_email, "robot@localhost", "else his");
  write_approval(out, config);
  write_monitor(out, config.monitor);
}

}  // namespace

std::string render_config(const Config& config, const std::vector<std::string>& notes) {
  Writer out;
  out.comment("How automod builds, tests and judges changes to this project. It is read from the");
  out.comment("commit a change starts from, never from the change itself.");
  if (!notes.empty()) out.line("#");
  for (const std::string& note : notes) out.comment(printable_line(note));
  out.line();
  out.set("version", std::to_string(kConfigVersion));
  write_project(out, config);
  write_benchmarks(out, config);
  write_rest(out, config);
  return out.take();
}

}  // namespace automod
