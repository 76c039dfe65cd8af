#include "wordrank/index.hpp"

#include "check.hpp"
#include "wordrank/text.hpp"

using wordrank::Document;
using wordrank::InvertedIndex;
using wordrank::join;

TEST(postings_say_where_a_word_occurs) {
  InvertedIndex index;
  index.add(Document("first", "red house, red door"));
  index.add(Document("second", "blue house"));
  const auto& red = index.postings("red");
  CHECK_EQUAL(red.size(), 1u);
  CHECK_EQUAL(red[0].positions.size(), 2u);
  CHECK_EQUAL(red[0].positions[1], 2u);
  const auto& house = index.postings("house");
  CHECK_EQUAL(house.size(), 2u);
  CHECK_EQUAL(house[1].document, 1u);
  CHECK(index.postings("garden").empty());
}

TEST(titles_are_made_unique) {
  InvertedIndex index;
  index.add(Document("notes", "one"));
  index.add(Document("notes", "two"));
  const auto third = index.add(Document("notes", "three"));
  CHECK_EQUAL(index.document(third).title(), "notes (3)");
  CHECK(index.find_title("notes (2)") == 1u);
}

TEST(renaming_frees_the_old_title) {
  InvertedIndex index;
  const auto id = index.add(Document("draft", "red house"));
  index.rename(index.document(id), "final");
  CHECK_EQUAL(index.document(id).title(), "final");
  CHECK(index.find_title("final") == id);
  CHECK(!index.find_title("draft"));
}

TEST(a_document_without_words_is_kept_with_a_warning) {
  InvertedIndex index;
  index.add(Document("full", "red house"));
  index.add(Document("blank", " -- "));
  CHECK_EQUAL(index.document_count(), 2u);
  CHECK_EQUAL(index.warnings().size(), 1u);
}

TEST(the_vocabulary_is_sorted) {
  InvertedIndex index;
  index.add(Document("first", "red house red door"));
  index.add(Document("second", "blue house"));
  CHECK_EQUAL(join(index.vocabulary(), " "), "blue door house red");
}
