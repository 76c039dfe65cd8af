#pragma once

#include <string>
#include <string_view>

#include "engine/model/settings.hpp"

namespace automod::model {

/// A secret. Cannot be printed by accident and is wiped when it goes.
class Key {
 public:
  Key() = default;
  explicit Key(std::string secret) : secret_(std::move(secret)) {}
  Key(Key&&) noexcept;
  Key& operator=(Key&&) noexcept;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key();

  bool empty() const { return secret_.empty(); }
  /// For the one header that carries it.
  const std::string& reveal() const { return secret_; }
  /// `text` with every occurrence of the key, or of a long part of it, blotted out.
  std::string redacted(std::string_view text) const;

 private:
  std::string secret_;
};

/// From the variable or the file that the settings name; empty where they name neither.
/// kUnavailable when it is not there, kUsage when what is there is of no use: no key, no file, or
/// one that others may read.
Result<Key> read_key(const ModelSettings& settings);

}  // namespace automod::model
