#include "engine/propose/edits.hpp"

#include <fmt/format.h>

#include <map>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/repo/helpers.hpp"

namespace automod::testing {

using namespace propose;

namespace {

using Files = std::map<std::string, std::string, std::less<>>;

Edit replacement(std::string path, std::string search, std::string replace) {
  return {.kind = EditKind::kReplace,
          .path = std::move(path),
          .search = std::move(search),
          .replace = std::move(replace),
          .new_path = {},
          .line = 1};
}

Edit whole(std::string path, std::string content) {
  return {.kind = EditKind::kWhole,
          .path = std::move(path),
          .search = {},
          .replace = std::move(content),
          .new_path = {},
          .line = 1};
}

Edit removal(std::string path) {
  return {.kind = EditKind::kDelete,
          .path = std::move(path),
          .search = {},
          .replace = {},
          .new_path = {},
          .line = 1};
}

Edit renaming(std::string path, std::string to) {
  return {.kind = EditKind::kRename,
          .path = std::move(path),
          .search = {},
          .replace = {},
          .new_path = std::move(to),
          .line = 1};
}

Result<std::vector<FileChange>> apply(const Files& files, const std::vector<Edit>& edits) {
  return apply_edits(edits, [&](std::string_view path) -> Result<std::optional<std::string>> {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  });
}

std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "|" : c == '\r' ? "^" : std::string(1, c);
  return out;
}

/// "path: content" of every change, line ends shown.
std::string printed(const Result<std::vector<FileChange>>& changes) {
  if (!changes) return "refused: " + changes.error().message;
  std::string out;
  for (const FileChange& change : *changes) {
    out += fmt::format("{}: {}\n", change.path,
                       change.modified ? visible(*change.modified) : "(gone)");
  }
  return out;
}

std::string refused(const Files& files, const std::vector<Edit>& edits) {
  const auto changes = apply(files, edits);
  REQUIRE_FALSE(changes);
  CHECK(name(changes.error().kind) == name(ErrorKind::kRefused));
  return changes.error().message;
}

/// "a\r\nb\n" from "a^|b|".
std::string bytes(std::string_view shown) {
  std::string out;
  for (const char c : shown) out += c == '|' ? '\n' : c == '^' ? '\r' : c;
  return out;
}

struct Row {
  std::string_view what;
  std::string_view before;
  std::string_view search;
  std::string_view replace;
  std::string_view after;
};

}  // namespace

TEST_CASE("lines are replaced, and every byte around them stays") {
  const std::vector<Row> rows{
      {"one line", "a|b|c|", "b|", "B|", "a|B|c|"},
      {"all lines", "a|b|", "a|b|", "x|", "x|"},
      {"lines that go", "a|b|c|", "b|", "", "a|c|"},
      {"all lines go", "a|", "a|", "", ""},
      {"lines that come", "a|b|", "a|", "a|x|y|", "a|x|y|b|"},
      {"an empty line", "a||b|", "|", "x|", "a|x|b|"},
      {"trailing blanks are part of a line", "a |a|", "a |", "A|", "A|a|"},
      {"tabs too", "\ta|a|", "\ta|", "\tb|", "\tb|a|"},
      {"the first of lines that begin alike", "a|a|b|", "a|b|", "x|", "a|x|"},
      {"text that is no UTF-8 around", "\xff|b|\xfe", "b|", "B|", "\xff|B|\xfe"},
      {"signs that mean something elsewhere", "$1\\n.*|b|", "$1\\n.*|", "\\0$&|", "\\0$&|b|"},
      // carriage returns
      {"they are the file's", "a^|b^|c^|", "b|", "B|x|", "a^|B^|x^|c^|"},
      {"whatever the answer has", "a^|b^|", "b^|", "B|x^|", "a^|B^|x^|"},
      {"or has too many", "a|b|", "b^|", "B^|", "a|B|"},
      {"alone they are bytes of a line", "a^b|c|", "a^b|", "a^c|", "a^c|c|"},
      // a file that mixes line ends
      {"a line keeps its place's end", "a|b^|c|", "b|", "B|", "a|B^|c|"},
      {"what is the same stays", "a|b^|c|d^|", "a|b|c|d|", "a|x|y|c|d|", "a|x^|y^|c|d^|"},
      {"also between changes", "a|b^|c|d|", "a|b|c|", "A|x|b|C|", "A|x|b^|C|d|"},
      {"the k-th for the k-th", "a^|b|c^|", "a|b|c|", "x|y|z|", "x^|y|z^|"},
      {"more than there were", "a^|b|c^|", "a|b|", "x|y|z|", "x^|y|z|c^|"},
      {"fewer than there were", "a^|b|c^|", "a|b|", "x|", "x^|c^|"},
      {"on top as the line below", "a^|b|", "a|b|", "x|a|b|", "x^|a^|b|"},
      {"below another as that one", "k|a^|b|", "a|b|", "x|a|b|", "k|x|a^|b|"},
      // no line end at the end
      {"it stays away", "a|b", "b|", "B|", "a|B"},
      {"with more lines", "a|b", "b|", "b|c|", "a|b|c"},
      {"with fewer", "a|b", "b|", "", "a"},
      {"with none", "a", "a|", "", ""},
      {"a line elsewhere", "a|b", "a|", "A|", "A|b"},
      {"with carriage returns", "a^|b", "b|", "b|c|", "a^|b^|c"},
      {"mixed", "a^|b|c", "b|c|", "b|C|d|", "a^|b|C|d"},
      {"a single line", "a", "a|", "b|c|", "b|c"},
      // a byte order mark
      {"it stays",
       "\xef\xbb\xbf"
       "a|b|",
       "a|", "A|",
       "\xef\xbb\xbf"
       "A|b|"},
      {"and is no part of the line",
       "\xef\xbb\xbf"
       "a|a|b|",
       "a|a|", "x|",
       "\xef\xbb\xbf"
       "x|b|"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const auto changes = apply({{"f", bytes(row.before)}},
                               {replacement("f", bytes(row.search), bytes(row.replace))});
    CHECK(printed(changes) == fmt::format("f: {}\n", row.after));
  }
}

TEST_CASE("a file is written whole where it is new or small") {
  const auto written = [](std::string_view before, std::string_view content) {
    return printed(apply({{"f", bytes(before)}}, {whole("f", bytes(content))}));
  };
  CHECK(written("a|", "x|y|") == "f: x|y|\n");
  CHECK(written("a^|b^|", "a|x|") == "f: a^|x^|\n");
  CHECK(written("a|b^|c|", "a|x|b|c|") == "f: a|x|b^|c|\n");
  CHECK(written("a", "x|y|") == "f: x|y\n");
  CHECK(written("", "x^|y|") == "f: x|y|\n");
  CHECK(written("\xef\xbb\xbf"
                "a|",
                "b|") ==
        "f: \xef\xbb\xbf"
        "b|\n");
  CHECK(written("\xef\xbb\xbf"
                "a|",
                "\xef\xbb\xbf"
                "b|") ==
        "f: \xef\xbb\xbf"
        "b|\n");
  CHECK(written("a|", "") == "f: \n");
  CHECK(printed(apply({}, {whole("d/n.c", "int x;\r\n\n")})) == "d/n.c: int x;||\n");
  CHECK(printed(apply({}, {whole("empty", "")})) == "empty: \n");

  std::string lines;
  for (int i = 0; i < 200; ++i) lines += fmt::format("{}\n", i);
  CHECK(apply({{"f", lines}}, {whole("f", "x\n")}));
  CHECK_THAT(refused({{"f", lines + "x\n"}}, {whole("f", "x\n")}),
             ContainsSubstring("the file is there and has 201 lines"));
  CHECK_THAT(refused({{"f", std::string(16'385, 'x')}}, {whole("f", "x\n")}),
             ContainsSubstring("16385 bytes"));
  CHECK_THAT(refused({{"f", "\xe9\n"}}, {whole("f", "x\n")}), ContainsSubstring("is not UTF-8"));
}

TEST_CASE("a file of which not every line was shown as it is cannot be written whole") {
  const std::string secret = std::string("password = \"Zx9Qw81hunter") + "Kk2\"\n";
  const std::vector<std::pair<std::string, std::string>> rows{
      {secret, "line 2 of it may hold a secret"},
      {"joined = '\u200d'\n", "line 2 of it has characters that do not show"},
      {"page\fbreak\n", "line 2 of it has characters that do not show"},
      {"a\rb\n", "line 2 of it has characters that do not show"},
      {std::string(4001, 'x') + "\n", "line 2 of it is too long to be shown"},
      {std::string(61, '~') + "\n", "line 2 of it is too long to be shown"},
  };
  for (const auto& [line, fault] : rows) {
    const std::string message = refused({{"f", "a\n" + line}}, {whole("f", "a\nb\n")});
    CHECK_THAT(message, ContainsSubstring("the file is there and " + fault));
    CHECK_THAT(message, ContainsSubstring("; it is changed in blocks SEARCH"));
  }
  CHECK(apply({{"f",
                "\xef\xbb\xbf"
                "a\r\n\tä \u2764\ufe0f\r\n" +
                    std::string(4000, 'x')}},
              {whole("f", "b\n")}));
}

TEST_CASE("marks for what was not shown cannot be written in its place") {
  const std::string base = "a\nb\n";
  for (const std::string mark :
       {"[…]", "  […]\t", "\t[… a line is left out that may hold a secret: password or token …]",
        "[… a line is left out", "x = 1 […]", "x = 1 […] "}) {
    INFO(mark);
    for (const Edit& edit : {replacement("f", "b\n", "c\n" + mark + "\n"),
                             whole("f", "a\n" + mark + "\n"), whole("n", mark + "\n")}) {
      CHECK_THAT(refused({{"f", base}}, {edit}),
                 ContainsSubstring("', which stands for what was not shown of a file"));
    }
    const std::string held = base + mark + "\n";
    CHECK(apply({{"f", held}}, {replacement("f", "b\n", mark + "\nc\n")}));
    CHECK(apply({{"f", held}}, {whole("f", mark + "\n")}));
    CHECK(apply({{"f", held}}, {renaming("f", "g"), replacement("g", "b\n", mark + "\n")}));
  }
  CHECK(apply({{"f", "a\nx […]\n"}},
              {replacement("f", "x […]\n", ""), replacement("f", "a\n", "x […]\na\n")}));
  for (const std::string fine : {"words […] and more", "[…", "x[…]", "list[…]", "[ … ]"}) {
    CHECK(apply({{"f", base}}, {replacement("f", "b\n", fine + "\n")}));
  }
}

TEST_CASE("edits are made in order, each on what those before it left") {
  const Files files{{"a", "1\n2\n3\n"}, {"b", "b\n"}};
  struct Case {
    std::string_view what;
    std::vector<Edit> edits;
    std::string_view after;
  };
  const std::vector<Case> rows{
      {"on each other",
       {replacement("a", "1\n", "x\n"), replacement("a", "x\n2\n", "y\n")},
       "a: y|3|\n"},
      {"upwards", {replacement("a", "3\n", "z\n"), replacement("a", "1\n", "x\n")}, "a: x|2|z|\n"},
      {"made unique",
       {replacement("a", "2\n", "1\n"), replacement("a", "1\n1\n", "x\n")},
       "a: x|3|\n"},
      {"on a new file", {whole("n", "1\n"), replacement("n", "1\n", "2\n")}, "n: 2|\n"},
      {"several files by path",
       {replacement("b", "b\n", "B\n"), replacement("a", "1\n", "x\n")},
       "a: x|2|3|\nb: B|\n"},
      {"gone", {removal("b")}, "b: (gone)\n"},
      {"moved", {renaming("b", "d/c")}, "b: (gone)\nd/c: b|\n"},
      {"moved and edited",
       {renaming("b", "c"), replacement("c", "b\n", "x\n")},
       "b: (gone)\nc: x|\n"},
      {"edited and moved",
       {replacement("b", "b\n", "x\n"), renaming("b", "c")},
       "b: (gone)\nc: x|\n"},
      {"moved twice", {renaming("b", "c"), renaming("c", "d")}, "b: (gone)\nd: b|\n"},
      {"moved, and a new one in its place",
       {renaming("b", "c"), whole("b", "new\n")},
       "b: new|\nc: b|\n"},
      {"swapped",
       {renaming("a", "t"), renaming("b", "a"), renaming("t", "b")},
       "a: b|\nb: 1|2|3|\n"},
      {"moved where one was deleted", {removal("a"), renaming("b", "a")}, "a: b|\nb: (gone)\n"},
      {"what is as before is left out",
       {replacement("b", "b\n", "x\n"), replacement("b", "x\n", "b\n"), removal("a")},
       "a: (gone)\n"},
  };
  for (const Case& row : rows) {
    INFO(row.what);
    CHECK(printed(apply(files, row.edits)) == row.after);
  }
}

TEST_CASE("an edit that cannot be made refuses all of them, and says why") {
  const Files files{{"a", "1\n2\n3\n1\n2\n"},
                    {"b", "b\n"},
                    {"bin", std::string("\0\n", 2)},
                    {"large", std::string((8UL << 20U) + 1, 'x')},
                    {"e", ""}};
  struct Case {
    std::string_view what;
    std::vector<Edit> edits;
    std::string message;
  };
  const std::vector<Case> rows{
      {"nowhere", {replacement("a", "9\n", "x\n")}, "for 'a': the searched lines are not there"},
      {"twice", {replacement("a", "1\n2\n", "x\n")}, "stand there 2 times, in lines 1 and 4;"},
      {"a part of a line", {replacement("b", "\n", "x\n")}, "are not there"},
      {"beyond the end", {replacement("b", "b\n\n", "x\n")}, "are not there"},
      {"in an empty file", {replacement("e", "\n", "x\n")}, "are not there"},
      {"not any more",
       {replacement("b", "b\n", "x\n"), replacement("b", "b\n", "y\n")},
       "are not there any more: a block before changes them"},
      {"no file", {replacement("none", "1\n", "x\n")}, "for 'none': there is no such file"},
      {"words for a path", {replacement("In a I change:", "1\n", "x\n")}, "there is no such file"},
      {"none to delete", {removal("none")}, "there is no such file"},
      {"none to move", {renaming("none", "n")}, "there is no such file"},
      {"deleted twice", {removal("b"), removal("b")}, "the file was deleted in line 1"},
      {"deleted and edited", {removal("b"), replacement("b", "b\n", "x\n")}, "was deleted in"},
      {"deleted and written", {removal("b"), whole("b", "x\n")}, "was deleted in"},
      {"moved and edited",
       {renaming("b", "c"), replacement("b", "b\n", "x\n")},
       "was renamed to 'c' in line 1"},
      {"moved onto another", {renaming("b", "a")}, "the new path 'a' is there already"},
      {"moved onto itself", {renaming("b", "b")}, "the new path 'b' is there already"},
      {"moved onto a binary", {renaming("b", "bin")}, "'bin' is binary"},
      {"binary", {replacement("bin", "\n", "x\n")}, "the file is binary"},
      {"large", {replacement("large", "x\n", "y\n")}, "8388609 bytes, at most 8388608"},
      {"a sentence for a new path", {whole("the file", "x\n")}, "holds a blank"},
      {"a colon", {whole("n.c:", "x\n")}, "holds ':'"},
      {"a new path of words", {renaming("b", "to c")}, "'to c' holds a blank"},
      {"nothing at all", {}, "the answer changes nothing"},
      {"nothing in the end", {replacement("b", "b\n", "b\n")}, "the answer changes nothing"},
      {"there and back", {renaming("b", "c"), renaming("c", "b")}, "the answer changes nothing"},
      {"one of two",
       {replacement("b", "b\n", "x\n"), replacement("a", "9\n", "x\n")},
       "for 'a': the searched lines are not there"},
      {"a path that could do harm", {replacement("a\x1b[2J", "1\n", "x\n")}, "'a\\x1b[2J'"},
  };
  for (const Case& row : rows) {
    INFO(row.what);
    CHECK_THAT(refused(files, row.edits), ContainsSubstring(row.message));
  }
}

TEST_CASE("many places are counted, and the first five named") {
  const std::string file = "x\nx\nx\nx\nx\nx\nx\nx\n";
  CHECK_THAT(refused({{"f", file}}, {replacement("f", "x\nx\n", "y\n")}),
             ContainsSubstring("stand there 7 times, in lines 1, 2, 3, 4, 5 and others;"));
}

TEST_CASE("lines that are not there are told with those that come nearest") {
  const std::string file =
      "#include <string>\n"
      "\n"
      "int sum(int a, int b) {\n"
      "\tint total = a;\n"
      "\ttotal += b;  \n"
      "  return total;\n"
      "}\n"
      "\n"
      "int twice(int a) {\n"
      "  return “a” + a;\n"
      "}\n";
  struct Case {
    std::string_view what;
    std::string search;
    std::string details;
  };
  const std::vector<Case> rows{
      {"a tab for blanks", "int sum(int a, int b) {\n    int total = a;\n",
       "\n  nearest are lines 3 to 4 of the file"
       "\n  line 4 has 1 tab where the answer has 4 blanks"},
      {"blanks at the end", "\ttotal += b;\n",
       "\n  nearest is line 5 of the file"
       "\n  line 5 has 2 blanks where the answer has nothing, at its end"},
      {"no indentation", "return total;\n}\n",
       "\n  nearest are lines 6 to 7 of the file"
       "\n  line 6 has 2 blanks where the answer has nothing"},
      {"another line between", "int sum(int a, int b) {\n\tint total = b;\n\ttotal += b;  \n",
       "\n  nearest are lines 3 to 5 of the file"
       "\n  line 4 is '\\tint total = a;' where the answer has '\\tint total = b;'"},
      {"a misspelt line", "int thrice(int a) {\n",
       "\n  nearest is line 9 of the file"
       "\n  line 9 is 'int twice(int a) {' where the answer has 'int thrice(int a) {'"},
      {"a part of a line", "total\n",
       "\n  nearest is line 5 of the file"
       "\n  line 5 is '\\ttotal += b;  ' where the answer has 'total'"},
      {"other signs that look alike", "  return \"a\" + a;\n",
       "\n  line 10 is '  return “a” + a;' where the answer has '  return \"a\" + a;': "
       "U+201C for '\"'"},
      {"more than the file has", "  return “a” + a;\n}\n}\n",
       "\n  nearest are lines 10 to 11 of the file\n  there the file ends"},
      {"more before than the file has", "int x;\n#include <string>\n",
       "\n  nearest is line 1 of the file\n  there the file begins"},
      {"many others", "int sum(int a, int b) {\na\nb\nc\nd\n\nint twice(int a) {\n",
       "\n  others that differ there: 1"},
  };
  for (const Case& row : rows) {
    INFO(row.what);
    const std::string message = refused({{"f", file}}, {replacement("f", row.search, "x\n")});
    INFO(message);
    CHECK(message.find(row.details) != std::string::npos);
  }
  CHECK(refused({{"f", file}}, {replacement("f", "completely different words\n", "x\n")}) ==
        "block in line 1 of the answer, for 'f': the searched lines are not there");
}

TEST_CASE("a line that may hold a secret is in no message") {
  const std::string secret = std::string("Zx9Qw81hunter") + "Kk2";
  const std::string file = "import db\n\n\npassword = \"" + secret + "\"\ndb.open(password)\n";
  const std::string_view search = GENERATE(
      "password = \"x\"\n", "import db\n\n\npassword = \"guess\"\ndb.open(password)\n",
      "\n[… a line is left out that may hold a secret: password or token …]\ndb.open(password)\n");
  const std::string message =
      refused({{"f", file}}, {replacement("f", std::string(search), "x\n")});
  CHECK(message.find(secret.substr(0, 4)) == std::string::npos);
  CHECK_THAT(message, ContainsSubstring("\n  line 4 may hold a secret: it is not shown, and cannot "
                                        "be searched for"));
}

TEST_CASE("the rest of a private key is in no message, whatever a block before made of its begin") {
  const std::string begin = std::string("-----BEGIN ") + "PRIVATE KEY-----\n";
  const std::string encoded = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";
  const std::string message =
      refused({{"f", begin + encoded + "\n-----END PRIVATE KEY-----\n"}},
              {replacement("f", begin, "x\n"), replacement("f", "x\nMIIEvQIBADANBgkqhk\n", "y\n")});
  CHECK(message.find(encoded) == std::string::npos);
  CHECK_THAT(message, ContainsSubstring("line 2 may hold a secret"));
}

TEST_CASE("all edits that cannot be made are told at once, up to ten") {
  std::vector<Edit> edits{replacement("a", "1\n", "x\n")};
  for (std::size_t i = 0; i < 12; ++i) {
    edits.push_back(replacement("none", "1\n", "x\n"));
    edits.back().line = 10 + i;
  }
  const std::string message = refused({{"a", "1\n"}}, edits);
  CHECK_THAT(message, StartsWith("the answer has 12 mistakes, the first: block in line 10 of the"));
  CHECK_THAT(message, ContainsSubstring("\n- block in line 19 of the answer, for 'none': "));
  CHECK_THAT(message, EndsWith("\n- and 2 more"));
}

TEST_CASE("what cannot be read is no mistake of the answer") {
  const auto changes = apply_edits({removal("a")}, [](std::string_view) {
    return Result<std::optional<std::string>>(fail(ErrorKind::kInternal, "the disk is gone"));
  });
  REQUIRE_FALSE(changes);
  CHECK(changes.error().kind == ErrorKind::kInternal);
}

TEST_CASE("a search for very many lines in a file of as many takes no time to speak of") {
  std::string file;
  for (int i = 0; i < 300'000; ++i) file += "x\n";
  std::string search;
  for (int i = 0; i < 100'000; ++i) search += "x\n";
  CHECK_THAT(refused({{"f", file}}, {replacement("f", search + "y\n", "z\n")}),
             ContainsSubstring("are not there"));
  CHECK_THAT(refused({{"f", file}}, {replacement("f", search, "z\n")}),
             ContainsSubstring("stand there 200001 times"));
}

TEST_CASE_METHOD(RepoTest, "in a repository files keep their modes, and links are left alone") {
  git.write("run.sh", "1\n", true);
  git.write("src/a.c", "int a;\n");
  git.link("link", "src/a.c");
  git.commit("base");
  const auto make = [&](const std::vector<Edit>& edits) {
    return apply_edits(edits, open(), tree());
  };
  const auto moved = value(make({replacement("run.sh", "1\n", "2\n"), renaming("run.sh", "go.sh"),
                                 replacement("src/a.c", "int a;\n", "int b;\n")}));
  REQUIRE(moved.size() == 3);
  CHECK(moved[0].path == "go.sh");
  CHECK(moved[0].executable);
  CHECK(moved[1].path == "run.sh");
  CHECK(moved[1].original_executable);
  CHECK(moved[1].original == "1\n");
  CHECK_FALSE(moved[2].executable);
  const TreeId after = value(open().write_tree(tree(), moved));
  git.write("go.sh", "2\n", true);
  git.remove("run.sh");
  git.write("src/a.c", "int b;\n");
  git.commit("by hand");
  CHECK(after == tree());

  git.git({"checkout", "--quiet", "HEAD~1"});
  const auto refusal = [&](const std::vector<Edit>& edits) {
    const auto changes = make(edits);
    REQUIRE_FALSE(changes);
    CHECK(changes.error().kind == ErrorKind::kRefused);
    return changes.error().message;
  };
  CHECK_THAT(refusal({replacement("link", "src/a.c\n", "x\n")}),
             ContainsSubstring("the file is a symbolic link"));
  CHECK_THAT(refusal({whole("src", "x\n")}), ContainsSubstring("the file is a folder"));
  CHECK_THAT(refusal({replacement("lib/A.c", "int a;\n", "x\n")}),
             ContainsSubstring("there is no such file; there is 'src/a.c'"));
}

}  // namespace automod::testing
