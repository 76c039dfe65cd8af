#include "engine/propose/answer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "embedded/edit_format_of_tests.hpp"
#include "tests/unit/catch.hpp"

namespace automod::propose {
namespace {

using testing::ContainsSubstring;

constexpr std::string_view kGood = "a.c\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n";

/// One edit a line: kind, path, line of the answer and what else it has, line ends shown.
std::string printed(const std::vector<Edit>& edits) {
  std::string out;
  for (const Edit& edit : edits) {
    out += fmt::format("{} {} {}", name(edit.kind), edit.path, edit.line);
    for (const std::string* text : {&edit.search, &edit.replace, &edit.new_path}) {
      out += " [";
      for (const char c : *text) out += c == '\n' ? '|' : c == '\r' ? '^' : c;
      out += "]";
    }
    out += "\n";
  }
  return out;
}

struct Read {
  std::string_view what;
  std::string answer;
  std::string_view edits;
  std::string_view reasoning;
};

struct Refused {
  std::string_view what;
  std::string answer;
  std::string message;  // part of it
};

TEST_CASE("an answer is read as the edits that it means") {
  const std::string good(kGood);
  const std::vector<Read> rows{
      {"a block", good, "replace a.c 2 [a|] [b|] []\n", ""},
      {"words before and after", "Why.\n\nIt is.\n\n" + good + "\nDone.\n",
       "replace a.c 6 [a|] [b|] []\n", "Why.\n\nIt is."},
      {"two blocks", good + "\n" + good, "replace a.c 2 [a|] [b|] []\nreplace a.c 9 [a|] [b|] []\n",
       ""},
      {"lines that go", "a.c\n<<<<<<< SEARCH\na\nb\n=======\n>>>>>>> REPLACE",
       "replace a.c 2 [a|b|] [] []\n", ""},
      {"an empty line is searched", "a.c\n<<<<<<< SEARCH\n\n=======\nb\n>>>>>>> REPLACE\n",
       "replace a.c 2 [|] [b|] []\n", ""},
      {"a whole file", "d/n.c\n<<<<<<< FILE\nint x;\n=======\n  ======= \n>>>>>>> FILE\n",
       "whole d/n.c 2 [] [int x;|=======|  ======= |] []\n", ""},
      {"an empty file", "n\n<<<<<<< FILE\n>>>>>>> FILE\n", "whole n 2 [] [] []\n", ""},
      {"a file that goes", "a.c\n<<<<<<< DELETE\n>>>>>>> DELETE\n", "delete a.c 2 [] [] []\n", ""},
      {"a file that moves", "a.c\n<<<<<<< RENAME\n b/c.c \n>>>>>>> RENAME\n",
       "rename a.c 2 [] [] [b/c.c]\n", ""},
      // what models add
      {"a fence around path and block", "Why.\n```c\n" + good + "```\n",
       "replace a.c 4 [a|] [b|] []\n", "Why."},
      {"a fence between", "Why.\na.c\n~~~~ c\n" + good.substr(4) + "~~~~\n",
       "replace a.c 4 [a|] [b|] []\n", "Why."},
      {"a fence and empty lines between", "a.c\n\n```\n\n" + good.substr(4) + "```\n" + good,
       "replace a.c 5 [a|] [b|] []\nreplace a.c 12 [a|] [b|] []\n", ""},
      {"backticks around the path", "`a.c`\n" + good.substr(4), "replace a.c 2 [a|] [b|] []\n", ""},
      {"asterisks around the path", "  **a.c**\t\n" + good.substr(4),
       "replace a.c 2 [a|] [b|] []\n", ""},
      {"both", "**`a.c`**\n" + good.substr(4), "replace a.c 2 [a|] [b|] []\n", ""},
      {"both, the other way round", "`**a.c**`\n" + good.substr(4), "replace a.c 2 [a|] [b|] []\n",
       ""},
      {"code in the words", "Look:\n```c\nx = a << 3;\n```\nSo:\n" + good,
       "replace a.c 7 [a|] [b|] []\n", "Look:\n```c\nx = a << 3;\n```\nSo:"},
      {"a heading that is underlined", "Why\n=======\n" + good, "replace a.c 4 [a|] [b|] []\n",
       "Why\n======="},
      {"blanks after markers", "a.c \n<<<<<<< SEARCH \na \n=======\t\nb\t\n>>>>>>> REPLACE  \n",
       "replace a.c 2 [a |] [b\t|] []\n", ""},
      {"carriage returns",
       "Why.\r\nSo.\r\na.c\r\n<<<<<<< SEARCH\r\na\r\n=======\r\nb\n>>>>>>> REPLACE\r\n",
       "replace a.c 4 [a^|] [b|] []\n", "Why.\nSo."},
      {"a byte order mark", "\xef\xbb\xbf" + good, "replace a.c 2 [a|] [b|] []\n", ""},
      {"conflict signs of other lengths",
       "a.c\n<<<<<<< SEARCH\n<<<<<<<<\n========\n>>>\n=======\nx >>>>>>> REPLACE\n>>>>>>> "
       "REPLACE\n",
       "replace a.c 2 [<<<<<<<<|========|>>>|] [x >>>>>>> REPLACE|] []\n", ""},
      {"a doctest that calls a function named like a marker",
       "a.py\n<<<<<<< SEARCH\n>>> replace(\"a\")\n=======\n >>> file = 1\n >>> search\n"
       ">>>>>>> REPLACE\n",
       "replace a.py 2 [>>> replace(\"a\")|] [ >>> file = 1| >>> search|] []\n", ""},
      {"many signs and more than a word",
       "a.c\n<<<<<<< SEARCH\n>>>>> file.txt\n=======\n<<<<<<<<< SEARCH me\n>>>>>>> REPLACE\n",
       "replace a.c 2 [>>>>> file.txt|] [<<<<<<<<< SEARCH me|] []\n", ""},
      {"a path that may be there, with blanks", "my file.c\n" + good.substr(4),
       "replace my file.c 2 [a|] [b|] []\n", ""},
  };
  for (const Read& row : rows) {
    INFO(row.what);
    const auto answer = read_answer(row.answer);
    if (!answer) FAIL(answer.error().message);
    CHECK(printed(answer->edits) == row.edits);
    CHECK(answer->reasoning == row.reasoning);
    CHECK_FALSE(answer->is_declined);
  }
}

TEST_CASE("an answer that could mean two things is refused, and says where") {
  const std::string good(kGood);
  const std::string body = good.substr(4);
  const std::string open = "a.c\n<<<<<<< SEARCH\n";
  const std::vector<Refused> rows{
      // no block
      {"nothing", "", "holds no block and does not end in a line NO CHANGE"},
      {"words", "I cannot do that.\n", "holds no block"},
      {"a diff", "--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n", "holds no block"},
      {"declined, and then not", "NO CHANGE\nBut see.\n", "holds no block"},
      {"declined with a block", good + "NO CHANGE\n", "says NO CHANGE and holds blocks"},
      {"declined before a block", "NO CHANGE\n" + good, "says NO CHANGE and holds blocks"},
      {"declined as a path", "NO CHANGE\n" + body, "says NO CHANGE and holds blocks"},
      // paths
      {"no path", body, "line 1 of the answer: the block <<<<<<< SEARCH that begins here has no"},
      {"only a fence", "```\n" + body, "line 2 of the answer"},
      {"only a separator", "=======\n" + body, "has no path on the line above"},
      {"one path for two blocks", good + body, "line 7 of the answer"},
      {"a path behind code", "a.c\n```c\nfoo();\n```\n" + body, "has no path on the line above"},
      {"two paths", "`a.c` and `b.c`\n" + body, "'`a.c` and `b.c`', which is more than a path"},
      {"half a decoration", "`a.c\n" + body, "is more than a path"},
      {"a path up", "../a.c\n" + body, "leaves the tree"},
      {"a path up inside", "x/../a.c\n" + body, "leaves the tree"},
      {"a path here", "./a.c\n" + body, "leaves the tree or names it twice"},
      {"an absolute path", "/etc/passwd\n" + body, "is absolute"},
      {"git's own", ".git/config\n" + body, "touches .git"},
      {"git's own, elsewhere", "x/.GIT/hooks/x\n" + body, "touches .git"},
      {"backslashes", "src\\a.c\n" + body, "contains a backslash"},
      {"a control character", "a\x1b[31m.c\n" + body, "'a\\x1b[31m.c', which contains a control"},
      {"a tab inside", "a\tb\n" + body, "contains a control character"},
      {"text that turns", "a\xe2\x80\xae.c\n" + body, "direction of text"},
      {"an empty component", "a//b\n" + body, "has an empty component"},
      {"too long", std::string(5000, 'a') + "\n" + body, "has more than 4096 bytes"},
      {"a sentence", "Here it is.\n" + body, "ends in a dot"},
      // blocks
      {"cut before the separator", open + "a\n",
       "line 3 of the answer: the block <<<<<<< SEARCH "
       "that begins in line 2 is not closed"},
      {"cut before the end", open + "a\n=======\nb\n", "the answer ends, expected >>>>>>> REPLACE"},
      {"cut in the end", open + "a\n=======\nb\n>>>>>>> REPLAC", "is not closed|could be a marker"},
      {"no separator", open + "a\n>>>>>>> REPLACE\n", "has no separator ======="},
      {"two separators", open + "a\n=======\nb\n=======\nc\n>>>>>>> REPLACE\n",
       "line 6 of the answer: the block <<<<<<< SEARCH that begins in line 2 has two separators"},
      {"a search for nothing", open + "=======\nb\n>>>>>>> REPLACE\n", "searches nothing"},
      {"a block in a block", open + "a\n" + good, "is not closed; another one begins"},
      {"the end of another", open + "a\n=======\nb\n>>>>>>> FILE\n", "ends in >>>>>>> FILE"},
      {"a second end", good + ">>>>>>> REPLACE\n", "closes a block that was never opened"},
      {"only an end", "a.c\n>>>>>>> FILE\n", "'>>>>>>> FILE' closes a block"},
      {"lines to delete", "a.c\n<<<<<<< DELETE\na\n>>>>>>> DELETE\n", "holds lines, expected"},
      {"no new path", "a.c\n<<<<<<< RENAME\n>>>>>>> RENAME\n", "holds 0 lines, expected one"},
      {"two new paths", "a.c\n<<<<<<< RENAME\nb\nc\n>>>>>>> RENAME\n", "holds 2 lines"},
      {"a new path outside", "a.c\n<<<<<<< RENAME\n../b\n>>>>>>> RENAME\n", "leaves the tree"},
      {"a fence in a file", "a.c\n<<<<<<< FILE\n```c\nint x;\n```\n>>>>>>> FILE\n",
       "has a fence around its lines"},
      // what is nearly a marker
      {"a conflict", open + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> REPLACE\n",
       "holds '<<<<<<< HEAD', which could be a marker"},
      {"the end of a conflict", "a.c\n<<<<<<< FILE\na\n>>>>>>> main\n>>>>>>> FILE\n",
       "holds '>>>>>>> main'"},
      {"an indented end", open + "a\n=======\nb\n  >>>>>>> REPLACE\n>>>>>>> REPLACE\n",
       "holds '>>>>>>> REPLACE', which could be a marker"},
      {"an indented block", "  a.c\n  <<<<<<< SEARCH\n  a\n  =======\n  b\n  >>>>>>> REPLACE\n",
       "looks like a marker and is none"},
      {"six signs", good + "b.c\n<<<<<< SEARCH\na\n======\nb\n>>>>>> REPLACE\n",
       "line 8 of the answer: '<<<<<< SEARCH' looks like a marker"},
      {"five signs", open + "a\n=======\nb\n  >>>>>Replace \n>>>>>>> REPLACE\n",
       "holds '>>>>>Replace', which could be a marker"},
      {"eight signs", good + "b.c\n<<<<<<<< SEARCH\n", "looks like a marker"},
      {"small letters", "a.c\n<<<<<<< search\n", "looks like a marker"},
      {"a path behind", "<<<<<<< SEARCH a.c\n", "looks like a marker"},
      {"another word", "a.c\n<<<<<<< ORIGINAL\n", "looks like a marker"},
      {"no blank", "a.c\n<<<<<<<SEARCH\n", "looks like a marker"},
      // bytes
      {"a zero", open + std::string(1, '\0') + "\n=======\nb\n>>>>>>> REPLACE\n", "a zero byte"},
      {"no UTF-8", open + "\xff\n=======\nb\n>>>>>>> REPLACE\n", "is not UTF-8"},
      {"two carriage returns", open + "a\r\r\n=======\nb\n>>>>>>> REPLACE\n",
       "ends in two carriage returns"},
  };
  for (const Refused& row : rows) {
    INFO(row.what);
    const auto answer = read_answer(row.answer);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::kRefused);
    INFO(answer.error().message);
    const std::size_t bar = row.message.find('|');
    const bool first = answer.error().message.find(row.message.substr(0, bar)) != std::string::npos;
    const bool second =
        bar != std::string::npos &&
        answer.error().message.find(row.message.substr(bar + 1)) != std::string::npos;
    CHECK((first || second));
    CHECK(answer.error().message.find_first_of("\x1b\r\t\0") == std::string::npos);
  }
}

TEST_CASE("an answer that declines says why and holds no edit") {
  struct Row {
    std::string_view answer;
    std::string_view reasoning;
  };
  const std::vector<Row> rows{
      {"It is right as it is.\n\nNO CHANGE\n", "It is right as it is."},
      {"So.\r\nNO CHANGE\r\n\r\n", "So."},
      {"So.\n```\nNO CHANGE\n```\n", "So."},
      {"**NO CHANGE**", ""},
      {"NO CHANGE would be wrong, or:\nNO CHANGE", "NO CHANGE would be wrong, or:"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer);
    const auto answer = read_answer(row.answer);
    REQUIRE(answer);
    CHECK(answer->is_declined);
    CHECK(answer->edits.empty());
    CHECK(answer->reasoning == row.reasoning);
  }
}

TEST_CASE("all mistakes of an answer are told at once, up to ten") {
  const auto two = read_answer("../a\n" + std::string(kGood.substr(4)) + std::string(kGood) +
                               "b.c\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\n");
  REQUIRE_FALSE(two);
  CHECK_THAT(two.error().message,
             ContainsSubstring("the answer has 2 mistakes, the first: line 2 of the answer: "));
  CHECK_THAT(two.error().message, ContainsSubstring("\n- line 2 of the answer: "));
  CHECK_THAT(two.error().message, ContainsSubstring("\n- line 16 of the answer: "));
  std::string many;
  for (int i = 0; i < 13; ++i) many += "a.c\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\n";
  const auto refused = read_answer(many);
  REQUIRE_FALSE(refused);
  const std::string& message = refused.error().message;
  CHECK_THAT(message, ContainsSubstring("the answer has 13 mistakes"));
  CHECK(std::count(message.begin(), message.end(), '\n') == 11);
  CHECK_THAT(message, testing::EndsWith("\n- and 3 more"));
}

TEST_CASE("a mistake in a block is told once and does not spoil the reading of the next") {
  const auto answer = read_answer(
      "a.c\n<<<<<<< SEARCH\na\n=======\n=======\n=======\n<<<<<<< HEAD\n>>>>>>> REPLACE\n" +
      std::string(kGood));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message.find('\n') == std::string::npos);
  CHECK_THAT(answer.error().message, ContainsSubstring("has two separators"));
}

TEST_CASE("an answer that is too large in any way is refused") {
  std::string blocks;
  for (int i = 0; i < 200; ++i) blocks += kGood;
  CHECK(read_answer(blocks));
  const auto one_more = read_answer(blocks + std::string(kGood));
  REQUIRE_FALSE(one_more);
  CHECK_THAT(one_more.error().message, ContainsSubstring("has 201 blocks, at most 200"));
  const auto lines = read_answer(std::string(300'000, '\n'));
  REQUIRE_FALSE(lines);
  CHECK_THAT(lines.error().message, ContainsSubstring("more than 200000 lines"));
  const auto bytes = read_answer(std::string((8UL << 20U) + 1, 'x'));
  REQUIRE_FALSE(bytes);
  CHECK_THAT(bytes.error().message, ContainsSubstring("at most 8388608 are allowed"));
}

TEST_CASE("of long reasoning the beginning is kept, in whole characters") {
  std::string words;
  for (int i = 0; i < 10'000; ++i) words += "é";
  const auto answer = read_answer(" " + words + "\n" + std::string(kGood));
  REQUIRE(answer);
  CHECK(answer->reasoning == words.substr(0, 16'384) + "…");
}

TEST_CASE("what models are told of the format is an answer in it") {
  const auto answer = read_answer(embedded::edit_format_of_tests);
  if (!answer) FAIL(answer.error().message);
  REQUIRE(answer->edits.size() == 4);
  for (const EditKind kind :
       {EditKind::kReplace, EditKind::kWhole, EditKind::kDelete, EditKind::kRename}) {
    CHECK(std::ranges::count(answer->edits, kind, &Edit::kind) == 1);
  }
}

}  // namespace
}  // namespace automod::propose
