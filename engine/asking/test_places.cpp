#include "engine/asking/test_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace automod::asking {

namespace {

constexpr std::size_t kShortest = 3;  // of a part that tells something
constexpr std::size_t kWholePoints = 100;
constexpr std::size_t kCasePoints = 10;

bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : name) {
    if (is_of_name(c)) {
      part += c;
    } else if (!part.empty()) {
      parts.push_back(std::move(part));
      part.clear();
    }
  }
  if (!part.empty()) parts.push_back(std::move(part));
  return parts;
}

/// Where `word` stands and neither is the end nor the beginning of another.
std::optional<std::size_t> find_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_of_name(text[at - 1]) || !is_of_name(word.front());
    const bool ends = end == text.size() || !is_of_name(text[end]) || !is_of_name(word.back());
    if (begins && ends) return at;
  }
  return std::nullopt;
}

std::size_t line_of(std::string_view text, std::size_t at) {
  return static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n')) + 1;
}

}  // namespace

TestPlaces::TestPlaces(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (name.size() < kShortest) continue;
    wanted_.push_back({.whole = name, .parts = parts_of(name), .points = 0, .place = {}});
  }
}

void TestPlaces::look(std::string_view path, std::string_view text) {
  for (Wanted& one : wanted_) {
    if (one.parts.empty()) continue;
    auto at = find_word(text, one.whole);
    std::size_t points = at ? kWholePoints : kCasePoints;
    const std::string& last = one.parts.back();
    if (!at && last.size() >= kShortest) at = find_word(text, last);
    if (!at) continue;
    for (std::size_t i = 0; i + 1 < one.parts.size(); ++i) {
      if (find_word(text, one.parts[i]) || path.find(one.parts[i]) != path.npos) ++points;
    }
    if (points <= one.points) continue;
    one.points = points;
    one.place = fmt::format("{}:{}", path, line_of(text, *at));
  }
}

std::vector<std::string> TestPlaces::places() const {
  std::vector<std::string> all;
  for (const Wanted& one : wanted_) {
    const bool is_new = std::ranges::find(all, one.place) == all.end();
    if (!one.place.empty() && is_new) all.push_back(one.place);
  }
  return all;
}

}  // namespace automod::asking
