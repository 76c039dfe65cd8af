#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace automod::sign {

/// Text that is wiped when its owner goes. It never holds more than it was made for, so that no
/// copy is left where it grew.
class Secret {
 public:
  explicit Secret(std::size_t capacity);
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  std::string_view view() const { return text_; }
  std::size_t room() const { return capacity_ - text_.size(); }
  /// What does not fit is left out; check room() where that can be.
  void append(std::string_view text);
  void append(char c) { append(std::string_view(&c, 1)); }

 private:
  std::size_t capacity_;
  std::string text_;
};

/// Are they the same bytes? Takes the same time wherever they differ.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace automod::sign
