#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/map/rank.hpp"
#include "base/error.hpp"

/// A codebase in so many tokens: what matters most, with signatures, in the order of the files.
namespace automod::analyzers {

/// A line of the map.
struct MapLine {
  SymbolAt at;
  std::size_t depth = 0;  // how many lines of the map enclose it
  std::string head;       // its signature on one line
  double rank = 0;
};

struct MapFile {
  std::uint32_t file = 0;
  double rank = 0;
  std::vector<MapLine> lines;  // by place
};

struct CodeMap {
  std::vector<MapFile> files;   // what matters most first
  std::size_t tokens = 0;       // of text_of, as estimated
  std::size_t symbols = 0;      // in the map
  std::size_t all_symbols = 0;  // that are defined in the codebase
};

/// How many tokens a text may take: a third of its bytes, rather too many than too few.
std::size_t estimated_tokens(std::string_view text);

/// The most important definitions that fit into `tokens`, each with what encloses it. `read` gives
/// the text of a file that has lines in the map.
Result<CodeMap> draw_map(const Codebase& code, const Ranks& ranks, std::size_t tokens,
                         const std::function<Result<std::string>(std::uint32_t file)>& read);

/// For people and models: paths, and below each its lines.
std::string text_of(const CodeMap& map, const Codebase& code);

}  // namespace automod::analyzers
