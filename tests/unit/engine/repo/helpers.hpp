#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "engine/repo/repo.hpp"
#include "tests/unit/support/git_fixture.hpp"

namespace automod::testing {

/// The value, or the error's words as an exception, which fails the test.
template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A repository and our view of it.
class RepoTest {
 protected:
  repo::Repository open() const { return value(repo::Repository::open(git.root())); }
  TreeId tree(std::string_view revision = "HEAD") const { return {git.tree(revision)}; }
  CommitId commit(std::string_view message) const { return {git.commit(message)}; }

  static FileChange changed(std::string path, std::string from, std::string to) {
    return {.path = std::move(path), .original = std::move(from), .modified = std::move(to)};
  }
  static FileChange made(std::string path, std::string content) {
    return {.path = std::move(path), .original = {}, .modified = std::move(content)};
  }
  static FileChange deleted(std::string path, std::string content) {
    return {.path = std::move(path), .original = std::move(content), .modified = {}};
  }

  GitFixture git;
};

}  // namespace automod::testing
