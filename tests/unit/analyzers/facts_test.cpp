#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "analyzers/treesitter/parse.hpp"
#include "analyzers/treesitter/queries.hpp"
#include "base/files.hpp"
#include "tests/unit/analyzers/facts_world.hpp"

using namespace automod;
using namespace automod::analyzers;
using namespace automod::testing;

namespace fs = std::filesystem;

namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

struct Hostile {
  std::string name;
  std::string text;
};

std::vector<Hostile> hostile_texts() {
  return {
      {"nested parentheses", std::string(100'000, '(')},
      {"nested braces", repeated("{ if (x) ", 20'000)},
      {"nested classes", repeated("class A { struct B { enum C { ", 5'000)},
      {"nested anonymous structs", repeated("struct { int a; ", 5'000) + repeated("} b;", 5'000)},
      {"conditionals", repeated("#if A\n", 50'000)},
      {"conditionals within each other",
       repeated("#if A\nint f(\n", 5'000) + repeated("#else\n{\n#endif\n", 5'000)},
      {"ambiguous angles", "int x = " + repeated("a<b<c<d<", 5'000) + "1;"},
      {"ambiguous declarators", "void f() { " + repeated("a(*b)(c * (", 3'000) + " }"},
      {"declarators without end", "int " + repeated("a, *", 50'000) + "b;"},
      {"pointers to pointers", "int " + std::string(50'000, '*') + "a;"},
      {"macros", repeated("AB_C ", 100'000)},
      {"macro calls", repeated("AB(", 50'000)},
      {"a string without end", "char *a = \"" + std::string(100'000, 'x')},
      {"a comment without end", "int a; /*" + std::string(100'000, '\n')},
      {"a raw string without end", "R\"" + std::string(100'000, 'x') + "("},
      {"comments", repeated("// a\n", 50'000) + "int a;"},
      {"one long name", std::string(1'000'000, 'a')},
      {"bytes that are no UTF-8", repeated("int \xff\xfe = \x80;\n", 5'000)},
      {"decorators", repeated("@a\n", 20'000) + "def f(): pass\n"},
      {"templates", repeated("template <class T> ", 5'000) + "class A;"},
      {"exports", repeated("export ", 20'000) + "const a = 1;"},
      {"functions in functions", repeated("function f() { const a = () => { ", 3'000)},
      {"a staircase", [] {
         std::string text;
         for (std::size_t i = 0; i < 400; ++i) text += std::string(i, ' ') + "if x:\n";
         return text;
       }()}};
}

/// Sources of this repository, and with them some of every language.
std::vector<std::pair<Language, std::string>> real_sources() {
  std::vector<std::pair<Language, std::string>> sources = {
      {Language::kTypeScript,
       "export class A<T> { private b?: T; f(x: number) { return x => x + 1; } }\n"
       "enum E { A }\ninterface I { x: string }\nnamespace N { export const a = 1 }\n"},
      {Language::kTsx, "const A = (p: P) => { return <a b={p.c} {...d}>{e}</a>; };\n"},
      {Language::kJavaScript, "import a from 'b';\nexport default class { #c = 1; get d() {} }\n"},
      {Language::kGo, "package p\ntype R struct { A int }\nfunc (r *R) F(x int) { go f() }\n"},
      {Language::kRust, "/// a\n#[b]\npub fn f<'a>(x: &'a str) -> u8 { match x { _ => 1 } }\n"},
      {Language::kJava, "class A { /** b */ private static final int C = 1; void f() {} }\n"},
      {Language::kC,
       "typedef struct { int a; } s;\n#if X\nint f(a) int a; {\n#else\n{\n#endif\n}\n"}};
  for (const char* folder : {"analyzers/treesitter", "base", "tests/bench"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const auto language = language_of(entry.path().string());
      const auto text = read_file(entry.path(), kMiB);
      if (language && text) sources.emplace_back(*language, text->substr(0, 6'000));
    }
  }
  return sources;
}

void mutate(std::string& text, std::mt19937& random) {
  const std::string_view alphabet = "(){}[]<>;:,.\"'`#/*\\\n _=&|~@aA0\xff";
  for (int i = 0; i < 4; ++i) {
    const std::size_t at = random() % (text.size() + 1);
    const std::size_t size = random() % 16;
    switch (random() % 3) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, 1, alphabet[random() % alphabet.size()]);
        break;
      default:
        text.insert(at, text.substr(random() % (text.size() + 1), size));
    }
  }
}

}  // namespace

TEST_CASE("the queries of every language are understood to the last capture") {
  for (const Language language : all_languages()) {
    CAPTURE(name(language));
    const auto text = query_text(language);
    REQUIRE(text);
    const auto query = read_query(language, *text);
    CHECK((query ? "" : query.error().message) == "");
    CHECK(query_of(language) != nullptr);
  }
}

TEST_CASE("a query that is wrong says where and what") {
  struct Row {
    std::string_view query;
    std::string message;
  };
  const std::vector<Row> rows = {
      {"(identifier) @referense",
       "query for c: unknown capture '@referense', did you mean 'reference'?"},
      {"(identifier) @definition.thing", "query for c: unknown capture '@definition.thing'"},
      {"(comment) @doc\n(no_such) @doc",
       "query for c: line 2, at 'no_such) @doc': there is no such node in the grammar"},
      {"((identifier) @said (#match? @said \"a\"))",
       "query for c: line 1, at '? @said \"a\"))': pattern 1 has a predicate"},
      {"(identifier", "query for c: line 1, at '': that is no query"}};
  for (const Row& row : rows) {
    CAPTURE(row.query);
    const auto query = read_query(Language::kC, row.query);
    REQUIRE_FALSE(query);
    CHECK_THAT(query.error().message, StartsWith(row.message));
  }
}

TEST_CASE("every kind, visibility and reason has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i < 14; ++i) names.insert(name(static_cast<SymbolKind>(i)));
  CHECK(names.size() == 14);
  CHECK(name(SymbolKind::kMacro) == "macro");
  CHECK(name(Visibility::kFile) == "file");
  CHECK(name(LeftOut::kTooSlow) == "too slow");
  CHECK(facts_version().size() == 16);
}

TEST_CASE("what cannot be read says why, and has no facts") {
  const auto why = [](std::string_view text, const FactsLimits& limits = {}) {
    const FileFacts facts = facts_of(Language::kCpp, text, limits);
    CHECK(broken_promise(facts, text).empty());
    CHECK(facts.bytes == text.size());
    return facts.left_out;
  };
  CHECK(why("int a;") == LeftOut::kNothing);
  CHECK(why("int a;", {.bytes = 5}) == LeftOut::kTooLarge);
  CHECK(why(std::string((8 << 20) + 1, ' ')) == LeftOut::kTooLarge);
  CHECK(why(std::string_view("int a;\0", 7)) == LeftOut::kBinary);
  CHECK(why(repeated("int f() { return a<b<c<d<e; }\n", 20'000),
            {.time = std::chrono::milliseconds(1)}) == LeftOut::kTooSlow);
}

TEST_CASE("an empty text has no facts and no reason") {
  for (const Language language : all_languages()) {
    const FileFacts facts = facts_of(language, "");
    CHECK(facts.left_out == LeftOut::kNothing);
    CHECK(facts.lines == 0);
    CHECK(facts.symbols.empty());
  }
  CHECK(facts_of(Language::kC, "int a;\nint b;").lines == 2);
  CHECK(facts_of(Language::kC, "int a;\nint b;\n").lines == 2);
}

TEST_CASE("a text that is no UTF-8 is read as far as it goes") {
  CHECK(outline(Language::kC, "int a;\nchar *b = \"\xff\xfe\"; // \x80\nint c;\n") ==
        Lines{"variable a", "variable b", "variable c"});
}

TEST_CASE("places that are no sentence are counted, and what stands around them is read") {
  const FileFacts facts = facts_of(Language::kPython, "def f(:\n    pass\n\nclass C:\n    a = 1\n");
  CHECK(facts.syntax_errors > 0);
  CHECK(facts_of(Language::kPython, "def f():\n    pass\n").syntax_errors == 0);
}

TEST_CASE("hostile text is read within the budget or left out, in every language") {
  for (const Hostile& hostile : hostile_texts()) {
    for (const Language language : all_languages()) {
      CAPTURE(name(language), hostile.name);
      const Deadline begin = WorkClock::now();
      const FileFacts facts =
          facts_of(language, hostile.text, {.time = std::chrono::milliseconds(100)});
      CHECK(WorkClock::now() - begin < std::chrono::seconds(3));
      CHECK(broken_promise(facts, hostile.text) == "");
    }
  }
}

TEST_CASE("what is promised of facts holds for any change to any source") {
  std::mt19937 random(20240229);
  for (const auto& [language, text] : real_sources()) {
    CHECK(broken_promise(facts_of(language, text), text) == "");
    for (int i = 0; i < 5; ++i) {
      std::string changed = text;
      mutate(changed, random);
      CAPTURE(name(language), changed);
      const FileFacts facts = facts_of(language, changed);
      CHECK(broken_promise(facts, changed) == "");
      CHECK(facts == facts_of(language, changed));
    }
  }
}
