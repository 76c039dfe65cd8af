#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "analyzers/structure/file_kind.hpp"
#include "base/cancel.hpp"
#include "tests/unit/catch.hpp"

namespace automod::testing {

/// Files of a project, by path, as the index would read them.
class CodeWorld {
 public:
  explicit CodeWorld(std::map<std::string, std::string> files)
      : files_(std::move(files)), code_(read_all()) {}

  const analyzers::Codebase& code() const { return code_; }
  const std::string& text(const std::string& path) const { return files_.at(path); }
  std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (const auto& [path, text] : files_) all.push_back(path);
    return all;
  }
  analyzers::ReadText read() const {
    return [this](std::uint32_t file) -> Result<std::string> {
      return files_.at(code_.files()[file].path);
    };
  }
  std::string path(std::uint32_t file) const { return code_.files()[file].path; }

  CancelToken cancel;

 private:
  analyzers::Codebase read_all() const {
    std::vector<analyzers::CodeFile> all;
    for (const auto& [path, text] : files_) {
      const auto language = analyzers::language_of(path);
      if (language) all.push_back({.path = path, .facts = facts_of(*language, text)});
    }
    return analyzers::Codebase(std::move(all));
  }

  std::map<std::string, std::string> files_;
  analyzers::Codebase code_;
};

using Found = std::vector<std::string>;

}  // namespace automod::testing
