#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "analyzers/treesitter/nodes.hpp"
#include "engine/trial/review/conventions.hpp"
#include "engine/trial/review/reach.hpp"
#include "engine/trial/review/source.hpp"

namespace automod::trial {

namespace {

using analyzers::SyntaxNode;
using analyzers::SyntaxTree;

constexpr std::size_t kFewestLines = 500;  // of a base that has habits
constexpr std::size_t kFewestFiles = 3;

/// A way to fail or to allocate.
struct Manner {
  Family family;
  std::string_view node;   // of the syntax tree
  std::string_view begin;  // of its text
  std::string_view end;    // likewise
  std::string_view word;   // what a file without it need not be parsed for
  std::string_view name;
};

constexpr auto kManners = std::to_array<Manner>({
    {Family::kC, "throw_statement", "", "", "throw", "throw"},
    {Family::kC, "new_expression", "", "", "new", "new"},
    {Family::kC, "delete_expression", "", "", "delete", "delete"},
    {Family::kPython, "raise_statement", "", "", "raise", "raise"},
    {Family::kScript, "throw_statement", "", "", "throw", "throw"},
    {Family::kGo, "call_expression", "panic(", "", "panic", "panic"},
    {Family::kRust, "call_expression", "", ".unwrap()", "unwrap", "unwrap"},
    {Family::kJava, "throw_statement", "", "", "throw", "throw"},
});

/// The line of the first place that does it so; nullopt when there is none, or nobody can say.
std::optional<std::size_t> place_of(const Manner& manner, analyzers::Language language,
                                    std::string_view text) {
  if (!text.contains(manner.word)) return std::nullopt;
  const auto tree = analyzers::syntax_tree(language, text, kMostHabitBytes);
  if (!tree) return std::nullopt;
  for (const SyntaxNode& node : tree->nodes) {
    const std::string_view own = text.substr(node.begin, node.end - node.begin);
    if (node.type == manner.node && own.starts_with(manner.begin) && own.ends_with(manner.end)) {
      return node.line;
    }
  }
  return std::nullopt;
}

/// What the base's sources of one family do.
struct Practice {
  std::size_t files = 0;
  std::size_t lines = 0;
  bool does_it = false;
  bool is_known = true;  // all of it was read
};

Practice practice_of(const ReviewInput& input, const Manner& manner) {
  Practice found;
  for (const std::string& path : input.base_paths) {
    const auto language = analyzers::language_of(path);
    const bool counts = language && family_of(*language) == manner.family &&
                        role_of(input.config, path) == FileRole::kSource;
    if (!counts) continue;
    const auto text = input.read_base(path);
    if (!text || text->size() > kMostHabitBytes || ++found.files > kMostHabitFiles) {
      found.is_known = false;
      return found;
    }
    found.lines += static_cast<std::size_t>(std::ranges::count(*text, '\n'));
    if (!text->contains(manner.word)) continue;
    if (!analyzers::syntax_tree(*language, *text, kMostHabitBytes)) found.is_known = false;
    found.does_it = found.does_it || place_of(manner, *language, *text).has_value();
    if (found.does_it || !found.is_known) return found;
  }
  return found;
}

}  // namespace

void add_unlike_failures(const ReviewInput& input, Review& into) {
  for (const Manner& manner : kManners) {
    std::optional<Practice> practice;
    for (const FileChange& file : input.files) {
      const auto language = code_language(file.path);
      const bool counts = language && family_of(*language) == manner.family && file.modified &&
                          role_of(input.config, file.path) == FileRole::kSource;
      if (!counts) continue;
      const auto line = place_of(manner, *language, *file.modified);
      if (!line) continue;
      if (!practice) practice = practice_of(input, manner);
      const bool is_habit = practice->is_known && !practice->does_it &&
                            practice->files >= kFewestFiles && practice->lines >= kFewestLines;
      if (!is_habit) break;
      into.facts.push_back(
          {.kind = FactKind::kUnconventional,
           .path = file.path,
           .line = *line,
           .what = std::string(manner.name),
           .before = fmt::format("none of {} source files has any", practice->files),
           .after = fmt::format("a {}", manner.name)});
    }
  }
}

}  // namespace automod::trial
