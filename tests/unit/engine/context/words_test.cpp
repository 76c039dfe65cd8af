#include "engine/context/words.hpp"

#include "tests/unit/catch.hpp"

namespace automod::context {
namespace {

using Words = std::vector<std::string>;

Words code_in(std::string_view words) {
  Words all;
  for (const Mention& one : mentions_in(words)) {
    if (one.looks_like_code) all.push_back(one.text);
  }
  return all;
}

TEST_CASE("what is written as code is told from plain words") {
  const auto [words, expected] = GENERATE(table<std::string, Words>({
      {"make parse_row faster", {"parse_row"}},
      {"Index::add is slow, and IndexRun too.", {"Index::add", "IndexRun"}},
      {"see src/rank.cpp:12, or rank.cpp", {"src/rank.cpp:12", "rank.cpp"}},
      {"the `total` of `add rows` is wrong", {"total", "add", "rows"}},
      {"call sort() and then run", {"sort"}},
      {"sha256 of 12 things, 3x", {"sha256"}},
      {"Make it faster. Then test it: please!", {}},
      {"store.find(key) returns nothing...", {"store.find"}},
      {"", {}},
  }));
  CHECK(code_in(words) == expected);
}

TEST_CASE("each is mentioned once, and of a long text only the first") {
  CHECK(mentions_in("add add add").size() == 1);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "name_" + std::to_string(i) + " ";
  CHECK(mentions_in(text).size() == 100);
}

}  // namespace
}  // namespace automod::context
