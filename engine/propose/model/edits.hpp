#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "engine/types/words.hpp"

namespace automod::propose {

/// One search/replace block of a model's answer. Both parts end with a line end or are empty.
struct Edit {
  std::string path;
  std::string search;
  std::string replace;
};

struct Answer {
  std::string reasoning;  // what was said before the first block
  std::vector<Edit> edits;
};

/// Reads an answer in the format of prompts/edit_format.txt. Strict: an answer without a block,
/// a block that is not closed, has two separators or no path is refused whole (kRefused).
Result<Answer> read_answer(std::string_view text);

/// Content of a file of the base; nullopt when there is none.
using FileReader = std::function<Result<std::optional<std::string>>(std::string_view path)>;

/// Makes all edits or none. kRefused, with the nearest line shown, when what is searched is not
/// there or is there more than once.
Result<std::vector<FileChange>> apply_edits(const std::vector<Edit>& edits, const FileReader& read);

}  // namespace automod::propose
