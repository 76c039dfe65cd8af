/* Read before the parser of each grammar: the same lexer, in a shape that compilers make jump tables
 * of. Grammars list the characters that a state knows in arrays that are searched one by one, and
 * those of identifiers as hundreds of ranges that are halved ten times for each letter. */
#include "tree_sitter/parser.h"

#define AUTOMOD_PARENTHESES ()
#define AUTOMOD_EXPAND(...) AUTOMOD_EXPAND3(AUTOMOD_EXPAND3(AUTOMOD_EXPAND3(__VA_ARGS__)))
#define AUTOMOD_EXPAND3(...) AUTOMOD_EXPAND2(AUTOMOD_EXPAND2(AUTOMOD_EXPAND2(__VA_ARGS__)))
#define AUTOMOD_EXPAND2(...) AUTOMOD_EXPAND1(AUTOMOD_EXPAND1(AUTOMOD_EXPAND1(__VA_ARGS__)))
#define AUTOMOD_EXPAND1(...) AUTOMOD_EXPAND0(AUTOMOD_EXPAND0(AUTOMOD_EXPAND0(__VA_ARGS__)))
#define AUTOMOD_EXPAND0(...) __VA_ARGS__
#define AUTOMOD_PAIRS(character, next, ...)                        \
  if (lookahead == (character)) ADVANCE(next)                      \
  __VA_OPT__(AUTOMOD_PAIRS_AGAIN AUTOMOD_PARENTHESES(__VA_ARGS__))
#define AUTOMOD_PAIRS_AGAIN() AUTOMOD_PAIRS

#undef ADVANCE_MAP
#define ADVANCE_MAP(...) AUTOMOD_EXPAND(AUTOMOD_PAIRS(__VA_ARGS__))

/* Ranges go up: those of ASCII are the first few. */
static inline bool automod_set_contains(const TSCharacterRange *ranges, uint32_t count,
                                        int32_t character) {
  if (character >= 0x80) return set_contains((TSCharacterRange *)ranges, count, character);
  for (uint32_t i = 0; i < count && ranges[i].start <= character; ++i) {
    if (character <= ranges[i].end) return true;
  }
  return false;
}
#define set_contains automod_set_contains
