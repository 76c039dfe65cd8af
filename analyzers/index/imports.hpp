#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzers/index/codebase.hpp"

namespace automod::analyzers {

/// Finds the files that an import means, for this folder's own files.
class ImportResolver {
 public:
  /// `files` is borrowed.
  explicit ImportResolver(const std::vector<CodeFile>& files);

  /// Numbers of files; empty where it is none of the codebase's.
  std::vector<std::uint32_t> resolve(std::uint32_t importer, const Import& import) const;

 private:
  std::vector<std::uint32_t> nearest(std::string_view importer, std::string_view ending) const;
  std::vector<std::uint32_t> at(const std::string& path) const;
  std::vector<std::uint32_t> in_folder(std::string_view importer, std::string_view ending) const;
  std::vector<std::uint32_t> first_of(std::string_view importer,
                                      const std::vector<std::string>& endings) const;

  const std::vector<CodeFile>& files_;
  // By the last part of the path, and of the path of the folder.
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_name_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_folder_;
};

}  // namespace automod::analyzers
