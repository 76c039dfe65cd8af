#include "engine/propose/model/edits.hpp"

#include <map>

#include "tests/unit/catch.hpp"

namespace automod::propose {
namespace {

using testing::ContainsSubstring;

std::string block(std::string_view path, std::string_view search, std::string_view replace) {
  return std::string(path) + "\n<<<<<<< SEARCH\n" + std::string(search) + "=======\n" +
         std::string(replace) + ">>>>>>> REPLACE\n";
}

/// What `a.c` holds after the answer, or the error.
std::string after(std::string_view content, std::string_view answer_text) {
  const auto answer = read_answer(answer_text);
  if (!answer) return "refused: " + answer.error().message;
  const std::map<std::string, std::string, std::less<>> tree{{"a.c", std::string(content)}};
  const auto changes =
      apply_edits(answer->edits, [&](std::string_view path) -> Result<std::optional<std::string>> {
        const auto found = tree.find(path);
        if (found == tree.end()) return std::nullopt;
        return found->second;
      });
  if (!changes) return "refused: " + changes.error().message;
  std::string all;
  for (const FileChange& change : *changes) all += change.modified.value_or("(gone)");
  return all;
}

struct Row {
  std::string_view what;
  std::string_view content;
  std::string answer;
  std::string_view expected;
};

TEST_CASE("an answer is applied exactly or refused whole") {
  const std::vector<Row> rows{
      // applied
      {"one line", "a\nb\nc\n", block("a.c", "b\n", "B\n"), "a\nB\nc\n"},
      {"prose and fences around", "a\n",
       "Because.\n\n```c\n" + block("a.c", "a\n", "b\n") + "```\n", "b\n"},
      {"a deletion", "a\nb\n", block("a.c", "b\n", ""), "a\n"},
      {"two blocks, the second sees the first", "a\n",
       block("a.c", "a\n", "b\n") + block("a.c", "b\n", "c\n"), "c\n"},
      {"carriage returns survive", "a\r\nb\r\n", block("a.c", "b\n", "B\n"), "a\r\nB\r\n"},
      {"no final newline survives", "a\nb", block("a.c", "b\n", "B\n"), "a\nB"},
      {"trailing blanks are part of the anchor", "a \nb\n", block("a.c", "a \n", "A\n"), "A\nb\n"},
      {"a new file", "", block("new.c", "", "int x;\n"), "int x;\n"},
      // refused
      {"no block", "a\n", "I cannot do that.\n", "refused: the answer holds no edit block"},
      {"an anchor that is not there", "alpha\n", block("a.c", "alpa\n", "b\n"),
       "refused: the lines to replace in a.c occur 0 times, expected once; the nearest line is: "
       "alpha"},
      {"an anchor that is there twice", "a\na\n", block("a.c", "a\n", "b\n"),
       "refused: the lines to replace in a.c occur 2 times, expected once"},
      {"a part of a line", "xa\n", block("a.c", "a\n", "b\n"),
       "refused: the lines to replace in a.c occur 0 times, expected once; the nearest line is: "
       "xa"},
      {"a block that is not closed", "a\n", "a.c\n<<<<<<< SEARCH\na\n=======\nb\n",
       "refused: edit block 1 is not closed"},
      {"two separators", "a\n", block("a.c", "a\n", "b\n=======\nc\n"),
       "refused: edit block 1 has two separators"},
      {"no separator", "a\n", "a.c\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\n",
       "refused: edit block 1 has no separator"},
      {"no path", "a\n", "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n",
       "refused: edit block 1 has no path above it"},
      {"a block in a block", "a\n", "a.c\n<<<<<<< SEARCH\n<<<<<<< SEARCH\n",
       "refused: edit block 1 is not closed"},
      {"an end without a beginning", "a\n", ">>>>>>> REPLACE\n",
       "refused: the answer closes an edit block that it never opened"},
      {"a file that is not there", "a\n", block("b.c", "a\n", "b\n"),
       "refused: there is no file b.c to edit"},
      {"a new file where one is", "a\n", block("a.c", "", "b\n"),
       "refused: a.c exists, and the block for it searches nothing"},
      {"no change", "a\n", block("a.c", "a\n", "a\n"), "refused: the answer changes nothing"},
      {"one good block and one bad", "a\nb\n",
       block("a.c", "a\n", "A\n") + block("a.c", "zzzzzz\n", "Z\n"),
       "refused: the lines to replace in a.c occur 0 times, expected once"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(after(row.content, row.answer) == row.expected);
  }
}

TEST_CASE("what is said before the first block is the reasoning") {
  const auto answer = read_answer(
      "The copy is needless.\nIt costs.\n\na.c\n<<<<<<< SEARCH\na\n=======\n>>>>>>> "
      "REPLACE\n");
  REQUIRE(answer);
  CHECK(answer->reasoning == "The copy is needless.\nIt costs.");
  CHECK(answer->edits.at(0).path == "a.c");
}

}  // namespace
}  // namespace automod::propose
