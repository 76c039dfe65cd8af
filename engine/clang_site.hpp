#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzers/clang/units.hpp"
#include "engine/impl.hpp"

namespace automod {

/// A target's tree, configured, where tools of clang read it in the sandbox. Several may run at
/// once; what they write is forgotten.
class ClangSite {
 public:
  /// Prepares the base up to `until`, recorded with the session where there is one. A base that
  /// does not configure is noted, and read without its compile database. `engine` is borrowed.
  static Result<ClangSite> open(Engine::Impl& engine, const Target& target, ExecutionType until,
                                const std::optional<SessionId>& session = {});
  ClangSite(ClangSite&&) noexcept;
  ~ClangSite();

  sandbox::Runner& runner() const;
  const sandbox::Policy& policy() const;
  const analyzers::PathResolver& resolve() const;
  /// Of all files of the tree.
  const std::vector<std::string>& paths() const;
  /// Folder with compile_commands.json, relative to the root; empty: none.
  const std::string& database() const;
  /// Translation units: those of the database, else all tracked sources.
  const std::vector<std::string>& units() const;
  /// Of the base, where it was tested before; else empty.
  const Inventory& base_tests() const;

 private:
  struct Impl;
  explicit ClangSite(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace automod
