#include "analyzers/treesitter/wide_grammar.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" {
#include "parser.h"
}

namespace automod::analyzers {

namespace {

constexpr std::uint32_t kVersionWithNames = 15;

/// Rows of states that a grammar holds as lists: "so many symbols all lead there", again and again.
void spread(const TSLanguage& grammar, std::uint32_t state, std::uint16_t* row) {
  const std::uint32_t at = grammar.small_parse_table_map[state - grammar.large_state_count];
  const std::uint16_t* list = grammar.small_parse_table + at;
  for (std::uint16_t groups = *list++; groups > 0; --groups) {
    const std::uint16_t next = *list++;
    for (std::uint16_t symbols = *list++; symbols > 0; --symbols) row[*list++] = next;
  }
}

}  // namespace

void FreeGrammar::operator()(const TSLanguage* grammar) const {
  std::free(const_cast<std::uint16_t*>(grammar->parse_table));
  std::free(const_cast<TSLanguage*>(grammar));
}

std::unique_ptr<const TSLanguage, FreeGrammar> widened(const TSLanguage* grammar) {
  const std::size_t width = grammar->symbol_count;
  auto* wide = static_cast<TSLanguage*>(std::calloc(1, sizeof(TSLanguage)));
  auto* table =
      static_cast<std::uint16_t*>(std::calloc(grammar->state_count * width, sizeof(std::uint16_t)));
  if (wide == nullptr || table == nullptr) {
    std::free(wide);
    std::free(table);
    return nullptr;
  }
  // Older grammars end before their name.
  const bool has_name = grammar->abi_version >= kVersionWithNames;
  std::memcpy(wide, grammar, has_name ? sizeof(TSLanguage) : offsetof(TSLanguage, name));
  std::memcpy(table, grammar->parse_table,
              grammar->large_state_count * width * sizeof(std::uint16_t));
  for (std::uint32_t state = grammar->large_state_count; state < grammar->state_count; ++state) {
    spread(*grammar, state, table + state * width);
  }
  wide->parse_table = table;
  wide->large_state_count = grammar->state_count;
  return std::unique_ptr<const TSLanguage, FreeGrammar>(wide);
}

}  // namespace automod::analyzers
