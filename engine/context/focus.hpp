#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/treesitter/facts.hpp"
#include "engine/codebase.hpp"

/// What a task is about, found in a tree.
namespace automod::context {

/// All of a small tree, read and linked by the first task that wants it.
using WholeTree = std::shared_ptr<const analyzers::Codebase>;

/// Facts of single files, each read once. Borrows the tree and where the whole of it is kept.
class Shelf {
 public:
  Shelf(const PackedTree& tree, WholeTree& whole) : tree_(tree), whole_(whole) {}
  /// Of a file of the tree's code.
  Result<const analyzers::FileFacts*> facts(std::uint32_t file);
  const PackedTree& tree() const { return tree_; }
  WholeTree& whole() { return whole_; }

 private:
  const PackedTree& tree_;
  WholeTree& whole_;
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
