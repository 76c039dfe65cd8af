// Orders the documents that answer a query.
#pragma once

#include <string>
#include <vector>

#include "wordrank/index.hpp"
#include "wordrank/query.hpp"

namespace wordrank {

/// One word of the query in one document.
struct Match {
  std::string word;
  std::size_t count = 0;            // how often the word occurs in the document
  std::size_t first_position = 0;   // where it occurs first
  std::size_t document_length = 0;  // in words
  std::size_t documents = 0;        // in the whole index
  std::size_t documents_with_word = 0;
};

/// What one match adds to the score of its document.
using Scorer = double (*)(Match match);

double score_count(Match match);
double score_tf_idf(Match match);
double score_early(Match match);

/// "count", "tf-idf" or "early"; throws std::invalid_argument for another name.
Scorer scorer_named(const std::string& name);

struct Hit {
  DocumentId document = 0;
  double score = 0;
  std::string title;
};

/// The best `limit` hits: highest score first; among equals, by title.
std::vector<Hit> rank(const InvertedIndex& index, const Query& query, Scorer scorer,
                      std::size_t limit);

}  // namespace wordrank
