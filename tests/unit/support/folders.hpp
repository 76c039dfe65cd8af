#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "base/cancel.hpp"
#include "base/files.hpp"

namespace automod::testing {

/// Two folders: `from` to be filled, `to` empty.
struct Folders {
  Folders() : dir(std::move(*TempDir::create(std::filesystem::temp_directory_path(), "copy-"))) {
    from = dir.path() / "from";
    to = dir.path() / "to";
    std::filesystem::create_directory(from);
    std::filesystem::create_directory(to);
  }
  void write(const std::string& path, const std::string& content) const {
    std::filesystem::create_directories((from / path).parent_path());
    std::ofstream(from / path) << content;
  }
  TempDir dir;
  std::filesystem::path from;
  std::filesystem::path to;
  CancelToken cancel;
};

}  // namespace automod::testing
