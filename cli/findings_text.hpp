#pragma once

#include <cstddef>
#include <string>

#include "cli/findings.hpp"
#include "cli/text.hpp"

namespace automod::cli {

struct FindingsLook {
  const Paint& paint;
  std::size_t width = 80;
  bool all = false;  // else a few places of each rule, and how many there are beyond
};

/// Findings by kind and rule, with the lines they speak of and the ids of their fixes. Ends
/// with a newline; empty where nothing was found.
std::string findings_text(const Analysis& analysis, const IdText& id_text,
                          const FindingsLook& look);

/// The files that stand out by how often they change and how hard they are to follow.
std::string hotspots_text(const Analysis& analysis, const FindingsLook& look);

/// "3 findings (1 bug, 2 performance)" without a newline.
std::string findings_count(const Analysis& analysis);

}  // namespace automod::cli
