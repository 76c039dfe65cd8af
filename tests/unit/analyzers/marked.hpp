#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/catch.hpp"

namespace automod::testing {

struct Spot {
  unsigned line = 0;
  unsigned column = 0;
  friend bool operator==(const Spot&, const Spot&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Spot& spot) {
    return out << spot.line << ':' << spot.column;
  }
};

/// A source in which [[double brackets]] mark where something begins.
class Marked {
 public:
  explicit Marked(std::string_view source) {
    Spot at{1, 1};
    for (std::size_t i = 0; i < source.size(); ++i) {
      const std::string_view two = source.substr(i, 2);
      if (two == "[[" || two == "]]") {
        if (two == "[[") spots_.push_back(at);
        ++i;
        continue;
      }
      code_ += source[i];
      at = source[i] == '\n' ? Spot{at.line + 1, 1} : Spot{at.line, at.column + 1};
    }
  }
  const std::string& code() const { return code_; }
  const std::vector<Spot>& spots() const { return spots_; }
  /// The only one.
  Spot spot() const {
    REQUIRE(spots_.size() == 1);
    return spots_.front();
  }

 private:
  std::string code_;
  std::vector<Spot> spots_;
};

}  // namespace automod::testing
