#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "engine/codebase.hpp"

/// What a task is about, found in a tree.
namespace automod::context {

/// Facts of single files, each read once. Borrows the tree.
class Shelf {
 public:
  explicit Shelf(const PackedTree& tree) : tree_(tree) {}
  /// Of a file of the tree's code.
  Result<const analyzers::FileFacts*> facts(std::uint32_t file);
  const PackedTree& tree() const { return tree_; }

 private:
  const PackedTree& tree_;
  std::map<std::uint32_t, analyzers::FileFacts> known_;
};

/// A file as a whole, or a part of it.
struct Meant {
  std::string path;
  std::optional<std::uint32_t> file = {};   // of the tree's code; none: in no language
  std::uint32_t symbol = analyzers::kNone;  // of its facts
  std::size_t line = 0;                     // that was named; 0: none
  friend bool operator==(const Meant&, const Meant&) = default;
};

struct Focus {
  std::vector<Meant> meant;  // in the order in which they are named
  std::vector<std::string> notes;
};

/// `focus` are words as on the command line, each of which has to mean something: kUsage, with what
/// comes nearest, for one that does not. What `words` mention and the code has is added.
Result<Focus> find_meant(Shelf& shelf, const std::vector<std::string>& focus,
                         const std::string& words, unsigned jobs);

}  // namespace automod::context
