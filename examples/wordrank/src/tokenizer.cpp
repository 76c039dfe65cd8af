#include "wordrank/tokenizer.hpp"

#include <algorithm>
#include <utility>

#include "wordrank/text.hpp"

namespace wordrank {

std::vector<std::string> default_stop_words() {
  return {"a",  "an", "and", "are", "as",   "at",  "be",   "by", "for", "from", "in",   "is",
          "it", "of", "on",  "or",  "that", "the", "this", "to", "was", "were", "will", "with"};
}

Tokenizer::Tokenizer(std::vector<std::string> stop_words) : stop_words_(std::move(stop_words)) {}

std::vector<std::string> Tokenizer::words(std::string_view text) const {
  std::vector<std::string> found;
  std::size_t i = 0;
  while (i < text.size()) {
    if (!is_letter_or_digit(text[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && (is_letter_or_digit(text[i]) || text[i] == '\'')) ++i;
    std::size_t end = i;
    while (text[end - 1] == '\'') --end;

    const std::string word = lower(std::string(text.substr(begin, end - begin)));
    if (!contains(stop_words_, word)) found.push_back(std::move(word));
  }
  return found;
}

void Tokenizer::allow(const std::string& word) {
  stop_words_.erase(std::remove(stop_words_.begin(), stop_words_.end(), lower(word)));
}

}  // namespace wordrank
