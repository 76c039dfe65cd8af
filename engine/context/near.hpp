#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "engine/context/focus.hpp"

/// The code around what is meant. Of a small tree that is all of it; of a large one the files that
/// have to do with it by the names that they have.
namespace automod::context {

struct Near {
  explicit Near(std::shared_ptr<const analyzers::Codebase> read)
      : held(std::move(read)), code(*held) {}

  std::shared_ptr<const analyzers::Codebase> held;
  const analyzers::Codebase& code;            // that is held
  std::vector<analyzers::SymbolAt> symbols;   // that are meant, in `code`
  std::vector<std::uint32_t> files;           // likewise: as wholes
  std::size_t all_files = 0;                  // of the tree; more than `code` has: a part was read
  std::set<std::string, std::less<>> common;  // names that too many things in the tree have

  /// Is the link more than a likeness of names?
  bool counts(const analyzers::Link& link) const;
};

/// With nothing meant all of the tree is read.
Result<Near> read_near(Shelf& shelf, const std::vector<Meant>& meant, unsigned jobs);

}  // namespace automod::context
