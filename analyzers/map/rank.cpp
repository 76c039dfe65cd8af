#include "analyzers/map/rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace automod::analyzers {

namespace {

constexpr double kDamping = 0.85;
constexpr int kMostRounds = 60;
constexpr double kStill = 1e-7;  // what all ranks together still move
constexpr double kInFocus = 0.9;
/// A member that matters makes its type matter, as much as one use.
constexpr double kToParent = 1.0;

/// Symbols and files as numbers: those of each file's symbols, then the file itself.
class Nodes {
 public:
  explicit Nodes(const std::vector<CodeFile>& files) {
    for (const CodeFile& file : files) {
      begins_.push_back(size_);
      size_ += file.facts.symbols.size() + 1;
    }
    begins_.push_back(size_);
  }
  std::size_t size() const { return size_; }
  std::size_t begin(std::uint32_t file) const { return begins_[file]; }
  std::size_t of_file(std::uint32_t file) const { return begins_[file + 1] - 1; }
  std::size_t of(SymbolAt at) const {
    return at.symbol == kNone ? of_file(at.file) : begins_[at.file] + at.symbol;
  }

 private:
  std::vector<std::size_t> begins_;
  std::size_t size_ = 0;
};

struct Edge {
  std::size_t from = 0;
  std::size_t to = 0;
  double weight = 0;  // then: the share of what `from` gives away
};

std::vector<Edge> edges_of(const Codebase& code, const Nodes& nodes) {
  std::vector<Edge> edges;
  edges.reserve(code.links().size());
  for (const Link& link : code.links()) {
    edges.push_back({.from = nodes.of(link.from),
                     .to = nodes.of(link.to),
                     .weight = std::sqrt(link.times) / link.meant});
  }
  for (std::uint32_t file = 0; file < code.files().size(); ++file) {
    const auto& symbols = code.files()[file].facts.symbols;
    for (std::uint32_t i = 0; i < symbols.size(); ++i) {
      if (symbols[i].within == kNone) continue;
      edges.push_back({.from = nodes.of({.file = file, .symbol = i}),
                       .to = nodes.of({.file = file, .symbol = symbols[i].within}),
                       .weight = kToParent});
    }
  }
  std::vector<double> given(nodes.size());
  for (const Edge& edge : edges) given[edge.from] += edge.weight;
  for (Edge& edge : edges) edge.weight /= given[edge.from];
  return edges;
}

/// Where a walk begins, and begins anew.
std::vector<double> starts(const Codebase& code, const Nodes& nodes, const Focus& focus) {
  std::vector<double> all(nodes.size());
  std::vector<std::size_t> in_focus;
  for (const SymbolAt& at : focus.symbols) in_focus.push_back(nodes.of(at));
  for (const std::uint32_t file : focus.files) {
    for (std::size_t i = nodes.begin(file); i <= nodes.of_file(file); ++i) in_focus.push_back(i);
  }
  const double elsewhere = in_focus.empty() ? 1 : 1 - kInFocus;
  for (std::uint32_t file = 0; file < code.files().size(); ++file) {
    const std::size_t begin = nodes.begin(file), end = nodes.of_file(file);
    const double each =
        elsewhere / static_cast<double>(code.files().size()) / static_cast<double>(end - begin + 1);
    for (std::size_t i = begin; i <= end; ++i) all[i] = each;
  }
  for (const std::size_t i : in_focus) all[i] += kInFocus / static_cast<double>(in_focus.size());
  return all;
}

}  // namespace

Ranks rank(const Codebase& code, const Focus& focus) {
  const Nodes nodes(code.files());
  if (nodes.size() == 0) return {};
  const std::vector<Edge> edges = edges_of(code, nodes);
  std::vector<char> gives(nodes.size());
  for (const Edge& edge : edges) gives[edge.from] = 1;
  const std::vector<double> start = starts(code, nodes, focus);
  std::vector<double> now = start;
  std::vector<double> next(nodes.size());
  for (int round = 0; round < kMostRounds; ++round) {
    std::ranges::fill(next, 0.0);
    for (const Edge& edge : edges) next[edge.to] += kDamping * now[edge.from] * edge.weight;
    double kept = 0;  // by those that use nothing
    for (std::size_t i = 0; i < nodes.size(); ++i) kept += gives[i] != 0 ? 0 : now[i];
    const double anew = 1 - kDamping + kDamping * kept;
    double moved = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      next[i] += anew * start[i];
      moved += std::abs(next[i] - now[i]);
    }
    std::swap(now, next);
    if (moved < kStill) break;
  }
  Ranks ranks;
  for (std::uint32_t file = 0; file < code.files().size(); ++file) {
    const auto begin = now.begin() + static_cast<std::ptrdiff_t>(nodes.begin(file));
    const auto end = now.begin() + static_cast<std::ptrdiff_t>(nodes.of_file(file));
    ranks.symbols.emplace_back(begin, end);
    ranks.files.push_back(std::accumulate(begin, end + 1, 0.0));
  }
  return ranks;
}

}  // namespace automod::analyzers
