#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace automod::cli {

/// Lines [line, line + removed) of the old file become `inserted`. Lines count from 1.
struct Edit {
  std::size_t line = 1;
  std::size_t removed = 0;
  std::string inserted;            // with its line ends
  std::size_t last_width = 0;      // code points of the last removed line
  bool removed_ends_open = false;  // the last removed line has no line end
};

struct FileEdits {
  std::string path;  // of the old file; of the new one where it was added
  bool added = false;
  bool deleted = false;
  std::vector<Edit> edits;
};

/// Reports leave a longer patch out, as that of a line as long as its file; `show` has it.
inline constexpr std::size_t kMostOfPatch = 16 * 1024;

/// The edits of a modification's patch, which is in git's format and was made by us.
std::vector<FileEdits> edits_of(std::string_view patch);

/// Does one of the edits touch this line or one next to it?
bool touches(const FileEdits& file, std::size_t line);

}  // namespace automod::cli
