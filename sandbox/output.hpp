#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace automod::sandbox {

/// Keeps at most `limit` bytes of a stream: all of a short one; of a long one its beginning and
/// its end, with a line between them that says how much is missing.
class KeptOutput {
 public:
  explicit KeptOutput(std::uint64_t limit);

  void add(std::string_view bytes);
  std::uint64_t seen() const { return seen_; }
  bool cut() const { return seen_ > limit_; }
  /// To be called once, at the end.
  std::string take();

 private:
  std::uint64_t limit_;
  std::uint64_t seen_ = 0;
  std::string head_;
  std::string tail_;           // a ring once it is full
  std::size_t tail_next_ = 0;  // where the ring goes on
};

}  // namespace automod::sandbox
