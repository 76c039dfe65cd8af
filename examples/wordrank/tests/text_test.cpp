#include "wordrank/text.hpp"

#include "check.hpp"
#include "wordrank/lru_cache.hpp"
#include "wordrank/tokenizer.hpp"

using wordrank::join;
using wordrank::LruCache;
using wordrank::Tokenizer;

TEST(join_puts_the_separator_between_parts_only) {
  CHECK_EQUAL(join({}, ", "), "");
  CHECK_EQUAL(join({"one"}, ", "), "one");
  CHECK_EQUAL(join({"one", "two", "three"}, ", "), "one, two, three");
}

TEST(words_are_lower_case_and_without_punctuation) {
  CHECK_EQUAL(join(Tokenizer().words("Red house; (BLUE) door, No. 7!"), " "),
              "red house blue door no 7");
}

TEST(an_apostrophe_inside_a_word_belongs_to_it) {
  CHECK_EQUAL(join(Tokenizer().words("don't 'quote' dogs'"), " "), "don't quote dogs");
}

TEST(stop_words_are_left_out) {
  CHECK_EQUAL(join(Tokenizer().words("The house at the end of this road"), " "), "house end road");
  CHECK(Tokenizer().words("to be or with").empty());
}

TEST(a_stop_word_can_be_allowed) {
  Tokenizer tokenizer({"red", "green", "blue"});
  tokenizer.allow("Green");
  CHECK_EQUAL(join(tokenizer.words("red green blue"), " "), "green");
  CHECK_EQUAL(tokenizer.stop_words().size(), 2u);
}

TEST(a_full_cache_forgets_what_was_used_longest_ago) {
  LruCache<std::string, int> cache(2);
  cache.put("one", 1);
  cache.put("two", 2);
  CHECK(cache.get("one") == 1);
  cache.put("three", 3);
  CHECK(!cache.get("two"));
  CHECK(cache.get("one") == 1);
  CHECK(cache.get("three") == 3);
}

TEST(putting_a_key_again_replaces_its_value) {
  LruCache<std::string, int> cache(2);
  cache.put("one", 1);
  cache.put("one", 11);
  CHECK_EQUAL(cache.size(), 1u);
  CHECK(cache.get("one") == 11);
}
