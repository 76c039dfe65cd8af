#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "base/sqlite.hpp"

/// The tables behind the index, for this folder's own files.
namespace automod::analyzers {

/// A text and how it is to be read.
struct BlobKey {
  std::string blob;  // hexadecimal
  Language language = Language::kC;
  friend auto operator<=>(const BlobKey&, const BlobKey&) = default;
};

/// What is kept of a blob beside its facts.
struct KnownBlob {
  std::int64_t row = 0;
  LeftOut left_out = LeftOut::kNothing;
  bool is_fresh = false;  // marked as used today
};

/// Facts that are to be kept.
struct NewFacts {
  BlobKey key;
  LeftOut left_out = LeftOut::kNothing;
  std::string bytes;  // encoded
};

class FactsTable {
 public:
  /// Damaged, or of another version: made anew.
  static Result<FactsTable> open(const std::filesystem::path& file);

  static Result<void> remove(const std::filesystem::path& file);

  /// In the order of `keys`.
  Result<std::vector<std::optional<KnownBlob>>> find(const std::vector<BlobKey>& keys);
  Result<std::vector<std::optional<std::string>>> bytes(const std::vector<BlobKey>& keys);
  /// What somebody else added meanwhile stays as it is.
  Result<void> add(const std::vector<NewFacts>& all);
  Result<void> touch(const std::vector<std::int64_t>& rows);

  /// What add_tree kept of it today; nullopt when it did not.
  Result<std::optional<std::string>> tree(std::string_view tree) const;
  Result<void> add_tree(std::string_view tree, std::string_view summary);

  Result<std::size_t> size() const;
  Result<void> shrink(std::size_t bytes);

 private:
  explicit FactsTable(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace automod::analyzers
