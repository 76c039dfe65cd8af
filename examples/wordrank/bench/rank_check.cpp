// rank_check SEED: makes up a library, queries and sessions and prints every answer. Two versions
// that do the same print the same.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "wordrank/lru_cache.hpp"
#include "wordrank/report.hpp"
#include "wordrank/sessions.hpp"
#include "wordrank/text.hpp"

using namespace wordrank;

namespace {

class Invention {
 public:
  explicit Invention(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  // Words of one letter to forty, some with digits, capitals or apostrophes.
  std::string word() {
    static const char kLetters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const std::uint64_t sizes[] = {1, 2, 3, 5, 8, 40};
    std::string word;
    for (auto size = 1 + below(sizes[below(6)]); size > 0; --size) word += kLetters[below(62)];
    if (below(8) == 0) word.insert(below(word.size() + 1), "'");
    return word;
  }

  const std::string& known_word() { return words_[below(1 + below(words_.size()))]; }

  // Ends in a word that is in no query.
  std::string text(std::uint64_t words) {
    static const char* const kBetween[] = {" ", "  ", ", ", ". The ", "\n", "-", " of ", "; "};
    std::string text;
    for (; words > 0; --words) text += known_word() + kBetween[below(8)];
    return text + "endofdocument";
  }

  std::string query() {
    std::string query;
    for (auto words = below(6); words > 0; --words) query += known_word() + " ";
    if (below(3) == 0) query += "\"" + known_word() + " " + known_word() + "\" ";
    if (below(6) == 0) query += "- ";
    if (below(3) == 0) query += "-" + known_word();
    if (below(9) == 0) query += " \"" + known_word();
    return query;
  }

  void learn(int words) {
    while (words-- > 0) words_.push_back(word());
  }

 private:
  std::mt19937_64 random_;
  std::vector<std::string> words_;
};

void print_words(const char* what, const std::vector<std::string>& words) {
  std::printf("%s: %s\n", what, join(words, " ").c_str());
}

void search(Invention& invention) {
  const Tokenizer tokenizer;
  InvertedIndex index(tokenizer);
  const auto documents = 1 + invention.below(60);
  for (std::uint64_t i = 0; i < documents; ++i) {
    const auto title = "title " + std::to_string(invention.below(40));
    index.add(Document(title, invention.below(10) == 0 ? " -- " : invention.text(40)));
  }
  print_words("vocabulary", index.vocabulary());
  std::printf("warnings: %zu\n", index.warnings().size());
  index.rename(index.document(0), "another title");
  std::printf("renamed: %d\n", static_cast<int>(index.find_title("another title").value_or(9999)));
  LruCache<std::string, std::size_t> cache(5);
  for (int i = 0; i < 60; ++i) {
    const std::string text = invention.query();
    const Query query = parse_query(text, tokenizer);
    std::printf("query %s: %s\n", text.c_str(), canonical(query).c_str());
    std::printf("cached: %d\n", static_cast<int>(cache.get(canonical(query)).value_or(9999)));
    for (const char* scorer : {"count", "tf-idf", "early"}) {
      const auto hits = rank(index, query, scorer_named(scorer), invention.below(12));
      cache.put(canonical(query), hits.size());
      for (const Hit& hit : hits) {
        std::printf("%s %u %.6f %s\n", scorer, hit.document, hit.score, hit.title.c_str());
        const auto& words = index.words_of(hit.document);
        std::printf("  %s\n", snippet(words, invention.below(words.size()), 3).c_str());
      }
    }
  }
}

void keep_sessions(Invention& invention) {
  SessionTable table(100);
  for (Seconds now = 0; now < 3000; now += static_cast<Seconds>(invention.below(40))) {
    const std::string user = "user" + std::to_string(invention.below(30));
    switch (invention.below(5)) {
      case 0:
        if (!table.find(user)) table.open(user, now);
        break;
      case 1:
        if (invention.below(20) == 0) std::printf("woken %zu\n", table.wake_all(now));
        break;
      case 2:
        std::printf("%zu sessions\n", table.size());
        std::printf("expired %zu\n", table.expire(now));
        break;
      default:
        table.record(user, invention.known_word(), now);
    }
  }
  std::printf("%s", table.describe().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Invention invention(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0);
  invention.learn(150);
  search(invention);
  keep_sessions(invention);
}
