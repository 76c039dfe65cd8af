#include "wordrank/query.hpp"

#include <algorithm>

#include "wordrank/text.hpp"

namespace wordrank {

namespace {

void add_words(Query& query, const std::string& text, const Tokenizer& tokenizer) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = text.find(" ", begin);
    if (end == std::string::npos) end = text.size();
    const std::string part = text.substr(begin, end - begin);
    const bool exclude = !part.empty() && part[0] == '-';
    for (const auto& word : tokenizer.words(part)) {
      (exclude ? query.excluded : query.words).push_back(word);
    }
    begin = end + 1;
  }
}

void add_phrase(Query& query, const std::string& text, const Tokenizer& tokenizer) {
  const std::vector<std::string> phrase = tokenizer.words(text);
  if (phrase.empty()) return;
  query.words.insert(query.words.end(), phrase.begin(), phrase.end());
  query.phrases.push_back(std::move(phrase));
}

}  // namespace

Query parse_query(const std::string& text, const Tokenizer& tokenizer) {
  Query query;
  std::size_t begin = 0;
  bool quoted = false;
  while (begin <= text.size()) {
    std::size_t end = text.find("\"", begin);
    if (end == std::string::npos) end = text.size();
    const std::string part = text.substr(begin, end - begin);
    if (quoted) {
      add_phrase(query, part, tokenizer);
    } else {
      add_words(query, part, tokenizer);
    }
    quoted = !quoted;
    begin = end + 1;
  }
  return query;
}

std::vector<std::size_t> find_phrase(const std::vector<std::string>& words,
                                     const std::vector<std::string>& phrase) {
  std::vector<std::size_t> found;
  if (phrase.empty()) return found;
  for (std::size_t i = 0; i + phrase.size() < words.size(); ++i) {
    if (std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(i))) {
      found.push_back(i);
    }
  }
  return found;
}

std::string canonical(Query query) {
  const auto tidy = [](std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  };
  std::vector<std::string> phrases;
  for (const auto& phrase : query.phrases) {
    phrases.push_back(join(phrase, " "));
  }
  return join(tidy(query.words), " ") + "|" + join(tidy(phrases), "|") + "|-" +
         join(tidy(query.excluded), " ");
}

}  // namespace wordrank
