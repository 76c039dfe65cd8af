#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/config.hpp"

namespace automod::trial {

/// A tree to look at: sorted paths, and a file's content where it exists and is not huge.
struct TreeView {
  std::vector<std::string> paths;
  std::function<std::optional<std::string>(std::string_view path)> read;
};

struct Detected {
  Config config;
  std::string system;              // "CMake", "Meson", …; empty: none was recognised
  std::vector<std::string> notes;  // what was seen, what was guessed and why
};

/// How a project is configured, built, tested and measured, judged by its files: CMake (with and
/// without presets), Meson, Make, Cargo, npm, Go, Python (pytest or unittest).
Detected detect(const TreeView& tree);

}  // namespace automod::trial
