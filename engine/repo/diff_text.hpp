#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

/// The text of a diff, made from contents alone: no setting or attribute of any repository can
/// change it.
namespace automod::repo {

/// One side of a file's change.
struct DiffSide {
  unsigned mode = 0;
  std::string content;  // of a submodule: "Subproject commit <id>\n"
  std::string id;       // the blob's or commit's id
};

/// One file's part of a diff, as `git diff --full-index --text --no-renames` prints it. At least
/// one side is given; sides of different types (file, link) are two parts, not one.
Result<std::string> diff_file(std::string_view path, const std::optional<DiffSide>& before,
                              const std::optional<DiffSide>& after);

/// The id of a blob with this content.
Result<std::string> blob_id(std::string_view content);

/// A path as git writes it in headers: in quotes and escaped where it must be.
std::string quote_path(std::string_view path);

}  // namespace automod::repo
