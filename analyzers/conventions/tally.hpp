#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analyzers/conventions/conventions.hpp"
#include "analyzers/treesitter/nodes.hpp"

/// Counting habits, for this folder's files.
namespace automod::analyzers {

inline constexpr std::size_t kLongestLine = 400;  // longer ones count as this

class Tally {
 public:
  Tally() = default;
  /// `path` and `language` are those of what add() counts.
  Tally(std::string path, std::string_view language)
      : path_(std::move(path)), language_(language) {}

  void add(HabitTopic topic, std::string_view what, std::string_view value, std::size_t line);
  void add_line(std::size_t columns) { ++lengths_[std::min(columns, kLongestLine)]; }

  /// Adds what another one counted.
  void merge(const Tally& other);
  std::vector<Habit> habits() const;

 private:
  using Key = std::tuple<HabitTopic, std::string, std::string>;  // language, what
  using Lengths = std::array<std::size_t, kLongestLine + 1>;

  void add_lengths(std::vector<Habit>& into) const;

  std::string path_;
  std::string language_;
  std::map<Key, std::map<std::string, HabitValue, std::less<>>> counts_;
  Lengths lengths_{};
};

/// A file that habits are learnt from.
struct HabitSource {
  const CodeFile& file;
  std::string_view text;
  const SyntaxTree& tree;
  Language language = Language::kC;  // that the tree was read in
  bool has_catch2 = false;           // somewhere in the project
  bool has_doctest = false;          // likewise

  std::string_view text_of(const SyntaxNode& node) const {
    return text.substr(node.begin, node.end - node.begin);
  }
};

void learn_naming(const HabitSource& source, Tally& into);
void learn_syntax(const HabitSource& source, Tally& into);  // errors, ownership, concurrency
void learn_layout(const HabitSource& source, Tally& into);  // formatting
void learn_tests(const HabitSource& source, Tally& into);
void learn_comments(const HabitSource& source, Tally& into);

}  // namespace automod::analyzers
