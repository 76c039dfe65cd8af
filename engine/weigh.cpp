#include "engine/weigh.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "analyzers/profile/heat.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod {

namespace {

using analyzers::Codebase;
using analyzers::FileFacts;
using analyzers::Link;
using analyzers::Symbol;
using analyzers::SymbolAt;

constexpr std::uint32_t kMostMeant = 3;

bool is_function(const Symbol& symbol) {
  return symbol.is_definition && analyzers::is_callable(symbol.kind);
}

/// The innermost function around a byte.
std::optional<std::uint32_t> function_at(const FileFacts& facts, std::size_t offset) {
  const auto after = std::ranges::upper_bound(
      facts.symbols, offset, {}, [](const Symbol& symbol) { return symbol.whole.begin; });
  if (after == facts.symbols.begin()) return std::nullopt;
  auto at = static_cast<std::uint32_t>(after - facts.symbols.begin() - 1);
  for (; at != analyzers::kNone; at = facts.symbols[at].within) {
    const Symbol& symbol = facts.symbols[at];
    if (is_function(symbol) && offset < symbol.whole.end) return at;
  }
  return std::nullopt;
}

/// Where the lines of a text begin.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text), begins_{0} {
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
      begins_.push_back(at + 1);
    }
  }

  /// Without a column, where the line's text begins.
  std::size_t offset(const Place& place) const {
    if (place.line == 0 || place.line > begins_.size()) return text_.size();
    const std::size_t begin = begins_[place.line - 1];
    const std::size_t end = place.line < begins_.size() ? begins_[place.line] : text_.size();
    if (place.column != 0) return std::min(begin + place.column - 1, end);
    const std::size_t first = text_.find_first_not_of(" \t", begin);
    return std::min(first, end);
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

/// Who calls whom, and how many lead to one.
class Callers {
 public:
  explicit Callers(const Codebase& code) {
    std::size_t count = 0;
    for (const auto& file : code.files()) {
      first_.push_back(static_cast<std::uint32_t>(count));
      count += file.facts.symbols.size();
    }
    callers_.resize(count);
    seen_.resize(count);
    for (const Link& link : code.links()) {
      const bool counts = link.use == analyzers::Use::kCall && link.meant <= kMostMeant &&
                          link.from.symbol != analyzers::kNone &&
                          is_function(code.symbol(link.from)) && is_function(code.symbol(link.to));
      if (counts) callers_[number(link.to)].push_back(number(link.from));
    }
  }

  /// All that lead to it, itself left out.
  std::size_t reach(SymbolAt function) {
    const auto [known, is_new] = known_.try_emplace(number(function));
    if (is_new) known->second = count(known->first);
    return known->second;
  }

 private:
  std::uint32_t number(SymbolAt at) const { return first_[at.file] + at.symbol; }

  std::size_t count(std::uint32_t function) {
    ++round_;
    std::vector<std::uint32_t> all = {function};
    seen_[function] = round_;
    for (std::size_t i = 0; i < all.size() && all.size() <= kMostReach; ++i) {
      for (const std::uint32_t caller : callers_[all[i]]) {
        if (std::exchange(seen_[caller], round_) != round_) all.push_back(caller);
      }
    }
    return std::min(all.size() - 1, kMostReach);
  }

  std::vector<std::uint32_t> first_;  // by file: the number of its first symbol
  std::vector<std::vector<std::uint32_t>> callers_;
  std::vector<std::uint32_t> seen_;  // in which round
  std::uint32_t round_ = 0;
  std::map<std::uint32_t, std::size_t> known_;
};

class Weighing {
 public:
  Weighing(const Codebase& code, const analyzers::Profile* profile) : code_(code), callers_(code) {
    if (profile != nullptr) heat_.emplace(*profile, code);
  }

  /// All findings of one file.
  void weigh(const std::vector<Finding*>& findings, std::uint32_t file, std::string_view text) {
    const FileFacts& facts = code_.files()[file].facts;
    const Lines lines(text);
    std::vector<std::size_t> offsets;
    for (const Finding* finding : findings) offsets.push_back(lines.offset(finding->place));
    const auto loops = analyzers::loops_around(facts.language, text, offsets);
    for (std::size_t i = 0; i < findings.size(); ++i) {
      Weight& weight = findings[i]->weight;
      weight.loops = loops[i];
      const auto function = function_at(facts, offsets[i]);
      if (function) weight.reach = callers_.reach({.file = file, .symbol = *function});
      if (heat_) weight.heat = heat(file, findings[i]->place.line, offsets[i], function);
    }
  }

 private:
  double heat(std::uint32_t file, std::size_t line, std::size_t offset,
              std::optional<std::uint32_t> function) const {
    const auto& symbols = code_.files()[file].facts.symbols;
    const bool is_head = function && offset < symbols[*function].head.end;
    if (const auto share = heat_->of_line(file, line); share && !is_head) return share->total;
    return function ? heat_->of_function({.file = file, .symbol = *function}).total : 0;
  }

  const Codebase& code_;
  Callers callers_;
  std::optional<analyzers::Heat> heat_;
};

}  // namespace

Result<void> weigh(std::vector<Finding>& findings, const Codebase& code, const ReadText& read,
                   const analyzers::Profile* profile) {
  std::map<std::string_view, std::vector<Finding*>> by_path;
  for (Finding& finding : findings) by_path[finding.place.path].push_back(&finding);
  Weighing weighing(code, profile);
  for (const auto& [path, here] : by_path) {
    const auto file = code.find(path);
    if (!file) continue;
    const auto text = read(*file);
    if (!text) return fail(text.error());
    weighing.weigh(here, *file, *text);
  }
  return {};
}

std::vector<Finding> heaviest_first(std::vector<Finding> findings) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < findings.size(); ++i) order.emplace_back(-findings[i].value(), i);
  std::ranges::sort(order);
  std::vector<Finding> sorted;
  for (const auto& [value, i] : order) sorted.push_back(std::move(findings[i]));
  return sorted;
}

void order_by_weight(std::vector<Candidate>& candidates, const std::vector<Finding>& findings) {
  using Key = std::tuple<std::string_view, std::string_view, std::size_t>;
  std::map<Key, double> values;
  for (const Finding& finding : findings) {
    double& most = values[Key(finding.rule, finding.place.path, finding.place.line)];
    most = std::max(most, finding.value());
  }
  std::vector<std::tuple<double, std::size_t>> order;  // the heaviest first
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Place& place = candidates[i].place;
    const auto found = values.find(Key(candidates[i].origin.name, place.path, place.line));
    order.emplace_back(found == values.end() ? 0.0 : -found->second, i);
  }
  std::ranges::sort(order);
  std::vector<Candidate> sorted;
  for (const auto& [value, i] : order) sorted.push_back(std::move(candidates[i]));
  candidates = std::move(sorted);
}

}  // namespace automod
