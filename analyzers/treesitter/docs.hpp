#pragma once

#include "analyzers/treesitter/events.hpp"
#include "analyzers/treesitter/source.hpp"

namespace automod::analyzers {

/// Finds the comment that explains what stands below it.
class Docs {
 public:
  Docs(const Source& source, const Events& events) : source_(source), leads_(events.leads) {}

  /// The block of comments that ends on the line above the one where `place` is first; attributes
  /// in between do not count. To be asked from front to back. Empty: there is none.
  Range above(std::uint32_t place);

 private:
  /// Where the lead ends that stands directly above, with nothing but one line's end between.
  bool is_above(const Mark& lead, std::uint32_t place) const;
  bool is_first_on_line(std::uint32_t place) const;
  std::uint32_t end_of(const Mark& lead) const;

  const Source& source_;
  const std::vector<Mark>& leads_;
  std::size_t next_ = 0;
};

}  // namespace automod::analyzers
