#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "analyzers/treesitter/facts.hpp"

/// Any bytes at all as a source. The first byte says in which language. Facts point into the text
/// and at each other, and nowhere else.

namespace {

using namespace automod::analyzers;

constexpr std::uint8_t kLanguages = 9;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check_symbols(const FileFacts& facts, std::string_view text) {
  for (std::size_t i = 0; i < facts.symbols.size(); ++i) {
    const Symbol& symbol = facts.symbols[i];
    if (symbol.name >= facts.names.size()) give_up("a symbol without a name");
    if (symbol.whole.end > text.size()) give_up("a symbol outside of the text");
    if (symbol.doc.end > text.size()) give_up("a comment outside of the text");
    for (const Range& part : {symbol.name_at, symbol.head}) {
      const bool is_inside = part.begin >= symbol.whole.begin && part.begin <= part.end &&
                             part.end <= symbol.whole.end;
      if (!is_inside) give_up("a part outside of its symbol");
    }
    if (symbol.within != kNone && symbol.within >= i) give_up("a symbol before its surroundings");
    if (i > 0 && symbol.whole.begin < facts.symbols[i - 1].whole.begin) give_up("no order");
  }
}

void check_references(const FileFacts& facts, std::string_view text) {
  for (const Reference& one : facts.references) {
    if (one.name >= facts.names.size()) give_up("a reference without a name");
    if (one.within != kNone && one.within >= facts.symbols.size()) give_up("within nothing");
    if (!text.substr(one.begin).starts_with(facts.names[one.name])) give_up("a name elsewhere");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto language = static_cast<Language>(data[0] % kLanguages);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const FileFacts facts = facts_of(language, text);
  check_symbols(facts, text);
  check_references(facts, text);
  return 0;
}
