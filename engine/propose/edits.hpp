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

/// Makes all edits, each on what those before it left, or none. By path, no two alike.
///
/// Lines are searched whole and exactly, their ends and the file's byte order mark aside. kRefused,
/// with the mistakes of all edits and for each the nearest lines of the file, which tell no line
/// that may hold a secret, when they are not there or are there more than once; when a file is
/// missing, binary, larger than 8 MiB or was deleted further up; when a new one exists or has a
/// path that reads like prose; when one that is written anew has more than 200 lines or 16 KiB, or
/// was not shown to a model as it is; when new text has a mark for what was not shown; when nothing
/// is changed in the end. The first line of the message stands for itself; where there is more to
/// say, lines follow.
///
/// All bytes outside of what is replaced are left alone, a missing last line end and a byte order
/// mark among them. Line ends are written as the file writes them in that place (replace_lines in
/// file_lines.hpp says it exactly); in a file that was not there or was empty they are newlines.
Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits, const FileReader& read);

/// The same on a tree of a repository; files keep the mode they have, renamed ones too. Links and
/// submodules are refused. What else no change may touch is for check_changes() to say.
Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits,
                                            const repo::Repository& repo, const TreeId& tree);

}  // namespace automod::propose
