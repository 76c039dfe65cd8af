#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "base/files.hpp"
#include "engine/trial/review/review.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;

constexpr std::size_t kMostBytes = 2 * kMiB;
constexpr std::int64_t kGrowth = 8;
constexpr std::int64_t kNew = 15;

struct Function {
  std::string name;
  std::size_t line = 0;
  std::int64_t branches = 1;
};

std::vector<Function> functions_of(Language language, std::string_view text) {
  std::vector<Function> functions;
  const auto facts = analyzers::facts_of(language, text, {.bytes = kMostBytes});
  std::vector<std::size_t> offsets;
  for (const auto& symbol : facts.symbols) {
    const bool is_function = symbol.kind == analyzers::SymbolKind::kFunction ||
                             symbol.kind == analyzers::SymbolKind::kMethod;
    if (!is_function || !symbol.is_definition) continue;
    functions.push_back({facts.names[symbol.name], symbol.line, 1 + symbol.metrics.branches});
    // The last byte is inside the body, whatever stands in front of the name.
    offsets.push_back(symbol.whole.end - 1);
  }
  const auto names = analyzers::enclosing_symbols(language, text, offsets);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (!names[i].empty()) functions[i].name = names[i];
  }
  return functions;
}

void compare(const FileChange& file, Language language, std::vector<CodeFact>& facts) {
  std::map<std::string, std::vector<std::int64_t>> before;
  for (const auto& function : functions_of(language, file.original.value_or(""))) {
    before[function.name].push_back(function.branches);
  }
  std::map<std::string, std::size_t> seen;
  for (const auto& function : functions_of(language, *file.modified)) {
    const auto& known = before[function.name];
    const std::size_t at = seen[function.name]++;
    const bool is_new = at >= known.size();
    const std::int64_t was = is_new ? 0 : known[at];
    const std::int64_t growth = function.branches - was;
    if (growth < (is_new ? kNew : kGrowth)) continue;
    CodeFact fact;
    fact.kind = FactKind::kComplexity;
    fact.path = file.path;
    fact.line = function.line;
    fact.what = function.name;
    if (!is_new) fact.before = std::to_string(was);
    fact.after = std::to_string(function.branches);
    fact.amount = growth;
    facts.push_back(std::move(fact));
  }
}

}  // namespace

void review_complexity(const ReviewInput& input, Review& into) {
  for (const auto& file : input.files) {
    const auto language = analyzers::language_of(file.path);
    if (language && file.modified) compare(file, *language, into.facts);
  }
}

}  // namespace automod::trial
