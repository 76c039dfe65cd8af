#include "engine/trial/bench_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "base/text.hpp"

namespace automod::trial {

namespace {

using nlohmann::json;

constexpr std::size_t kMostFigures = 200;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kDeepest = 64;  // of elements in each other

/// Collects figures by name, in the order of their first appearance.
class Collector {
 public:
  Result<void> add(std::string name, std::string unit, double value) {
    if (!std::isfinite(value) || value < 0) {
      return fail(ErrorKind::kUsage,
                  fmt::format("figure '{}' is no number from 0 on", printable_line(name)));
    }
    if (name.empty() || name.size() > kLongestName) {
      return fail(ErrorKind::kUsage, fmt::format("the name of a figure has {} bytes, expected 1 "
                                                 "to {}",
                                                 name.size(), kLongestName));
    }
    name = valid_utf8(name);
    if (!values_.contains(name)) {
      if (order_.size() == kMostFigures) {
        return fail(ErrorKind::kUsage, fmt::format("more than {} figures", kMostFigures));
      }
      order_.push_back({.name = name, .unit = std::move(unit), .value = 0});
    }
    values_[name].push_back(value);
    return {};
  }

  Result<std::vector<Figure>> all() {
    if (order_.empty()) return fail(ErrorKind::kUsage, "there is no figure in it");
    for (auto& figure : order_) {
      auto& values = values_[figure.name];
      std::ranges::sort(values);
      const std::size_t middle = values.size() / 2;
      figure.value =
          values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
    return std::move(order_);
  }

 private:
  std::vector<Figure> order_;
  std::map<std::string, std::vector<double>> values_;
};

/// From the first line that begins an object: tools talk before they print it.
std::string_view from_object(std::string_view text) {
  if (text.starts_with('{')) return text;
  const std::size_t at = text.find("\n{");
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

/// Parses without ever recursing deeper than a figure can lie.
Result<json> read_object(std::string_view text) {
  std::size_t depth = 0;
  bool too_deep = false;
  const auto guard = [&](int, json::parse_event_t event, json&) {
    if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
      too_deep = too_deep || ++depth > kDeepest;
    } else if (event == json::parse_event_t::object_end ||
               event == json::parse_event_t::array_end) {
      --depth;
    }
    return !too_deep;
  };
  json parsed = json::parse(from_object(text), guard, false);
  if (too_deep || !parsed.is_object()) {
    return fail(ErrorKind::kUsage, "what it prints is no JSON object");
  }
  return parsed;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<void> add_google(const json& one, Collector& into) {
  if (!one.is_object()) return fail(ErrorKind::kUsage, "an element of 'benchmarks' is no object");
  if (text_of(one, "run_type") == "aggregate") return {};
  const std::string name = text_of(one, "name");
  const auto failed = one.find("error_occurred");
  if (failed != one.end() && *failed == true) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' reports an error: {}", printable_line(name),
                                               printable_line(text_of(one, "error_message"))));
  }
  const auto time = one.find("real_time");
  if (time == one.end() || !time->is_number()) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' has no real_time", printable_line(name)));
  }
  const std::string unit = text_of(one, "time_unit");
  return into.add(name, unit.empty() ? "ns" : valid_utf8(unit.substr(0, 10)), time->get<double>());
}

Result<std::vector<Figure>> read_google(std::string_view text) {
  const auto parsed = read_object(text);
  if (!parsed) return fail(parsed.error());
  const auto all = parsed->find("benchmarks");
  if (all == parsed->end() || !all->is_array()) {
    return fail(ErrorKind::kUsage, "there is no 'benchmarks' in what it prints");
  }
  Collector figures;
  for (const auto& one : *all) {
    if (auto added = add_google(one, figures); !added) return fail(added.error());
  }
  return figures.all();
}

/// {"results": [{"command": ..., "times": [seconds ...], "exit_codes": [...]}]}
Result<void> add_hyperfine(const json& one, std::size_t index, Collector& into) {
  if (!one.is_object()) return fail(ErrorKind::kUsage, "an element of 'results' is no object");
  std::string name = text_of(one, "command");
  if (name.empty()) name = fmt::format("command {}", index + 1);
  name = name.substr(0, kLongestName);
  const auto codes = one.find("exit_codes");
  if (codes != one.end() && codes->is_array() &&
      std::ranges::any_of(*codes, [](const json& code) { return code != 0; })) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' failed", printable_line(name)));
  }
  const auto times = one.find("times");
  const auto middle = one.find("median");
  if (times != one.end() && times->is_array() && !times->empty()) {
    for (const auto& time : *times) {
      if (!time.is_number()) return fail(ErrorKind::kUsage, "a time is no number");
      auto added = into.add(name, "ms", time.get<double>() * 1000);
      if (!added) return added;
    }
    return {};
  }
  if (middle == one.end() || !middle->is_number()) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' has no times", printable_line(name)));
  }
  return into.add(name, "ms", middle->get<double>() * 1000);
}

Result<std::vector<Figure>> read_hyperfine(std::string_view text) {
  const auto parsed = read_object(text);
  if (!parsed) return fail(parsed.error());
  const auto all = parsed->find("results");
  if (all == parsed->end() || !all->is_array()) {
    return fail(ErrorKind::kUsage, "there is no 'results' in what it prints");
  }
  Collector figures;
  for (std::size_t i = 0; i < all->size(); ++i) {
    if (auto added = add_hyperfine((*all)[i], i, figures); !added) return fail(added.error());
  }
  return figures.all();
}

Result<std::vector<Figure>> read_json(const std::string& unit, std::string_view text) {
  const auto parsed = read_object(text);
  if (!parsed) return fail(parsed.error());
  Collector figures;
  const auto add = [&](const std::string& name, const json& value) -> Result<void> {
    if (value.is_number()) return figures.add(name, unit, value.get<double>());
    return fail(ErrorKind::kUsage, fmt::format("'{}' is neither a number nor an object of numbers",
                                               printable_line(name)));
  };
  for (const auto& [name, value] : parsed->items()) {
    if (!value.is_object()) {
      if (auto added = add(name, value); !added) return fail(added.error());
      continue;
    }
    for (const auto& [inner, figure] : value.items()) {
      if (auto added = add(name + "." + inner, figure); !added) return fail(added.error());
    }
  }
  return figures.all();
}

/// Benchmarks of one element and of those below, named after the test cases they stand in.
Result<void> add_catch2(const pugi::xml_node& node, const std::string& within, std::size_t depth,
                        Collector& into) {
  if (depth > kDeepest) return fail(ErrorKind::kUsage, "its elements lie too deep in each other");
  for (const auto& child : node.children()) {
    const std::string_view kind = child.name();
    if (kind == "BenchmarkResults") {
      const auto mean = child.child("mean").attribute("value");
      const std::string name = child.attribute("name").as_string();
      if (!mean) {
        return fail(ErrorKind::kUsage,
                    fmt::format("benchmark '{}' did not finish", printable_line(name)));
      }
      auto added = into.add(within.empty() ? name : within + ": " + name, "ns", mean.as_double(-1));
      if (!added) return added;
      continue;
    }
    const bool names = kind == "TestCase" || kind == "Section";
    const std::string name = child.attribute("name").as_string();
    const std::string inside = !names ? within : within.empty() ? name : within + "/" + name;
    if (auto added = add_catch2(child, inside, depth + 1, into); !added) return added;
  }
  return {};
}

Result<std::vector<Figure>> read_catch2(std::string_view text) {
  const std::size_t start = text.find("<?xml");
  if (start == std::string_view::npos) {
    return fail(ErrorKind::kUsage, "what it prints is no XML");
  }
  text.remove_prefix(start);
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) {
    return fail(ErrorKind::kUsage, "what it prints is no XML, or not all of it");
  }
  Collector figures;
  if (auto added = add_catch2(document, "", 0, figures); !added) return fail(added.error());
  return figures.all();
}

}  // namespace

std::string figures_command(const Benchmark& benchmark) {
  const std::string& command = benchmark.command;
  const auto has = [&](const char* option) { return command.find(option) != std::string::npos; };
  if (benchmark.format == BenchmarkFormat::kGoogle && !has("--benchmark_format")) {
    return command + " --benchmark_format=json";
  }
  if (benchmark.format == BenchmarkFormat::kCatch2 && !has("-r xml") && !has("--reporter")) {
    return command + " -r xml";
  }
  return command;
}

std::string figures_file(const Benchmark& benchmark) {
  constexpr std::string_view kOption = "--export-json";
  if (benchmark.format != BenchmarkFormat::kHyperfine) return {};
  const std::string_view command = benchmark.command;
  std::size_t at = command.find(kOption);
  if (at == std::string_view::npos) return {};
  at = command.find_first_not_of(" =", at + kOption.size());
  if (at == std::string_view::npos) return {};
  const std::string_view name = command.substr(at, command.find_first_of(" \t;|&>'\"", at) - at);
  return name == "-" || name.starts_with('/') ? std::string() : std::string(name);
}

Result<std::vector<Figure>> read_figures(const Benchmark& benchmark, std::string_view text) {
  switch (benchmark.format) {
    case BenchmarkFormat::kProcess:
      return std::vector<Figure>();
    case BenchmarkFormat::kGoogle:
      return read_google(text);
    case BenchmarkFormat::kCatch2:
      return read_catch2(text);
    case BenchmarkFormat::kHyperfine:
      return read_hyperfine(text);
    case BenchmarkFormat::kJson:
      return read_json(benchmark.unit, text);
  }
  return fail(ErrorKind::kInternal, "a format of benchmarks that nobody reads");
}

}  // namespace automod::trial
