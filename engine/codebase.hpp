#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/index/index.hpp"
#include "analyzers/index/packed.hpp"
#include "engine/engine.hpp"

/// The target as the analyzers know it by its syntax. Nothing is run and no sandbox is needed.
namespace automod {

struct Indexed {
  CommitId commit;
  TreeId tree;
  analyzers::IndexRun run;
  std::size_t index_bytes = 0;  // on disk, of all targets
};

/// A revision read into memory.
class IndexedCode {
 public:
  struct Impl;  // engine/codebase.cpp
  explicit IndexedCode(std::unique_ptr<Impl> impl);
  IndexedCode(IndexedCode&&) noexcept;
  ~IndexedCode();

  const Indexed& indexed() const;
  const analyzers::Codebase& code() const;
  /// Of a file of the codebase.
  Result<std::string> text(std::uint32_t file) const;

 private:
  std::unique_ptr<Impl> impl_;
};

/// A revision of which only that is read what is asked for.
class PackedTree {
 public:
  struct Impl;  // engine/codebase.cpp
  explicit PackedTree(std::unique_ptr<Impl> impl);
  PackedTree(PackedTree&&) noexcept;
  ~PackedTree();

  const Indexed& indexed() const;
  const analyzers::PackedCode& code() const;
  /// All files, by path; those in no language, too.
  const std::vector<std::string>& paths() const;
  /// Of a file of the tree.
  Result<std::string> text(std::string_view path) const;

 private:
  std::unique_ptr<Impl> impl_;
};

/// The index of this user: shared by all targets, as it goes by content.
Result<std::filesystem::path> index_file();

/// Brings the index up to date for a revision of the repository that `directory` lies in. Symbolic
/// links and submodules are no files. Progress and what was left out are for the observer.
Result<Indexed> update_index(const std::filesystem::path& directory, std::string_view revision,
                             const EngineWorld& world);
/// The same, and reads all of it. An index that turns out to be damaged is made anew.
Result<IndexedCode> read_code(const std::filesystem::path& directory, std::string_view revision,
                              const EngineWorld& world);
/// The same, and reads as little as can be.
Result<PackedTree> read_packed(const std::filesystem::path& directory, std::string_view revision,
                               const EngineWorld& world);

}  // namespace automod
