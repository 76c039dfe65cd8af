#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// What is wrong with an answer, told all at once, so that it can be mended all at once.
namespace automod::propose {

class Mistakes {
 public:
  static constexpr std::size_t kMostTold = 10;  // of the others only how many there are

  /// `details` are lines that are shown below `what`. Both are fit to be printed.
  void add(std::string what, std::vector<std::string> details = {});

  bool empty() const { return count_ == 0; }

  /// kRefused. The message is one line where there is one mistake without details; else its first
  /// line stands for itself and the others say it all.
  std::unexpected<Error> refuse(std::string hint = {}) const;

 private:
  struct Mistake {
    std::string what;
    std::vector<std::string> details;
  };
  std::vector<Mistake> told_;
  std::size_t count_ = 0;
};

/// 'text', fit to be printed on one line and not too long for it.
std::string in_quotes(std::string_view untrusted);

/// "3 lines", "1 line".
std::string counted(std::size_t count, std::string_view noun);

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& words);

}  // namespace automod::propose
