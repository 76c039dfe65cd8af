#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/context.hpp"

/// What of all that could be told fits.
namespace automod::context {

/// The line that stands for lines that are not shown.
inline constexpr std::string_view kCut = "[…]\n";

struct Offer {
  ContextPart part;
  double weight = 0;       // the most important first
  std::size_t line = 0;    // the one that matters most; 0: the first
  bool has_to_be = false;  // cut rather than left out
};

/// As it goes into a prompt, title and fences and the line between it and the next included.
std::size_t tokens_of(const ContextPart& part);

/// Cuts lines away on both sides of `line` until a part takes at most so many tokens; its title
/// says the lines that are left. The beginning of one line always stays, so that a part may take
/// more than so many.
void cut(ContextPart& part, std::size_t line, std::size_t tokens);

/// The text that is for all tokens that are left; nothing: there is none.
using Rest = std::function<Result<std::vector<ContextPart>>(std::size_t tokens)>;

/// Never more than `tokens`. In the order in which they are shown: what is alike for many tasks
/// comes first. The notes name what has to be and has no room.
Result<PromptContext> fit(std::vector<Offer> offers, std::size_t tokens, const Rest& rest);

}  // namespace automod::context
