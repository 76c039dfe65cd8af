// Indexes an invented library, answers many queries and keeps track of many sessions. Always does
// the same work and prints a checksum of the answers.

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "wordrank/index.hpp"
#include "wordrank/lru_cache.hpp"
#include "wordrank/query.hpp"
#include "wordrank/rank.hpp"
#include "wordrank/sessions.hpp"

using namespace wordrank;

namespace {

constexpr int kVocabulary = 800;
constexpr int kDocuments = 400;
constexpr int kWordsPerDocument = 150;
constexpr int kQueries = 800;
constexpr int kSessions = 6000;
constexpr Seconds kHour = 3600;

class Invention {
 public:
  explicit Invention(std::uint64_t seed) : random_(seed) {
    static const char* const kSyllables[] = {"ka", "lo", "mir", "ten", "sa", "vu", "pel", "ori"};
    for (int i = 0; i < kVocabulary; ++i) {
      std::string word;
      for (int rest = i + 8; rest > 0; rest /= 8) word += kSyllables[rest % 8];
      vocabulary_.push_back(word);
    }
  }

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  // Small numbers are the frequent words, as in real text.
  const std::string& word() { return vocabulary_[below(1 + below(kVocabulary))]; }

  std::string text(int words) {
    std::string text;
    for (int i = 0; i < words; ++i) {
      text += word();
      text += i % 9 == 8 ? ". The " : " ";
    }
    return text;
  }

 private:
  std::mt19937_64 random_;
  std::vector<std::string> vocabulary_;
};

class Checksum {
 public:
  void add(std::uint64_t value) { sum_ = (sum_ ^ value) * 1099511628211ULL; }
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_ = 14695981039346656037ULL;
};

void search(Invention& invention, Checksum& checksum) {
  const Tokenizer tokenizer;
  InvertedIndex index(tokenizer);
  for (int i = 0; i < kDocuments; ++i) {
    index.add(Document("document " + std::to_string(i % 300), invention.text(kWordsPerDocument)));
  }

  LruCache<std::string, std::vector<Hit>> cache(64);
  const char* const scorers[] = {"count", "tf-idf", "early"};
  for (int i = 0; i < kQueries; ++i) {
    std::string text = invention.text(14);
    if (i % 20 == 0) text += "\"" + invention.word() + " " + invention.word() + "\"";
    if (i % 7 == 0) text += " -" + invention.word();
    const Query query = parse_query(text, tokenizer);
    const std::string key = canonical(query);
    auto hits = cache.get(key);
    if (!hits) {
      hits = rank(index, query, scorer_named(scorers[i % 3]), 10);
      cache.put(key, *hits);
    }
    for (const auto& hit : *hits) checksum.add(hit.document);
    checksum.add(hits->size());
  }
}

void keep_sessions(Invention& invention, Checksum& checksum) {
  SessionTable table(kHour);
  for (int i = 0; i < kSessions; ++i) {
    table.open("user" + std::to_string(i), static_cast<Seconds>(invention.below(2 * kHour)));
  }
  for (Seconds now = kHour; now <= 3 * kHour; now += 60) checksum.add(table.expire(now));
}

}  // namespace

int main() {
  Invention invention(20240229);
  Checksum checksum;
  search(invention, checksum);
  keep_sessions(invention, checksum);
  std::printf("checksum %016llx\n", static_cast<unsigned long long>(checksum.value()));
}
