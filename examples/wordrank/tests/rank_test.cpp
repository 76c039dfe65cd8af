#include "wordrank/rank.hpp"

#include <sstream>
#include <stdexcept>

#include "check.hpp"
#include "wordrank/report.hpp"

using namespace wordrank;

namespace {

InvertedIndex small_library() {
  InvertedIndex index;
  index.add(Document("houses", "red house, old house, blue house with doors"));
  index.add(Document("doors", "red door, blue door, key"));
  index.add(Document("gardens", "old garden, old house near town"));
  return index;
}

std::string found(const std::string& query, const char* scorer, std::size_t limit = 10) {
  const Tokenizer tokenizer;
  const InvertedIndex index = small_library();
  return titles_of(rank(index, parse_query(query, tokenizer), scorer_named(scorer), limit));
}

}  // namespace

TEST(more_occurrences_rank_higher) { CHECK_EQUAL(found("house", "count"), "houses; gardens"); }

TEST(equal_scores_are_ordered_by_title) {
  InvertedIndex index;
  for (const char* title : {"pear", "fig", "apple", "quince", "cherry", "lime"}) {
    index.add(Document(title, "fruit of a tree"));
  }
  const auto hits = rank(index, parse_query("tree", Tokenizer()), score_count, 4);
  CHECK_EQUAL(titles_of(hits), "apple; cherry; fig; lime");
}

TEST(a_rare_word_weighs_more) {
  CHECK_EQUAL(found("red garden", "tf-idf"), "gardens; doors; houses");
}

TEST(an_early_word_weighs_more) { CHECK_EQUAL(found("house", "early"), "houses; gardens"); }

TEST(an_excluded_word_removes_a_document) { CHECK_EQUAL(found("red -house", "count"), "doors"); }

TEST(a_phrase_must_occur_in_order) {
  CHECK_EQUAL(found("\"old house\"", "count"), "houses; gardens");
  CHECK_EQUAL(found("\"house old\"", "count"), "houses");
  CHECK_EQUAL(found("\"house garden\"", "count"), "");
}

TEST(no_more_hits_than_asked_for) {
  CHECK_EQUAL(found("red old", "count", 2), "gardens; houses");
  CHECK_EQUAL(found("red old", "count", 0), "");
}

TEST(an_unknown_scorer_is_an_error) {
  bool thrown = false;
  try {
    scorer_named("random");
  } catch (const std::invalid_argument&) {
    thrown = true;
  }
  CHECK(thrown);
}

TEST(a_snippet_marks_what_it_leaves_out) {
  const std::vector<std::string> words = {"big", "old", "red", "house", "door", "key"};
  CHECK_EQUAL(snippet(words, 2, 1), "... old red house ...");
  CHECK_EQUAL(snippet(words, 0, 2), "big old red ...");
  CHECK_EQUAL(snippet(words, 5, 1), "... door key");
  CHECK_EQUAL(snippet(words, 6, 1), "");
}

TEST(a_report_has_a_line_for_each_hit) {
  std::ostringstream out;
  print_report(out, "house", {{0, 2.5, "houses"}, {2, 1, "gardens"}});
  const std::string text = out.str();
  CHECK_EQUAL(text.find("results for house\n"), 0u);
  CHECK(text.find("  1  2.5000  houses\n") != std::string::npos);
  CHECK(text.find("  2  1.0000  gardens\n") != std::string::npos);
}
