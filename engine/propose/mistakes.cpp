#include "engine/propose/mistakes.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace automod::propose {

namespace {

constexpr std::size_t kLongestQuote = 160;

bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

}  // namespace

void Mistakes::add(std::string what, std::vector<std::string> details) {
  ++count_;
  if (told_.size() == kMostTold) return;
  told_.push_back({.what = std::move(what), .details = std::move(details)});
}

std::unexpected<Error> Mistakes::refuse(std::string hint) const {
  if (told_.empty()) return fail(ErrorKind::kRefused, "the answer cannot be used");
  const bool is_list = count_ > 1;
  std::string text = told_.front().what;
  if (is_list) text = fmt::format("the answer has {} mistakes, the first: {}", count_, text);
  for (const Mistake& mistake : told_) {
    if (is_list) text += fmt::format("\n- {}", mistake.what);
    for (const std::string& line : mistake.details) text += fmt::format("\n  {}", line);
  }
  if (count_ > told_.size()) text += fmt::format("\n- and {} more", count_ - told_.size());
  return fail(ErrorKind::kRefused, std::move(text), std::move(hint));
}

std::string in_quotes(std::string_view untrusted) {
  if (untrusted.size() <= kLongestQuote) return fmt::format("'{}'", printable_line(untrusted));
  std::size_t length = kLongestQuote;
  for (int i = 0; i < 3 && is_inside_character(untrusted[length]); ++i) --length;
  return fmt::format("'{}…'", printable_line(untrusted.substr(0, length)));
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace automod::propose
