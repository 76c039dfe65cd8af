#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace automod::cli {

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

struct TreemapFile {
  std::string path;
  double size = 0;  // above 0
};

/// A file or a folder on the map. A folder comes before what lies in it.
struct TreemapCell {
  Box box;
  std::string path;                 // of a folder without '/' at its end
  std::optional<std::size_t> file;  // in what was given; absent: a folder
  bool has_label = false;           // of a folder: its name has room above what it holds
};

/// Height of the strip in which a folder's name stands.
inline constexpr double kTreemapLabel = 14;

/// Files as rectangles whose areas are as their sizes, as near to squares as can be, those of one
/// folder together. Folders that hold one folder only are one cell with it.
std::vector<TreemapCell> treemap(const std::vector<TreemapFile>& files, const Box& room);

}  // namespace automod::cli
