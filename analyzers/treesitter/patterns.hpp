#pragma once

#include <tree_sitter/api.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

/// The part of tree-sitter's query language that queries of facts are written in, read into flat
/// patterns. Our own because each process would spend 50 ms to compile the queries of C++ with the
/// library, and the library's walk costs twice what ours does (docs/notes/analyzers.md).
namespace automod::analyzers {

/// What one node has to be, and to whom. A pattern is a list of them, each parent before its
/// children, these in the order of the text.
struct PatternStep {
  static constexpr std::uint8_t kMost = 32;  // in one pattern
  static constexpr std::uint8_t kNone = 255;
  enum class Wanted : std::uint8_t { kSymbol, kNamed, kAny };  // (kind) and "text", (_), _

  Wanted wanted = Wanted::kSymbol;
  bool is_first = false;      // "." before it: no named sibling may stand before it
  bool has_captures = false;  // itself or below
  std::uint8_t parent = kNone;
  std::uint8_t previous = kNone;  // the step that a sibling before it matches
  TSSymbol symbol = 0;
  TSFieldId field = 0;                 // 0: any or none
  std::vector<TSFieldId> absent;       // fields that it must not have
  std::vector<std::uint8_t> captures;  // indices of Patterns::captures
  std::string text;                    // (#eq? @capture "text"); empty: any
};

/// Alternatives are patterns of their own, which share their number.
struct Pattern {
  std::uint16_t number = 0;  // in the order of the text
  std::vector<PatternStep> steps;
};

struct Patterns {
  std::vector<Pattern> all;
  std::vector<std::string> captures;
};

/// kRefused with the place when the text is none: (kind), (_), _, "text", [alternatives], field:,
/// !field, a leading ".", @capture and (#eq? @capture "text") are known.
Result<Patterns> read_patterns(const TSLanguage* language, std::string_view text);

}  // namespace automod::analyzers
