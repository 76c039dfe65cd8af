#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/types/words.hpp"

/// Refs as the files that git keeps them in.
namespace automod::repo {

/// What the file of a ref says, not what it leads to. Neither: there is no such file.
struct LooseRef {
  std::optional<CommitId> commit;
  std::optional<std::string> symbolic;  // the ref (or path) it stands for
};

/// kInternal when the file holds neither an id nor another ref's name.
Result<LooseRef> read_loose(const std::filesystem::path& common_dir, std::string_view ref);

/// The file `packed-refs`, which holds what the loose ones do not.
class PackedRefs {
 public:
  /// Empty when there is none. kInternal when it is damaged, kUnavailable when it is a link.
  static Result<PackedRefs> read(const std::filesystem::path& common_dir);

  std::optional<CommitId> find(std::string_view ref) const;
  /// Some ref that `folder`, itself no ref, holds as if it were a folder.
  std::optional<std::string> any_below(std::string_view folder) const;
  /// The same file without some refs; nullopt when it has none of them.
  std::optional<std::string> without(const std::set<std::string>& refs) const;

 private:
  struct Line {
    std::string id;
    std::size_t begin = 0;  // of its text, with the line that peels a tag
    std::size_t end = 0;
  };
  std::string text_;
  std::map<std::string, Line, std::less<>> refs_;
};

/// The ref, loose or packed, that keeps `ref` from being made: one that would have to be a folder
/// for it, or that lies below it.
std::optional<std::string> in_the_way(const std::filesystem::path& common_dir,
                                      const PackedRefs& packed, std::string_view ref);

}  // namespace automod::repo
