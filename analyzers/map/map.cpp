#include "analyzers/map/map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestHead = 200;
/// What does not fit is passed over, in the hope that something shorter does, so many times.
constexpr std::size_t kMostMisses = 50;

struct Ranked {
  double rank = 0;
  SymbolAt at;
};

/// Definitions that are worth a line, the most important first.
std::vector<Ranked> candidates(const Codebase& code, const Ranks& ranks) {
  std::vector<Ranked> all;
  for (std::uint32_t file = 0; file < code.files().size(); ++file) {
    const auto& symbols = code.files()[file].facts.symbols;
    for (std::uint32_t i = 0; i < symbols.size(); ++i) {
      if (!symbols[i].is_definition || symbols[i].kind == SymbolKind::kNamespace) continue;
      all.push_back({.rank = ranks.symbols[file][i], .at = {.file = file, .symbol = i}});
    }
  }
  std::ranges::sort(all, [](const Ranked& a, const Ranked& b) {
    return std::tie(b.rank, a.at) < std::tie(a.rank, b.at);
  });
  return all;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (is_space && (line.empty() || line.back() == ' ')) continue;
    line += is_space ? ' ' : c;
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == '{')) line.pop_back();
  line = printable_line(line);
  if (line.size() > kLongestHead) line = valid_utf8(line.substr(0, kLongestHead)) + "…";
  return line;
}

std::string path_line(std::string_view path) { return printable_line(path) + "\n"; }

std::string symbol_line(std::size_t depth, std::uint32_t line, std::string_view head) {
  return fmt::format("{:{}}{}: {}\n", "", 2 * (depth + 1), line, head);
}

/// Chooses lines until the tokens are used up.
class Drawing {
 public:
  Drawing(const Codebase& code, const Ranks& ranks, std::size_t tokens,
          const std::function<Result<std::string>(std::uint32_t)>& read)
      : code_(code), ranks_(ranks), left_(tokens), budget_(tokens), read_(read) {}

  /// False where it does not fit.
  Result<bool> add(SymbolAt at) {
    std::vector<SymbolAt> new_ones;
    const auto& symbols = code_.files()[at.file].facts.symbols;
    for (std::uint32_t i = at.symbol; i != kNone; i = symbols[i].within) {
      const SymbolAt one{.file = at.file, .symbol = i};
      if (symbols[i].kind != SymbolKind::kNamespace && !chosen_.contains(one)) {
        new_ones.push_back(one);
      }
    }
    std::size_t cost = 0;
    const bool is_new_file = !texts_.contains(at.file);
    if (is_new_file) {
      auto text = read_(at.file);
      if (!text) return fail(std::move(text.error()));
      texts_.emplace(at.file, std::move(*text));
      cost += estimated_tokens(path_line(code_.files()[at.file].path));
    }
    std::map<SymbolAt, std::string> heads;
    for (const SymbolAt& one : new_ones) {
      heads[one] = head_of(one);
      cost += estimated_tokens(symbol_line(depth_of(one), code_.symbol(one).line, heads[one]));
    }
    if (cost > left_) {
      if (is_new_file) texts_.erase(at.file);
      return false;
    }
    left_ -= cost;
    chosen_.merge(heads);
    return true;
  }

  CodeMap take() {
    CodeMap map{.tokens = budget_ - left_, .symbols = chosen_.size()};
    for (auto& [at, head] : chosen_) {
      if (map.files.empty() || map.files.back().file != at.file) {
        map.files.push_back({.file = at.file, .rank = ranks_.files[at.file]});
      }
      map.files.back().lines.push_back({.at = at,
                                        .depth = depth_of(at),
                                        .head = std::move(head),
                                        .rank = ranks_.symbols[at.file][at.symbol]});
    }
    std::ranges::sort(map.files, [](const MapFile& a, const MapFile& b) {
      return std::tie(b.rank, a.file) < std::tie(a.rank, b.file);
    });
    return map;
  }

 private:
  std::size_t depth_of(SymbolAt at) const {
    const auto& symbols = code_.files()[at.file].facts.symbols;
    std::size_t depth = 0;
    for (std::uint32_t i = symbols[at.symbol].within; i != kNone; i = symbols[i].within) {
      if (symbols[i].kind != SymbolKind::kNamespace) ++depth;
    }
    return depth;
  }

  std::string head_of(SymbolAt at) const {
    const std::string& text = texts_.at(at.file);
    const Range head = code_.symbol(at).head;
    if (head.end > text.size() || head.begin >= head.end) return printable_line(code_.name(at));
    return one_line(std::string_view(text).substr(head.begin, head.end - head.begin));
  }

  const Codebase& code_;
  const Ranks& ranks_;
  std::size_t left_;
  std::size_t budget_;
  const std::function<Result<std::string>(std::uint32_t)>& read_;
  std::map<std::uint32_t, std::string> texts_;  // of the files that have lines
  std::map<SymbolAt, std::string> chosen_;      // and their heads
};

}  // namespace

std::size_t estimated_tokens(std::string_view text) { return (text.size() + 2) / 3; }

Result<CodeMap> draw_map(const Codebase& code, const Ranks& ranks, std::size_t tokens,
                         const std::function<Result<std::string>(std::uint32_t file)>& read) {
  const auto all = candidates(code, ranks);
  Drawing drawing(code, ranks, tokens, read);
  std::size_t misses = 0;
  for (const Ranked& one : all) {
    const auto added = drawing.add(one.at);
    if (!added) return fail(added.error());
    if (!*added && ++misses == kMostMisses) break;
  }
  CodeMap map = drawing.take();
  map.all_symbols = all.size();
  return map;
}

std::string text_of(const CodeMap& map, const Codebase& code) {
  std::string text;
  for (const MapFile& file : map.files) {
    text += path_line(code.files()[file.file].path);
    for (const MapLine& line : file.lines) {
      text += symbol_line(line.depth, code.symbol(line.at).line, line.head);
    }
  }
  return text;
}

}  // namespace automod::analyzers
