#include "wordrank/rank.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace wordrank {

namespace {

struct NamedScorer {
  const char* name;
  Scorer scorer;
};

constexpr std::array<NamedScorer, 3> kScorers = {{
    {"count", score_count},
    {"tf-idf", score_tf_idf},
    {"early", score_early},
}};

// By document id; 0 for a document that no word matches.
using Scores = std::vector<double>;

Scores score_words(const InvertedIndex& index, const Query& query, Scorer scorer) {
  Scores scores(index.document_count());
  for (const auto& word : query.words) {
    const auto& postings = index.postings(word);
    Match match;
    match.word = word;
    match.documents = index.document_count();
    match.documents_with_word = postings.size();
    for (auto posting : postings) {
      match.count = posting.count();
      match.first_position = posting.first();
      match.document_length = index.words_of(posting.document).size();
      scores[posting.document] += scorer(match);
    }
  }
  return scores;
}

bool has_phrases(const InvertedIndex& index, DocumentId id, const Query& query) {
  if (query.phrases.empty()) return true;
  const std::vector<std::string> words = index.words_of(id);
  return std::all_of(query.phrases.begin(), query.phrases.end(),
                     [&](const auto& phrase) { return !find_phrase(words, phrase).empty(); });
}

}  // namespace

Scorer scorer_named(const std::string& name) {
  for (const auto& entry : kScorers) {
    if (name == entry.name) return entry.scorer;
  }
  throw std::invalid_argument("no scorer is called '" + name + "'");
}

std::vector<Hit> rank(const InvertedIndex& index, const Query& query, Scorer scorer,
                      std::size_t limit) {
  Scores scores = score_words(index, query, scorer);
  for (const auto& word : query.excluded) {
    for (const auto& posting : index.postings(word)) scores[posting.document] = 0;
  }

  std::vector<Hit> hits;
  for (DocumentId id = 0; id < scores.size(); ++id) {
    if (scores[id] == 0 || !has_phrases(index, id, query)) continue;
    const Document document = index.document(id);
    hits.push_back({id, scores[id], document.title()});
  }
  const std::size_t shown = std::min(limit, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(shown), hits.end(),
                    [](const Hit& a, const Hit& b) {
                      return a.score != b.score ? a.score > b.score : a.title < b.title;
                    });
  hits.resize(shown);
  return hits;
}

}  // namespace wordrank
