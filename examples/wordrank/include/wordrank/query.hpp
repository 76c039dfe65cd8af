// What a user asks for, and the search for a phrase.
#pragma once

#include <string>
#include <vector>

#include "wordrank/tokenizer.hpp"

namespace wordrank {

struct Query {
  std::vector<std::string> words;                 // each adds to the score
  std::vector<std::vector<std::string>> phrases;  // each must occur
  std::vector<std::string> excluded;              // none may occur
};

/// Reads `red "old house" -garden`: words, quoted phrases, and words that must not occur. The words
/// of a phrase also count as words. A quote that is not closed reaches to the end of the text.
Query parse_query(const std::string& text, const Tokenizer& tokenizer);

/// The positions in `words` at which `phrase` begins; none for an empty phrase.
std::vector<std::size_t> find_phrase(const std::vector<std::string>& words,
                                     const std::vector<std::string>& phrase);

/// The same query for everybody who means the same: words sorted, each once. Usable as a cache key.
std::string canonical(Query query);

}  // namespace wordrank
