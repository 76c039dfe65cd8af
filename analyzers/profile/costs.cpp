#include "analyzers/profile/costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostFunctions = 1u << 20;
constexpr std::size_t kMostLines = 1u << 22;
constexpr std::size_t kLongestText = 4096;

Share share_of(const Costs::Pair& cost, double whole) {
  return {.self = std::min(1.0, cost.self / whole), .total = std::min(1.0, cost.total / whole)};
}

/// The number of a key, a new one with no cost where it is not known.
template <class Map, class Key>
std::uint32_t number_of(Map& known, const Key& key, std::vector<Key>& keys,
                        std::vector<Costs::Pair>& costs) {
  const auto [at, is_new] = known.try_emplace(key, static_cast<std::uint32_t>(keys.size()));
  if (is_new) {
    keys.push_back(key);
    costs.emplace_back();
  }
  return at->second;
}

}  // namespace

std::size_t Costs::Hash::operator()(const Key& key) const {
  return std::hash<std::uint64_t>()(key.second * 0x9e3779b97f4a7c15u + key.text);
}

std::uint32_t Costs::text(std::string_view text) {
  const auto number = static_cast<std::uint32_t>(text_of_.size());
  const auto [at, is_new] = texts_.try_emplace(std::string(text.substr(0, kLongestText)), number);
  if (is_new) text_of_.push_back(at->first);
  return at->second;
}

std::uint32_t Costs::function(std::string_view plain_name, std::string_view file) {
  const Key key{.text = text(plain_name), .second = text(file)};
  return number_of(functions_, key, function_keys_, function_costs_);
}

std::uint32_t Costs::line(std::string_view file, std::size_t line) {
  const Key key{.text = text(file), .second = line};
  return number_of(lines_, key, line_keys_, line_costs_);
}

void Costs::add_self_to_lines() {
  for (Pair& cost : line_costs_) cost.total += cost.self;
}

bool Costs::is_too_much() const {
  return function_costs_.size() > kMostFunctions || line_costs_.size() > kMostLines;
}

void Costs::move_to(Profile& profile, double whole) {
  for (std::size_t i = 0; i < function_keys_.size(); ++i) {
    const Key& key = function_keys_[i];
    if (text_of_[key.text].empty()) continue;
    profile.functions.push_back({.name = std::string(text_of_[key.text]),
                                 .file = std::string(text_of_[key.second]),
                                 .share = share_of(function_costs_[i], whole)});
  }
  for (std::size_t i = 0; i < line_keys_.size(); ++i) {
    if (line_keys_[i].second == 0) continue;
    profile.lines.push_back({.file = std::string(text_of_[line_keys_[i].text]),
                             .line = static_cast<std::size_t>(line_keys_[i].second),
                             .share = share_of(line_costs_[i], whole)});
  }
  std::ranges::sort(profile.functions, [](const auto& a, const auto& b) {
    return std::tie(a.name, a.file) < std::tie(b.name, b.file);
  });
  std::ranges::sort(profile.lines, [](const auto& a, const auto& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> wrong_line(std::string_view name, std::size_t line, std::string_view what) {
  return fail(ErrorKind::kUsage, fmt::format("{}:{}: {}", printable_line(name), line, what));
}

}  // namespace automod::analyzers
