#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "analyzers/treesitter/facts.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestName = 120;
constexpr std::size_t kMostParts = 4;

/// Is it one that code is said to be in? Namespaces are not: too much is.
bool is_told(const Symbol& symbol) {
  return is_callable(symbol.kind) ? symbol.is_definition : is_type(symbol.kind);
}

bool encloses(const Symbol& symbol, std::size_t offset) {
  return symbol.whole.begin <= offset && offset < symbol.whole.end;
}

std::string joined(const FileFacts& facts, const std::vector<const Symbol*>& inner_first) {
  const bool has_colons = facts.language == Language::kC || facts.language == Language::kCpp ||
                          facts.language == Language::kRust;
  const std::string_view separator = has_colons ? "::" : ".";
  std::string text;
  for (auto symbol = inner_first.rbegin(); symbol != inner_first.rend(); ++symbol) {
    for (const std::uint32_t name : {(*symbol)->scope, (*symbol)->name}) {
      if (name == kNone) continue;
      if (!text.empty()) text += separator;
      text += facts.names[name];
    }
  }
  return text;
}

std::string symbol_at(const FileFacts& facts, std::size_t offset) {
  const auto after = std::ranges::upper_bound(
      facts.symbols, offset, {}, [](const Symbol& symbol) { return symbol.whole.begin; });
  std::uint32_t at = after == facts.symbols.begin()
                         ? kNone
                         : static_cast<std::uint32_t>(after - facts.symbols.begin() - 1);
  std::vector<const Symbol*> parts;
  for (; at != kNone && parts.size() < kMostParts; at = facts.symbols[at].within) {
    const Symbol& symbol = facts.symbols[at];
    const bool counts = encloses(symbol, offset) && is_told(symbol) &&
                        facts.names[symbol.name].size() <= kLongestName;
    if (counts) parts.push_back(&symbol);
  }
  return joined(facts, parts);
}

}  // namespace

std::vector<std::string> enclosing_symbols(Language language, std::string_view text,
                                           const std::vector<std::size_t>& offsets) {
  const FileFacts facts = facts_of(language, text);
  std::vector<std::string> symbols;
  symbols.reserve(offsets.size());
  for (const std::size_t offset : offsets) {
    symbols.push_back(offset < text.size() ? symbol_at(facts, offset) : std::string());
  }
  return symbols;
}

std::string enclosing_symbol(Language language, std::string_view text, std::size_t offset) {
  return enclosing_symbols(language, text, {offset}).front();
}

}  // namespace automod::analyzers
