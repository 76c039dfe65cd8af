#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace automod::worker {

/// Writes records to standard output. Texts are written once each and named by number afterwards.
class Writer {
 public:
  Writer();
  /// Number of a text, which is written first where it is new. One that is too long keeps its
  /// beginning and a digest of all of it, so that different ones stay different.
  std::uint64_t text(std::string_view text);
  /// Number of a file, by its absolute path.
  std::uint64_t file(const std::string& path);
  void record(char kind, std::initializer_list<std::uint64_t> fields);
  /// Without it nobody believes that all has been written. False: it could not be.
  bool finish();

 private:
  void line(std::string_view text);

  std::unordered_map<std::string, std::uint64_t> texts_;
  std::unordered_map<std::string, std::uint64_t> files_;
  std::uint64_t lines_ = 0;
};

/// FNV-1a: tells texts apart that nobody made to collide.
std::uint64_t fnv(std::string_view text, std::uint64_t before = 0xcbf29ce484222325);
std::string hex(std::uint64_t number);

}  // namespace automod::worker
