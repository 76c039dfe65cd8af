#include <algorithm>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "engine/trial/inventory_reports.hpp"

/// What runners answer when they are asked which tests there are.
namespace automod::trial {

namespace {

using nlohmann::json;

/// CTest runs such a test together with others, whatever was asked for.
bool stands_alone(const json& test) {
  const auto properties = test.find("properties");
  if (properties == test.end() || !properties->is_array()) return true;
  return std::ranges::none_of(*properties, [](const json& property) {
    const auto name = property.is_object() ? property.find("name") : property.end();
    if (!property.is_object() || name == property.end() || !name->is_string()) return false;
    const auto& text = name->get_ref<const std::string&>();
    return text.starts_with("FIXTURES_") || text == "DEPENDS";
  });
}

std::optional<CtestEntry> read_entry(const json& test) {
  const auto name = test.is_object() ? test.find("name") : test.end();
  if (!test.is_object() || name == test.end() || !name->is_string()) return std::nullopt;
  CtestEntry entry;
  entry.name = test_name(name->get_ref<const std::string&>());
  entry.stands_alone = stands_alone(test);
  const auto command = test.find("command");
  if (command == test.end()) return entry;  // a test that was never built has none
  if (!command->is_array()) return std::nullopt;
  for (const auto& word : *command) {
    if (!word.is_string()) return std::nullopt;
    entry.command.push_back(word.get<std::string>());
  }
  return entry;
}

/// "package/module.py::Class::name[a::b]" as "package.module.Class::name[a::b]".
std::optional<std::string> pytest_name(std::string_view id) {
  const auto bracket = std::min(id.find('['), id.size());
  const auto cut = id.substr(0, bracket).rfind("::");
  if (cut == id.npos) return std::nullopt;
  std::string group;
  std::string_view rest = id.substr(0, cut);
  for (bool is_file = true; !rest.empty(); is_file = false) {
    const auto end = std::min(rest.find("::"), rest.size());
    std::string part(rest.substr(0, end));
    if (is_file) {
      if (part.ends_with(".py")) part.resize(part.size() - 3);
      std::ranges::replace(part, '/', '.');
    }
    group += (group.empty() ? "" : ".") + part;
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return test_name(group + "::" + std::string(id.substr(cut + 2)));
}

}  // namespace

std::optional<std::vector<CtestEntry>> read_ctest_entries(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto tests = document.find("tests");
  if (tests == document.end() || !tests->is_array() || tests->size() > kMostTests) {
    return std::nullopt;
  }
  std::vector<CtestEntry> entries;
  for (const auto& test : *tests) {
    auto entry = read_entry(test);
    if (!entry) return std::nullopt;
    entries.push_back(std::move(*entry));
  }
  return entries;
}

std::optional<Names> read_ctest_list(std::string_view text) {
  const auto entries = read_ctest_entries(text);
  if (!entries) return std::nullopt;
  Names names;
  for (const auto& entry : *entries) names.push_back(entry.name);
  return names;
}

std::optional<Names> read_gtest_list(std::string_view text) {
  Names names;
  std::string suite;
  for (const auto raw : split_lines(text)) {
    const auto line = raw.substr(0, raw.find("  # "));
    if (line.starts_with("  ")) {
      if (suite.empty() || names.size() == kMostTests) return std::nullopt;
      names.push_back(test_name(suite + std::string(trimmed(line))));
    } else if (trimmed(line).ends_with('.')) {
      suite = trimmed(line);
    }
  }
  return names;
}

std::optional<Names> read_catch2_list(std::string_view text) {
  Names names;
  for (const auto line : split_lines(text)) {
    if (line.empty()) continue;
    // The second version has a heading instead of being quiet.
    if (names.empty() && (line.starts_with("All available") || line.starts_with("Matching test"))) {
      return std::nullopt;
    }
    if (names.size() == kMostTests) return std::nullopt;
    // A name that begins with '#' is quoted.
    const bool is_quoted = line.size() > 2 && line.starts_with("\"#") && line.ends_with('"');
    names.push_back(test_name(is_quoted ? line.substr(1, line.size() - 2) : line));
  }
  return names;
}

std::optional<Names> read_doctest_list(std::string_view text) {
  pugi::xml_document document;
  if (!document.load_buffer(text.data(), text.size())) return std::nullopt;
  const auto root = document.child("doctest");
  if (!root) return std::nullopt;
  Names names;
  for (const auto& test : root.children("TestCase")) {
    if (names.size() == kMostTests) return std::nullopt;
    const std::string suite = test.attribute("testsuite").value();
    names.push_back(
        test_name((suite.empty() ? "" : suite + "::") + test.attribute("name").value()));
  }
  return names;
}

std::optional<Names> read_pytest_list(std::string_view text) {
  Names names;
  for (const auto line : split_lines(text)) {
    if (line.empty() || line.starts_with("=")) break;  // what follows is no list any more
    const auto name = pytest_name(line);
    if (!name || names.size() == kMostTests) return std::nullopt;
    names.push_back(*name);
  }
  return names;
}

std::optional<Names> read_go_list(std::string_view text) {
  Names names;
  for (const auto line : split_lines(text)) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;  // what the compiler says
    if (event.value("Action", json()) != json("output")) continue;
    const auto package = event.value("Package", json());
    const auto output = event.value("Output", json());
    if (!package.is_string() || !output.is_string()) return std::nullopt;
    const std::string_view said = output.get_ref<const std::string&>();
    const auto name = trimmed(said.substr(0, said.find('\n')));
    const bool is_name =
        name.starts_with("Test") || name.starts_with("Example") || name.starts_with("Fuzz");
    if (!is_name || name.find(' ') != name.npos) continue;
    if (names.size() == kMostTests) return std::nullopt;
    names.push_back(test_name(package.get<std::string>() + "." + std::string(name)));
  }
  return names;
}

}  // namespace automod::trial
