#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/trial/review/outline.hpp"

/// Which statements of two versions of a test belong together.
namespace automod::trial {

inline constexpr std::size_t kNoPartner = static_cast<std::size_t>(-1);

struct Alignment {
  std::vector<std::size_t> of_before;  // for each statement before: the one after, or kNoPartner
  std::vector<std::size_t> of_after;
  std::vector<bool> is_moved;  // of those before: the same text, at another place in the order
};

/// The headings, which come first, are partners. Then equal statements are (in order, as many as
/// possible), then equal ones in another order, then similar ones between the same neighbours.
Alignment align(const std::vector<Statement>& before, const std::vector<Statement>& after);

/// Local variables that only got another name: the old one is nowhere in `after`, the new one
/// nowhere in `before`, and each stands for the other everywhere.
std::map<std::string, std::string> renamed(const std::vector<Statement>& before,
                                           const std::vector<Statement>& after);

std::vector<Statement> with_names(std::vector<Statement> statements,
                                  const std::map<std::string, std::string>& names);

/// From 0, nothing in common, to 1, the same words.
double similarity(const Statement& one, const Statement& other);

}  // namespace automod::trial
