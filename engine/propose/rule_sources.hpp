#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/clang/clang_tidy.hpp"
#include "analyzers/treesitter/syntax.hpp"
#include "engine/repo/repo.hpp"

namespace automod::propose {

/// A file of the tree that a rule speaks of. Lines and columns count from 1, columns in bytes.
class Source {
 public:
  Source(std::string_view path, std::string text, bool is_executable);

  const std::string& text() const { return text_; }
  bool is_executable() const { return is_executable_; }
  std::size_t line(std::size_t offset) const;
  std::size_t column(std::size_t offset) const;

  /// The text with these replacements, which all are of this file; nullopt when they do not fit,
  /// change nothing, or add errors of syntax. New lines end as those of the file do.
  std::optional<std::string> edited(const std::vector<analyzers::Replacement>& replacements);

  std::optional<analyzers::Language> language() const { return language_; }

 private:
  std::optional<std::size_t> errors_before();

  std::string text_;
  bool is_executable_;
  std::optional<analyzers::Language> language_;
  std::vector<std::size_t> line_starts_;
  bool ends_lines_with_crlf_ = false;
  bool counted_ = false;
  std::optional<std::size_t> errors_;
};

/// Reads each file of a tree at most once.
class Sources {
 public:
  static Result<Sources> open(const repo::Repository& repo, const TreeId& tree);

  /// Null when the tree has no such regular file or it is too large to be worked on.
  Result<Source*> find(const std::string& path);

 private:
  Sources(const repo::Repository& repo, TreeId tree) : repo_(&repo), tree_(std::move(tree)) {}

  const repo::Repository* repo_;
  TreeId tree_;
  std::map<std::string, repo::Entry, std::less<>> entries_;
  std::map<std::string, std::optional<Source>, std::less<>> read_;
};

}  // namespace automod::propose
