#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/facts.hpp"

/// Functions as rows of tokens that can be compared.
namespace automod::analyzers {

struct CopyToken {
  std::uint32_t shape = 0;  // digest of what it is; of names and literals their sort only
  std::uint32_t text = 0;   // digest of a name or literal; 0: the shape says all
  std::uint32_t begin = 0;  // byte
  std::uint32_t end = 0;
  std::uint32_t line = 0;
  bool is_head = false;  // of a function: its name and parameters, not what it does
};

/// The shape of a token that is neither name nor literal.
std::uint32_t shape_of(std::string_view token);

/// The tokens of one function, without comments.
using TokenRow = std::vector<CopyToken>;

/// Of every outermost function of the text, without tests that stand beside what they try.
std::vector<TokenRow> token_rows(const FileFacts& facts, std::string_view text);

/// Which functions those are; by place.
std::vector<Range> outermost_functions(const FileFacts& facts);

}  // namespace automod::analyzers
