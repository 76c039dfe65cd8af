#include "wordrank/query.hpp"

#include "check.hpp"
#include "wordrank/text.hpp"

using wordrank::canonical;
using wordrank::find_phrase;
using wordrank::join;
using wordrank::parse_query;
using wordrank::Query;
using wordrank::Tokenizer;

TEST(a_query_has_words_phrases_and_exclusions) {
  const Query query = parse_query("red \"old house\" -garden", Tokenizer());
  CHECK_EQUAL(join(query.words, " "), "red old house");
  CHECK_EQUAL(query.phrases.size(), 1u);
  CHECK_EQUAL(join(query.phrases[0], " "), "old house");
  CHECK_EQUAL(join(query.excluded, " "), "garden");
}

TEST(a_quote_that_is_not_closed_reaches_to_the_end) {
  const Query query = parse_query("red \"old house", Tokenizer());
  CHECK_EQUAL(query.phrases.size(), 1u);
  CHECK_EQUAL(join(query.phrases[0], " "), "old house");
}

TEST(a_phrase_is_found_wherever_it_begins) {
  const auto found = find_phrase({"red", "house", "big", "red", "house", "door"}, {"red", "house"});
  CHECK_EQUAL(found.size(), 2u);
  CHECK_EQUAL(found.back(), 3u);
}

TEST(a_phrase_is_found_at_the_end_of_the_text) {
  const auto found = find_phrase({"big", "red", "house"}, {"red", "house"});
  CHECK_EQUAL(found.size(), 1u);
}

TEST(a_phrase_longer_than_the_text_is_not_found) {
  CHECK(find_phrase({"red", "house"}, {"big", "red", "house"}).empty());
  CHECK(find_phrase({"red", "house"}, {}).empty());
}

TEST(queries_that_mean_the_same_have_one_canonical_form) {
  const Tokenizer tokenizer;
  CHECK_EQUAL(canonical(parse_query("House red -door", tokenizer)),
              canonical(parse_query("red the house red -Door", tokenizer)));
  CHECK(canonical(parse_query("red house", tokenizer)) !=
        canonical(parse_query("\"red house\"", tokenizer)));
}
