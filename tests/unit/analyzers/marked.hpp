#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
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

/// A source in which places stand between « and »; they may be nested.
class Marked {
 public:
  explicit Marked(std::string_view marked) {
    constexpr std::string_view kOpen = "«";
    constexpr std::string_view kClose = "»";
    std::vector<std::size_t> open;
    while (!marked.empty()) {
      if (marked.starts_with(kOpen)) {
        open.push_back(ranges_.size());
        ranges_.push_back({static_cast<std::uint32_t>(code_.size()), 0});
        marked.remove_prefix(kOpen.size());
      } else if (marked.starts_with(kClose)) {
        REQUIRE_FALSE(open.empty());
        ranges_[open.back()].end = static_cast<std::uint32_t>(code_.size());
        open.pop_back();
        marked.remove_prefix(kClose.size());
      } else {
        code_ += marked.front();
        marked.remove_prefix(1);
      }
    }
    REQUIRE(open.empty());
  }

  const std::string& code() const { return code_; }
  /// In the order of where they begin.
  const std::vector<analyzers::Range>& ranges() const { return ranges_; }

  /// Where the places begin, lines and columns from 1.
  std::vector<Spot> spots() const {
    std::vector<Spot> spots;
    for (const analyzers::Range& range : ranges_) {
      Spot at{1, 1};
      for (const char c : std::string_view(code_).substr(0, range.begin)) {
        at = c == '\n' ? Spot{at.line + 1, 1} : Spot{at.line, at.column + 1};
      }
      spots.push_back(at);
    }
    return spots;
  }
  /// The only one.
  Spot spot() const {
    REQUIRE(ranges_.size() == 1);
    return spots().front();
  }

 private:
  std::string code_;
  std::vector<analyzers::Range> ranges_;
};

}  // namespace automod::testing
