#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "analyzers/impact/build_graph.hpp"

/// Any bytes at all as what a build says of itself: replies of CMake's file API, notes of ninja,
/// rules for make. What is accepted names files of the project alone and targets that there are.

namespace {

using namespace automod::analyzers;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::optional<std::string> own_paths(std::string_view path) {
  if (path.find("..") != std::string_view::npos) return std::nullopt;
  return "own/" + std::string(path);
}

void check_own(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (!path.starts_with("own/")) give_up("a file of another place");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (const auto graph = read_codemodel(text, own_paths)) {
    for (const BuildTarget& target : graph->targets) {
      check_own(target.sources);
      for (const std::uint32_t need : target.needs) {
        if (need >= graph->targets.size()) give_up("a target that is not there");
      }
    }
  }
  for (const auto& output : read_ninja_deps(text, "/tree/build", own_paths))
    check_own(output.needs);
  for (const auto& output : read_depfiles(text, "/tree", own_paths)) check_own(output.needs);
  return 0;
}
