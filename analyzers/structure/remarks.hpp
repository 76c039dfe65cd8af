#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"

/// Comments in which somebody left a risk for later.
namespace automod::analyzers {

struct RiskyRemark {
  std::size_t begin = 0;  // of its marker; byte
  std::size_t line = 0;
  std::string marker;  // TODO, FIXME, XXX, HACK
  std::string risk;    // the word that says what may go wrong: "leaks", "not thread safe"
  std::string text;    // of the remark, on one line, bounded
};

/// By place. A marker counts in comments only, together with what follows it up to the end of the
/// comment or the next marker.
std::vector<RiskyRemark> risky_remarks(Language language, std::string_view text);

}  // namespace automod::analyzers
