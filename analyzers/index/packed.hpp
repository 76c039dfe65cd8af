#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzers/index/codebase.hpp"
#include "base/error.hpp"

/// The facts of a tree as the index keeps them. To look for a few names in all of them takes a
/// small part of the time that it takes to read them.
namespace automod::analyzers {

/// Names that are looked for. Borrows them.
class WantedNames {
 public:
  explicit WantedNames(const std::vector<std::string>& names);
  /// Its place in the list.
  std::optional<std::uint32_t> find(std::string_view name) const;

 private:
  static constexpr std::size_t kBeginnings = 1 << 14;
  static std::size_t beginning(std::string_view name);  // by first byte and length
  std::bitset<kBeginnings> beginnings_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

/// A name that a file has: it uses, declares or defines something of that name.
struct SeenName {
  std::uint32_t name = 0;  // place in the list
  bool defines = false;
  bool declares = false;
};

/// The wanted names of encoded facts, in their order there. kRefused when they are damaged.
Result<std::vector<SeenName>> names_in(std::string_view bytes, const WantedNames& wanted);

struct PackedFile {
  std::string path;
  std::string bytes;  // as encode() made them
};

class PackedCode {
 public:
  explicit PackedCode(std::vector<PackedFile> files);

  const std::vector<PackedFile>& files() const { return files_; }  // by path
  std::optional<std::uint32_t> find(std::string_view path) const;
  std::size_t bytes() const { return bytes_; }  // of all files

  struct Sighting {
    std::uint32_t file = 0;
    SeenName seen;
  };
  /// By file.
  Result<std::vector<Sighting>> look_for(const std::vector<std::string>& names,
                                         unsigned jobs) const;

  Result<FileFacts> facts(std::uint32_t file) const;

  /// These files alone, by path. What they import counts only `with_imports`: where a part of a
  /// tree is read, a name that is found through a file left out would mean nothing.
  Result<Codebase> read(const std::vector<std::uint32_t>& files, bool with_imports,
                        unsigned jobs) const;

 private:
  std::vector<PackedFile> files_;
  std::size_t bytes_ = 0;
};

}  // namespace automod::analyzers
