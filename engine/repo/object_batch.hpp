#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "engine/repo/impl.hpp"

namespace automod::repo {

/// New objects of the repository, written to a folder of our own and flushed together: one wait
/// for the disk, however many there are. None can be found before all of them are whole, so that
/// a power cut leaves no object that only looks as if it were there.
class ObjectBatch {
 public:
  explicit ObjectBatch(const Repository::Impl& impl) : impl_(impl) {}

  /// Adds one, "blob", "tree" or "commit", unless the repository has it; its id. What it refers to
  /// is added before it.
  Result<std::string> add(std::string_view type, std::string_view content);
  /// All that were added are in the repository, in the order they came.
  Result<void> settle();

 private:
  Result<void> begin();
  Result<void> move_in(const std::string& id) const;

  const Repository::Impl& impl_;
  std::optional<TempDir> folder_;  // on their file system; made for the first object
  Handle<git_odb> odb_;            // writes there
  std::vector<std::string> ids_;
};

/// Adds what `tree` needs and only memory holds. (write.cpp)
Result<void> add_tree(const Repository::Impl& impl, ObjectBatch& batch, const std::string& tree);
/// Adds a commit, whose tree is there or was added. (commits.cpp)
Result<CommitId> add_commit(const Repository::Impl& impl, ObjectBatch& batch,
                            const NewCommit& commit);

}  // namespace automod::repo
