#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "analyzers/api/api.hpp"
#include "analyzers/clang/ast.hpp"
#include "analyzers/smells/smells.hpp"

/// Any bytes at all as what automod-clang printed. What is accepted names files of the project
/// alone, and a surface made of it has not changed since itself.

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

void check_places(const Ast& facts) {
  const auto is_own = [](const auto& fact) { return fact.place.path.starts_with("own/"); };
  for (const auto& symbol : facts.symbols) {
    if (!is_own(symbol)) give_up("a symbol of another place");
  }
  for (const auto& call : facts.calls) {
    if (!is_own(call)) give_up("a call of another place");
  }
  for (const auto& smell : facts.smells) {
    if (!is_own(smell)) give_up("a smell of another place");
  }
  for (const auto& found : find_smells(facts, true)) {
    if (!found.path.starts_with("own/")) give_up("a finding of another place");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  auto unit = read_ast(text, "/tree", own_paths);
  if (!unit) return 0;
  check_places(unit->facts);
  Ast both = unit->facts;
  both.merge(unit->facts);
  const ApiSurface surface = surface_of(both, {"own/a.hpp"});
  if (!diff(surface, surface).empty()) give_up("a surface that differs from itself");
  return 0;
}
