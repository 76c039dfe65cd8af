#include "engine/trial/detect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/trial/detect_system.hpp"

namespace automod::trial {

namespace {

struct System {
  std::string_view name;
  std::string_view marker;  // the file that gives it away
  bool (*detect)(const TreeView&, Detected&);
};

/// Make comes last: a Makefile beside another build system is mostly a bunch of shortcuts.
constexpr std::array<System, 7> kSystems = {{
    {"CMake", "CMakeLists.txt", detect_cmake},
    {"Meson", "meson.build", detect_meson},
    {"Cargo", "Cargo.toml", detect_cargo},
    {"Go", "go.mod", detect_go},
    {"npm", "package.json", detect_npm},
    {"Python", "pyproject.toml", detect_python},
    {"Make", "Makefile", detect_make},
}};

void note_others(const TreeView& tree, Detected& found) {
  std::vector<std::string> others;
  for (const auto& system : kSystems) {
    if (system.name != found.system && has_file(tree, system.marker)) {
      others.emplace_back(system.marker);
    }
  }
  if (others.empty()) return;
  found.notes.push_back(
      fmt::format("{} is there as well; {} was preferred", enumerate(others), found.system));
}

void note_gaps(Detected& found) {
  if (found.config.test.empty()) {
    found.notes.emplace_back(
        "no tests were recognised: without a test command every change needs approval by hand");
  }
}

}  // namespace

Detected detect(const TreeView& tree) {
  Detected found;
  protect(found.config, {"tests/**", "test/**", "**/tests/**", "**/*_test.*", "**/test_*.*"});
  for (const auto& system : kSystems) {
    if (!system.detect(tree, found)) continue;
    found.system = system.name;
    note_others(tree, found);
    note_gaps(found);
    return found;
  }
  found.notes.emplace_back(
      "no build system was recognised (looked for CMake, Meson, Cargo, Go, npm, Python and Make "
      "at the root); commands must be filled in by hand");
  return found;
}

bool has_file(const TreeView& tree, std::string_view path) {
  return std::binary_search(tree.paths.begin(), tree.paths.end(), path);
}

bool has_folder(const TreeView& tree, std::string_view folder) {
  const std::string prefix = std::string(folder) + "/";
  const auto first = std::lower_bound(tree.paths.begin(), tree.paths.end(), prefix);
  return first != tree.paths.end() && first->starts_with(prefix);
}

std::string content_of(const TreeView& tree, std::string_view path) {
  if (!has_file(tree, path)) return {};
  return tree.read(path).value_or("");
}

std::vector<std::string> matching(const TreeView& tree, std::string_view glob) {
  std::vector<std::string> found;
  for (const auto& path : tree.paths) {
    if (glob_match(glob, path)) found.push_back(path);
  }
  return found;
}

std::string without_comments(std::string_view text, char sign) {
  std::string kept;
  for (const auto line : split_lines(text)) {
    kept += line.substr(0, line.find(sign));
    kept += '\n';
  }
  return kept;
}

std::string enumerate(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    const bool is_last = i + 1 == names.size();
    text += (i == 0 ? "" : is_last ? " and " : ", ") + printable_line(names[i].substr(0, 100));
  }
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

void protect(Config& config, const std::vector<std::string_view>& globs) {
  auto& paths = config.protected_paths;
  for (const auto glob : globs) {
    if (std::find(paths.begin(), paths.end(), glob) == paths.end()) paths.emplace_back(glob);
  }
}

}  // namespace automod::trial
