#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/propose/answer.hpp"
#include "engine/repo/repo.hpp"
#include "engine/types/words.hpp"

/// Edits made on files, all or none.
namespace automod::propose {

/// Content of a file of the base; nullopt when there is none.
using FileReader = std::function<Result<std::optional<std::string>>(std::string_view path)>;

/// Makes all edits, each on what those before it left, or none. kRefused, with every edit that
/// cannot be made and for each the nearest lines of the file, when what is searched is not there or
/// is there more than once, a new file exists, or nothing is changed in the end. A line end is
/// written as the file around it writes it; all other bytes of a file are left alone, its missing
/// last line end and its byte order mark among them. By path, no two alike.
Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits, const FileReader& read);

/// The same on a tree of a repository; files keep the mode they have, renamed ones too.
Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits,
                                            const repo::Repository& repo, const TreeId& tree);

}  // namespace automod::propose
