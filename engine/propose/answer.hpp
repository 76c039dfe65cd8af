#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// What a model's answer says, before anything is known of the files it speaks of.
namespace automod::propose {

// In JSON by name.
enum class EditKind { kReplace, kWhole, kDelete, kRename };
std::string_view name(EditKind kind);

/// One block. The texts are as they stand in the answer, every line with its own end, whatever that
/// is; the last line has one, too.
struct Edit {
  EditKind kind = EditKind::kReplace;
  std::string path;
  std::string search;    // kReplace; never empty
  std::string replace;   // kReplace; kWhole: all of the file
  std::string new_path;  // kRename
  std::size_t line = 0;  // of the answer, from 1: where the block begins
};

struct ReadAnswer {
  std::string reasoning;     // what was said before the first block, its first 16 KiB
  std::vector<Edit> edits;   // in the order in which they are to be made
  bool is_declined = false;  // it says that nothing should be changed; then there is no edit
};

/// Reads an answer in the format of prompts/edit_format.txt. Strict: kRefused, with the lines of
/// the answer and what was expected there, for an answer without a block, one that is not closed,
/// is nested, has two separators or no path, for a path that leaves the tree or holds control
/// characters, and for whatever else could mean two things: a line that is nearly a marker or one
/// of a conflict, a fence within a whole file. Refused as well: what is no UTF-8, holds zero bytes
/// or exceeds 8 MiB, 200,000 lines or 200 blocks.
///
/// Taken as it is meant: blanks and carriage returns after a marker, a fence around a block and its
/// path, backticks or two asterisks around a path. Whether a path is one of a file, and no words
/// about one, shows only where the edit is made.
///
/// The first line of the message stands for itself; where there is more to say, lines follow.
Result<ReadAnswer> read_answer(std::string_view text);

}  // namespace automod::propose
