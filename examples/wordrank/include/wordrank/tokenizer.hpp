// Cuts text into the words that are worth indexing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wordrank {

/// Common English words that are left out of an index.
std::vector<std::string> default_stop_words();

class Tokenizer {
 public:
  explicit Tokenizer(std::vector<std::string> stop_words = default_stop_words());

  /// The words of `text` in order, in lower case, without stop words. A word is a run of letters
  /// and digits; an apostrophe inside a word belongs to it, one at either end does not.
  std::vector<std::string> words(std::string_view text) const;

  /// From now on `word` counts as an ordinary word.
  void allow(const std::string& word);

  const std::vector<std::string>& stop_words() const { return stop_words_; }

 private:
  std::vector<std::string> stop_words_;
};

}  // namespace wordrank
