#include "analyzers/structure/hotspots.hpp"

#include <algorithm>
#include <cmath>

namespace automod::analyzers {

namespace {

constexpr std::size_t kMostFunctions = 3;
constexpr std::uint32_t kFewestChanges = 3;
constexpr double kUpperTenth = 0.9;
constexpr std::uint32_t kFewestBranches = 10;  // below that nothing is hard to follow

std::vector<ComplexFunction> most_branched(const Codebase& code, std::uint32_t file) {
  const FileFacts& facts = code.files()[file].facts;
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < facts.symbols.size(); ++i) {
    if (facts.symbols[i].metrics.branches > 0) order.push_back(i);
  }
  const auto harder = [&](std::uint32_t a, std::uint32_t b) {
    const auto& one = facts.symbols[a].metrics;
    const auto& other = facts.symbols[b].metrics;
    return one.branches != other.branches ? one.branches > other.branches : a < b;
  };
  const auto end =
      order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), kMostFunctions));
  std::ranges::partial_sort(order, end, harder);
  std::vector<ComplexFunction> functions;
  for (auto at = order.begin(); at != end; ++at) {
    const Symbol& symbol = facts.symbols[*at];
    functions.push_back({.name = code.full_name({.file = file, .symbol = *at}),
                         .line = symbol.line,
                         .name_begin = symbol.name_at.begin,
                         .metrics = symbol.metrics});
  }
  return functions;
}

/// The least value that is among the upper tenth of those above zero.
std::uint32_t upper_tenth(std::vector<std::uint32_t> values) {
  std::erase(values, 0U);
  if (values.empty()) return 0;
  const auto place =
      static_cast<std::size_t>(std::floor(static_cast<double>(values.size() - 1) * kUpperTenth));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(place));
  return values[place];
}

template <class Get>
std::vector<std::uint32_t> values_of(const std::vector<Hotspot>& all, Get get) {
  std::vector<std::uint32_t> values;
  values.reserve(all.size());
  for (const Hotspot& one : all) values.push_back(one.*get);
  return values;
}

void weigh(std::vector<Hotspot>& all) {
  const auto often = std::max(kFewestChanges, upper_tenth(values_of(all, &Hotspot::changes)));
  const auto hard = std::max(kFewestBranches, upper_tenth(values_of(all, &Hotspot::complexity)));
  double most = 0;
  for (Hotspot& one : all) {
    one.score = static_cast<double>(one.changes) * one.complexity;
    one.stands_out = one.changes >= often && one.complexity >= hard;
    most = std::max(most, one.score);
  }
  if (most == 0) return;
  for (Hotspot& one : all) one.score /= most;
}

}  // namespace

std::vector<Hotspot> hotspots(const Codebase& code,
                              const std::map<std::string, FileHistory>& history) {
  std::vector<Hotspot> all;
  for (std::uint32_t i = 0; i < code.files().size(); ++i) {
    const CodeFile& file = code.files()[i];
    Hotspot& one = all.emplace_back();
    one.path = file.path;
    one.lines = file.facts.lines;
    for (const Symbol& symbol : file.facts.symbols) one.complexity += symbol.metrics.branches;
    one.functions = most_branched(code, i);
    const auto known = history.find(file.path);
    if (known == history.end()) continue;
    one.changes = known->second.changes;
    one.authors = known->second.authors;
    one.last_change = known->second.last_change;
  }
  weigh(all);
  std::ranges::sort(all, [](const Hotspot& a, const Hotspot& b) {
    return a.score != b.score ? a.score > b.score : a.path < b.path;
  });
  return all;
}

}  // namespace automod::analyzers
