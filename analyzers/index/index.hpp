#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "base/cancel.hpp"
#include "base/error.hpp"

/// The facts of files, kept by content: a file that has not changed is never read twice, wherever
/// it stands and in whatever commit.
namespace automod::analyzers {

/// A file of a tree. Same blob, same content.
struct TreeFile {
  std::string path;
  std::string blob;  // git's id, hexadecimal
};

/// Where texts come from. Asked for files that are not known only.
struct FileSource {
  std::function<Result<std::size_t>(const TreeFile& file)> size;
  std::function<Result<std::string>(const TreeFile& file)> text;  // from several threads at once
};

/// A file of which nothing is known but its name, and why.
struct LeftOutFile {
  std::string path;
  LeftOut why = LeftOut::kNothing;
};

struct IndexRun {
  std::size_t files = 0;   // in a language that there is a grammar for
  std::size_t others = 0;  // in none
  std::size_t read = 0;    // now; all others of `files` were known
  std::size_t bytes = 0;   // of those that were read
  std::size_t lines = 0;   // likewise
  std::vector<LeftOutFile> left_out;
  std::vector<std::string> unreadable;  // "path: why" of those whose text could not be had
};

class Index {
 public:
  /// Opens the file, made when missing. One that is damaged, or was written by another version, is
  /// made anew: all it holds can be read again. Several processes may use it at once.
  static Result<Index> open(const std::filesystem::path& file);
  /// So that the next one is new. Whoever has it open goes on with what is no longer there.
  static Result<void> remove(const std::filesystem::path& file);
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  /// Calls `progress(done, total, path)` from one thread at a time.
  using Progress = std::function<void(std::size_t, std::size_t, std::string_view)>;
  /// Reads what is not known yet. `tree` names the set of files (a git tree's id), so that known()
  /// can tell; empty: it has no name. kInterrupted keeps what was read so far.
  Result<IndexRun> update(std::string_view tree, const std::vector<TreeFile>& files,
                          const FileSource& source, unsigned jobs, const Progress& progress,
                          const CancelToken& cancel);
  /// What update would return, where it would read nothing and has been asked today already.
  Result<std::optional<IndexRun>> known(std::string_view tree) const;

  /// In the order of `files`; nullopt for what is not known or in no language.
  Result<std::vector<std::optional<FileFacts>>> facts(const std::vector<TreeFile>& files,
                                                      unsigned jobs) const;

  /// The same as they are kept: encoded.
  Result<std::vector<std::optional<std::string>>> packed_facts(
      const std::vector<TreeFile>& files) const;

  /// Bytes on disk.
  Result<std::size_t> size() const;
  /// Forgets what was not used for longest until at most `bytes` are left.
  Result<void> shrink(std::size_t bytes);

 private:
  struct Impl;
  explicit Index(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Facts as the index keeps them: docs/formats/index.md.
std::string encode(const FileFacts& facts);
/// kRefused when it is nothing that `encode` makes: cut, out of range, with bytes left over.
Result<FileFacts> decode(std::string_view bytes);

}  // namespace automod::analyzers
