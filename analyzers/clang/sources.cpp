#include <filesystem>
#include <set>

#include "analyzers/clang/units.hpp"
#include "analyzers/treesitter/syntax.hpp"

namespace automod::analyzers {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFolders = 100;  // a command line has an end

}  // namespace

bool is_c_family(std::string_view path) {
  const auto language = language_of(path);
  return language == Language::kC || language == Language::kCpp;
}

bool is_header(std::string_view path) {
  const std::string extension = fs::path(path).extension().string();
  return extension.starts_with(".h") || extension == ".inl" || extension == ".ipp";
}

std::vector<std::string> guessed_flags(const std::vector<std::string>& paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    if (folders.size() >= kMostFolders) break;
    if (!is_c_family(path) || !is_header(path)) continue;
    const fs::path folder = fs::path(path).parent_path();
    folders.insert(folder.empty() ? "." : folder.string());
    if (folder.has_parent_path()) folders.insert(folder.parent_path().string());
  }
  std::vector<std::string> flags;
  for (const std::string& folder : folders) flags.push_back("-I/tree/" + folder);
  return flags;
}

}  // namespace automod::analyzers
