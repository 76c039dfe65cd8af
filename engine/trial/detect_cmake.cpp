#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "base/text.hpp"
#include "engine/trial/detect_system.hpp"

namespace automod::trial {

namespace {

using nlohmann::json;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return c < 0x80 && (std::isalnum(c) || c == '.' || c == '_' || c == '-' || c == '+');
         });
}

bool is_for_another_system(const json& preset) {
  const std::string text = in_lower(preset.dump(-1, ' ', false, json::error_handler_t::replace));
  for (const char* word : {"visual studio", "xcode", "windows", "msvc", "darwin", "android"}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

/// Names of the configure presets that could work here.
std::vector<std::string> usable_presets(const std::string& text) {
  std::vector<std::string> names;
  const json document = json::parse(text, nullptr, false, true);
  if (!document.is_object()) return names;
  const auto presets = document.find("configurePresets");
  if (presets == document.end() || !presets->is_array()) return names;
  for (const auto& preset : *presets) {
    if (!preset.is_object()) continue;
    const auto hidden = preset.find("hidden");
    if (hidden != preset.end() && *hidden == json(true)) continue;
    const auto name = preset.find("name");
    if (name == preset.end() || !name->is_string()) continue;
    const auto plain = name->get<std::string>();
    if (is_plain_name(plain) && !is_for_another_system(preset)) names.push_back(plain);
  }
  return names;
}

/// The preset whose name promises an ordinary build; else the first one.
std::string choose_preset(const std::vector<std::string>& names) {
  static constexpr std::array<std::string_view, 7> kLiked = {
      "default", "release", "relwithdebinfo", "dev", "ci", "debug", "linux"};
  for (const auto liked : kLiked) {
    const auto found = std::find(names.begin(), names.end(), liked);
    if (found != names.end()) return *found;
  }
  return names.front();
}

std::optional<std::string> preset_for(const TreeView& tree, Detected& found) {
  if (!has_file(tree, "CMakePresets.json")) return std::nullopt;
  const auto names = usable_presets(content_of(tree, "CMakePresets.json"));
  if (names.empty()) {
    found.notes.emplace_back(
        "CMakePresets.json has no configure preset that could be used here: configured without");
    return std::nullopt;
  }
  std::string chosen = choose_preset(names);
  if (names.size() == 1) {
    found.notes.push_back(fmt::format("uses the only configure preset, '{}'", chosen));
  } else {
    found.notes.push_back(fmt::format(
        "uses the configure preset '{}', guessed by its name out of {}", chosen, enumerate(names)));
  }
  return chosen;
}

void find_tests(const std::string& all, Detected& found) {
  const bool enabled = all.find("enable_testing") != std::string::npos ||
                       std::regex_search(all, std::regex(R"(include\s*\(\s*ctest\s*\))"));
  if (!enabled) {
    found.notes.emplace_back("no CMakeLists.txt calls enable_testing() or include(CTest)");
    return;
  }
  found.config.test = "ctest --test-dir {build} -j {jobs} --output-on-failure";
  found.config.test_results = TestSource::kCtest;
}

void find_benchmarks(const std::string& all, Detected& found) {
  static const std::regex kProgram(R"(add_executable\s*\(\s*([a-z0-9_.+-]*bench[a-z0-9_.+-]*))");
  std::vector<std::string> programs;
  for (std::sregex_iterator at(all.begin(), all.end(), kProgram); at != std::sregex_iterator();
       ++at) {
    programs.push_back((*at)[1]);
  }
  if (programs.empty()) return;
  found.notes.push_back(fmt::format(
      "{} looks like a benchmark; where its program ends up and what it needs was not guessed: "
      "add a [[benchmark]] with its command",
      enumerate(programs)));
}

}  // namespace

bool detect_cmake(const TreeView& tree, Detected& found) {
  if (!has_file(tree, "CMakeLists.txt")) return false;
  std::string all = without_comments(content_of(tree, "CMakeLists.txt"), '#');
  for (const auto& path : matching(tree, "**/CMakeLists.txt")) {
    if (path != "CMakeLists.txt" && all.size() < 4 * 1024 * 1024) {
      all += without_comments(content_of(tree, path), '#');
    }
  }
  all = in_lower(all);  // commands of CMake's language are not case sensitive
  Config& config = found.config;
  const auto preset = preset_for(tree, found);
  config.configure = fmt::format("cmake{} -S . -B {{build}} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                                 preset ? " --preset " + *preset : "");
  config.build = "cmake --build {build} -j {jobs}";
  if (!preset && all.find("cmake_build_type") == std::string::npos) {
    found.notes.emplace_back(
        "no build type is chosen anywhere, so CMake will not optimize: set -DCMAKE_BUILD_TYPE in "
        "`configure` before measuring (a release type may turn assert() off in tests)");
  }
  find_tests(all, found);
  find_benchmarks(all, found);
  protect(config, {"CMakeLists.txt", "**/CMakeLists.txt", "**/*.cmake", "CMakePresets.json",
                   "bench/**", "benchmarks/**"});
  return true;
}

}  // namespace automod::trial
