#include <cmath>

#include "wordrank/rank.hpp"

namespace wordrank {

namespace {

double rarity(const Match& match) {
  return std::log(1.0 + static_cast<double>(match.documents) /
                            static_cast<double>(match.documents_with_word));
}

}  // namespace

double score_count(Match match) { return static_cast<double>(match.count); }

double score_tf_idf(Match match) {
  const double frequency =
      static_cast<double>(match.count) / static_cast<double>(match.document_length);
  return frequency * rarity(match);
}

double score_early(Match match) {
  const double earliness =
      1.0 - static_cast<double>(match.first_position) / static_cast<double>(match.document_length);
  const double weight = match.word.size() > 3 ? 1.0 : 0.5;
  return weight * earliness * rarity(match);
}

}  // namespace wordrank
