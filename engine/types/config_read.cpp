#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "engine/types/config.hpp"
#include "engine/types/config_keys.hpp"
#include "engine/types/config_rules.hpp"

namespace automod {

namespace {

constexpr std::size_t kMostItems = 1000;  // of any list

/// The first thing that is wrong with the file, with its place.
struct Problem {
  std::string file;
  std::optional<std::string> text;

  void say(const toml::source_position& place, std::string_view what) {
    if (!text) text = fmt::format("{}:{}:{}: {}", file, place.line, place.column, what);
  }
};

/// Reads one table. After a problem every read gives its fallback, so that callers ask once, at
/// the end.
class Reader {
 public:
  Reader(const toml::table& table, std::string name, Problem& problem)
      : table_(table), name_(std::move(name)), problem_(problem) {}

  void text(std::string_view key, std::string& value, TextRule rule) {
    const toml::node* node = find(key);
    if (node != nullptr) value = text_of(*node, std::string(key), rule).value_or(value);
  }

  void whole(const LimitKey& limit, std::int64_t& value) {
    const auto found = whole(limit.key);
    if (!found) return;
    if (*found < limit.least || *found > limit.most) {
      return problem_.say(
          table_.get(limit.key)->source().begin,
          fmt::format("{} is {}, expected {} to {}", limit.key, *found, limit.least, limit.most));
    }
    value = *found;
  }

  std::optional<std::int64_t> whole(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (node->is_integer()) return node->as_integer()->get();
    wrong(*node, key, "a whole number");
    return std::nullopt;
  }

  template <class E>
  void word(std::string_view key, E& value) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto found = text_of(*node, std::string(key), any_text);
    if (!found) return;
    if (const auto known = parse<E>(*found)) {
      value = *known;
      return;
    }
    problem_.say(node->source().begin,
                 fmt::format("{} is '{}', expected {}{}", key, printable_line(*found),
                             fmt::join(names<E>(), ", "), suggestion(*found, names<E>())));
  }

  void texts(std::string_view key, std::vector<std::string>& value, TextRule rule) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong(*node, key, "a list of strings");
    if (too_many(*node, key, array->size())) return;
    value.clear();
    for (const toml::node& item : *array) {
      auto text = text_of(item, fmt::format("{}[{}]", key, value.size()), rule);
      if (!text) return;
      value.push_back(std::move(*text));
    }
  }

  void variables(std::string_view key, std::map<std::string, std::string>& value) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return wrong(*node, key, "a table of strings");
    if (too_many(*node, key, table->size())) return;
    for (const auto& [name, item] : *table) {
      if (const auto bad = variable_problem(name.str())) {
        return problem_.say(name.source().begin, *bad);
      }
      const auto text = text_of(item, printable_line(name.str()), variable_value);
      if (!text) return;
      value[std::string(name.str())] = *text;
    }
  }

  /// Calls `read` with the table `[key]`, if it is there.
  template <class F>
  void table(std::string_view key, F&& read) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (!node->is_table()) return wrong(*node, key, fmt::format("a table, [{}]", key));
    Reader inner(*node->as_table(), fmt::format("[{}]", key), problem_);
    read(inner);
    inner.done();
  }

  /// Calls `read` with each table `[[key]]`.
  template <class F>
  void tables(std::string_view key, F&& read) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const std::string wanted = fmt::format("tables, [[{}]]", key);
    if (!node->is_array()) return wrong(*node, key, wanted);
    if (too_many(*node, key, node->as_array()->size())) return;
    for (const toml::node& item : *node->as_array()) {
      if (!item.is_table()) return wrong(item, key, wanted);
      Reader inner(*item.as_table(), fmt::format("[[{}]]", key), problem_);
      read(inner);
      inner.done();
    }
  }

  void require(std::string_view key) {
    if (!table_.contains(key)) {
      say(fmt::format("{} is missing{}", key, name_.empty() ? "" : " in " + name_));
    }
  }

  /// Everything known has been asked for: whatever else is there is a mistake.
  void done() {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known_, key.str()) != known_.end()) continue;
      const bool is_table = node.is_table() || node.is_array_of_tables();
      problem_.say(
          key.source().begin,
          fmt::format("unknown {} '{}'{}{}", is_table ? "table" : "key", printable_line(key.str()),
                      name_.empty() ? "" : " in " + name_, suggestion(key.str(), known_)));
    }
  }

  /// About the table as a whole.
  void say(std::string_view what) { problem_.say(table_.source().begin, what); }
  /// About the value of one key.
  void say(std::string_view key, std::string_view what) {
    problem_.say(table_.get(key)->source().begin, what);
  }

 private:
  const toml::node* find(std::string_view key) {
    known_.emplace_back(key);
    return problem_.text ? nullptr : table_.get(key);
  }

  std::optional<std::string> text_of(const toml::node& node, const std::string& what,
                                     TextRule rule) {
    if (!node.is_string()) {
      wrong(node, what, "a string");
      return std::nullopt;
    }
    const std::string& text = node.as_string()->get();
    if (const auto bad = rule(text)) {
      problem_.say(node.source().begin, fmt::format("{}: {}", what, *bad));
      return std::nullopt;
    }
    return text;
  }

  bool too_many(const toml::node& node, std::string_view key, std::size_t count) {
    if (count <= kMostItems) return false;
    problem_.say(node.source().begin,
                 fmt::format("{} has {} items, expected {} or fewer", key, count, kMostItems));
    return true;
  }

  void wrong(const toml::node& node, std::string_view key, std::string_view wanted) {
    problem_.say(node.source().begin,
                 fmt::format("{} is {}, expected {}", key, kind(node), wanted));
  }

  static std::string_view kind(const toml::node& node) {
    if (node.is_string()) return "a string";
    if (node.is_integer()) return "a whole number";
    if (node.is_floating_point()) return "a number with a fraction";
    if (node.is_boolean()) return "true or false";
    if (node.is_array()) return "a list";
    return node.is_table() ? "a table" : "a date or time";
  }

  const toml::table& table_;
  std::string name_;
  Problem& problem_;
  std::vector<std::string> known_;
};

void read_project(Reader& in, Config& config) {
  in.text("build_dir", config.build_dir, build_dir_rule);
  in.text("configure", config.configure, command_rule);
  in.text("build", config.build, command_rule);
  in.text("test", config.test, command_rule);
  in.word("test_results", config.test_results);
  in.texts("protected", config.protected_paths, glob_rule);
}

void read_benchmark(Reader& in, Config& config) {
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

void read_root(Reader& in, Config& config) {
  in.require("version");
  const auto version = in.whole("version");
  if (version && *version != kConfigVersion) {
    in.say("version",
           fmt::format("version is {}, this automod reads {}", *version, kConfigVersion));
  }
  in.table("project", [&](Reader& project) { read_project(project, config); });
  in.tables("benchmark", [&](Reader& benchmark) { read_benchmark(benchmark, config); });
  in.table("limits", [&](Reader& limits) {
    for (const LimitKey& limit : kLimitKeys) limits.whole(limit, config.*limit.member);
  });
  in.table("safety", [&](Reader& safety) { safety.word("level", config.safety_level); });
  in.table("sandbox", [&](Reader& sandbox) {
    sandbox.texts("read_only", config.sandbox_read_only, host_folder_rule);
    sandbox.variables("environment", config.sandbox_environment);
  });
  in.table("commit", [&](Reader& commit) {
    commit.text("name", config.author_name, person_rule);
    commit.text("email", config.author_email, person_rule);
  });
  in.done();
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file) {
  if (text.size() > kMiB) {
    return fail(ErrorKind::kUsage,
                fmt::format("{} has {} bytes, expected {} or fewer", file, text.size(), kMiB));
  }
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    return fail(ErrorKind::kUsage, fmt::format("{}:{}:{}: {}", file, place.line, place.column,
                                               printable_line(error.description())));
  }
  Problem problem{std::string(file), std::nullopt};
  Config config;
  Reader reader(root, "", problem);
  read_root(reader, config);
  if (problem.text) return fail(ErrorKind::kUsage, *problem.text);
  return config;
}

}  // namespace automod
