#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"

namespace automod::testing {

/// What a program said and how it ended.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

/// A real git repository in a folder of its own, made by the `git` program, which sees neither
/// the user's configuration nor environment. Dates and names are fixed: the same calls make the
/// same commits. Whatever fails that should not throws std::runtime_error with git's words.
class GitFixture {
 public:
  /// An empty repository whose HEAD is an unborn branch `main`.
  GitFixture();

  const std::filesystem::path& root() const { return root_; }     // the working tree
  std::filesystem::path scratch(std::string_view name) const;     // outside of it; not made
  std::filesystem::path home() const { return scratch("home"); }  // git's HOME

  /// Runs git in the working tree; its stdout without the final newline.
  std::string git(const std::vector<std::string>& arguments) const;
  std::string git_in(const std::filesystem::path& folder,
                     const std::vector<std::string>& arguments) const;
  /// The same, whatever the exit code; stdout is left as it is.
  Ran try_git(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
              std::string_view input = {}) const;

  void write(std::string_view path, std::string_view content, bool executable = false) const;
  void link(std::string_view path, std::string_view target) const;
  void remove(std::string_view path) const;

  /// Commits all that the working tree holds (even nothing); the commit's id.
  std::string commit(std::string_view message) const;
  std::string id(std::string_view revision) const;  // "HEAD^{tree}", "main"
  std::string tree(std::string_view revision = "HEAD") const;

  /// Path and digest of every file below the folder, one a line: equal texts, equal folders.
  static std::string snapshot(const std::filesystem::path& folder);

 private:
  TempDir dir_;
  std::filesystem::path root_;
};

}  // namespace automod::testing
