#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "engine/types/config.hpp"
#include "engine/types/config_keys.hpp"

namespace automod {

namespace {

/// A TOML basic string.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// A list on one line where it fits, else one item a line.
std::string listed(const std::vector<std::string>& items) {
  std::vector<std::string> parts;
  std::size_t width = 0;
  for (const std::string& item : items) {
    parts.push_back(quoted(item));
    width += parts.back().size() + 2;
  }
  if (width <= 80) return fmt::format("[{}]", fmt::join(parts, ", "));
  return fmt::format("[\n  {},\n]", fmt::join(parts, ",\n  "));
}

std::string inline_table(const std::map<std::string, std::string>& values) {
  std::vector<std::string> parts;
  parts.reserve(values.size());
  for (const auto& [key, value] : values) {
    parts.push_back(fmt::format("{} = {}", key, quoted(value)));
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
  out.set("build_dir", quoted(config.build_dir));
  out.comment("Commands run by /bin/sh at the root of a private checkout, inside the sandbox:");
  out.comment("no network, no home. {build} is the build folder, {jobs} the number of parallel");
  out.comment("jobs; an empty command is a step that this project does not have.");
  out.set("configure", quoted(config.configure));
  out.set("build", quoted(config.build));
  out.set("test", quoted(config.test));
  out.comment(
      "How outcomes of tests are read: \"ctest\" test by test, or \"exit_code\" of the whole");
  out.comment("command (then a test that vanished cannot be noticed).");
  out.set("test_results", quoted(name(config.test_results)));
  out.comment("Files that judge a change and so must not be changed by it: tests, build files.");
  out.comment(
      "`*` and `?` stay within a folder, `**` crosses folders. Always protected: this file,");
  out.comment(".gitattributes, .gitmodules and the configuration of continuous integration.");
  out.set("protected", listed(config.protected_paths));
}

void write_benchmarks(Writer& out, const Config& config) {
  out.line();
  out.comment(
      "Each benchmark is one command, timed from outside as a whole process, on the base and");
  out.comment("on the change in turn. Repeat the table for more.");
  if (config.benchmarks.empty()) {
    out.comment("[[benchmark]]");
    out.comment("name = \"sort\"");
    out.comment("command = \"{build}/bench/sort_bench\"");
  }
  bool first = true;
  for (const Benchmark& benchmark : config.benchmarks) {
    if (!std::exchange(first, false)) out.line();
    out.line("[[benchmark]]");
    out.set("name", quoted(benchmark.name));
    out.set("command", quoted(benchmark.command));
  }
}

void write_rest(Writer& out, const Config& config) {
  out.table("[limits]");
  for (const LimitKey& limit : kLimitKeys) {
    out.line(fmt::format("{} = {:<{}}  # {}", limit.key, config.*limit.member,
                         24 - limit.key.size(), limit.comment));
  }
  out.table("[safety]");
  out.comment("How sure automod must be to approve without asking: conservative, moderate or");
  out.comment("aggressive.");
  out.set("level", quoted(name(config.safety_level)));
  out.table("[sandbox]");
  out.comment("Further folders of this machine that commands may read, at the same place.");
  out.set("read_only", listed(config.sandbox_read_only));
  out.comment("Further environment variables: { NAME = \"value\" }.");
  out.set("environment", inline_table(config.sandbox_environment));
  out.table("[commit]");
  out.comment("The author of commits that automod makes.");
  out.set("name", quoted(config.author_name));
  out.set("email", quoted(config.author_email));
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
