#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace automod::analyzers {

/// Gives every name of a file a number, the same for the same name. To be used again for the next
/// file, as it keeps its memory.
class NameTable {
 public:
  /// Forgets all and puts names into this list from now on.
  void begin(std::vector<std::string>& names) {
    names_ = &names;
    hashes_.clear();
    slots_.assign(kFirstSlots, 0);
  }

  std::uint32_t add(std::string_view name) {
    const std::uint32_t hash = hash_of(name);
    std::uint32_t& slot = slots_[find_slot(name, hash)];
    if (slot != 0) return slot - 1;
    slot = static_cast<std::uint32_t>(names_->size()) + 1;
    names_->emplace_back(name);
    hashes_.push_back(hash);
    if (names_->size() * 2 > slots_.size()) grow();
    return static_cast<std::uint32_t>(names_->size()) - 1;
  }

  std::optional<std::uint32_t> find(std::string_view name) const {
    const std::uint32_t slot = slots_[find_slot(name, hash_of(name))];
    if (slot == 0) return std::nullopt;
    return slot - 1;
  }

 private:
  static constexpr std::size_t kFirstSlots = 512;

  static std::uint32_t hash_of(std::string_view name) {
    constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15u;
    std::uint64_t hash = name.size() * kFactor;
    while (!name.empty()) {
      std::uint64_t word = 0;
      const std::size_t size = name.size() < sizeof word ? name.size() : sizeof word;
      std::memcpy(&word, name.data(), size);
      hash = (hash ^ word) * kFactor;
      hash ^= hash >> 29;
      name.remove_prefix(size);
    }
    return static_cast<std::uint32_t>(hash >> 16);
  }

  std::size_t find_slot(std::string_view name, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at] != 0) {
      const std::uint32_t index = slots_[at] - 1;
      if (hashes_[index] == hash && (*names_)[index] == name) break;
      at = (at + 1) & mask;
    }
    return at;
  }

  void grow() {
    const std::size_t mask = slots_.size() * 2 - 1;
    slots_.assign(mask + 1, 0);
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
      std::size_t at = hashes_[i] & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = static_cast<std::uint32_t>(i) + 1;
    }
  }

  std::vector<std::string>* names_ = nullptr;
  std::vector<std::uint32_t> hashes_;
  std::vector<std::uint32_t> slots_;  // numbers plus one; a power of two of them
};

}  // namespace automod::analyzers
