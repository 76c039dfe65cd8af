#include "analyzers/conventions/conventions.hpp"

#include <algorithm>
#include <ctime>

#include "tests/unit/analyzers/structure/world.hpp"

using namespace automod;
using namespace automod::analyzers;
using automod::testing::CodeWorld;
using automod::testing::ContainsSubstring;

namespace {

std::string repeated(int times, const std::string& text) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    std::string one = text;
    for (std::size_t at = 0; (at = one.find('#', at)) != std::string::npos;) {
      one.replace(at, 1, std::to_string(i));
    }
    all += one;
  }
  return all;
}

Conventions learn(const std::map<std::string, std::string>& files) {
  const CodeWorld world(files);
  auto found = learn_conventions(world.code(), world.read(), world.paths(), 2, world.cancel);
  REQUIRE(found);
  return std::move(*found);
}

/// Processor time that learning takes, of all threads.
double seconds_to_learn(const std::string& source) {
  const CodeWorld world({{"a.js", source}});
  const std::clock_t begin = std::clock();
  REQUIRE(learn_conventions(world.code(), world.read(), world.paths(), 2, world.cancel));
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// "convention: snake_case 6/6", "" where nothing was counted.
std::string habit(const Conventions& all, std::string_view what) {
  const auto found = std::ranges::find(all.habits, what, &Habit::what);
  if (found == all.habits.end()) return "";
  return fmt::format("{}: {} {}/{}", name(found->state), found->values[0].value,
                     found->values[0].count, found->total);
}

}  // namespace

TEST_CASE("what is done alike often enough is a convention, with places to look at") {
  const auto learnt = learn({{"a.py", repeated(6, "def find_it#():\n    pass\n")}});
  CHECK(habit(learnt, "functions") == "convention: snake_case 6/6");
  const auto& found = *std::ranges::find(learnt.habits, "functions", &Habit::what);
  CHECK(found.language == "python");
  REQUIRE(found.values[0].examples.size() == 1);
  CHECK(found.values[0].examples[0].line == 1);
}

TEST_CASE("what is done in two ways is mixed, and what is rare is too little") {
  const std::string snake = "def find_it#():\n    pass\n";
  const std::string camel = "def findIt#():\n    pass\n";
  CHECK(habit(learn({{"a.py", repeated(4, snake) + repeated(3, camel)}}), "functions") ==
        "mixed: snake_case 4/7");
  CHECK(habit(learn({{"a.py", repeated(8, snake) + repeated(2, camel)}}), "functions") ==
        "convention: snake_case 8/10");
  CHECK(habit(learn({{"a.py", repeated(4, snake)}}), "functions") == "too few: snake_case 4/4");
}

TEST_CASE("how failures are reported is known of each language") {
  const auto [path, code, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"a.cpp", "void f#() { throw Error(); }\n", "convention: throw 6/6"},
      {"a.cpp", "std::expected<int, Error> f#() { return 1; }\n",
       "convention: expected or Result 6/6"},
      {"a.cpp", "std::optional<int> f#() { return 1; }\n", "convention: optional 6/6"},
      {"a.c", "int f#(void) { return -1; }\n", "convention: negative numbers 6/6"},
      {"a.c", "int f#(void) { return -EINVAL; }\n", "convention: negative numbers 6/6"},
      {"a.py", "def f#():\n    raise ValueError()\n", "convention: raise 6/6"},
      {"a.js", "function f#() { throw new Error(); }\n", "convention: throw 6/6"},
      {"a.go", "func f#() (int, error) { return 1, nil }\n", "convention: error as a result 6/6"},
      {"a.rs", "fn f#() -> Result<i32, E> { Ok(1) }\n", "convention: Result 6/6"},
      {"A.java", "class A# { void f() { throw new X(); } }\n", "convention: throw 6/6"},
  }));
  CAPTURE(path, code);
  const std::string start = path == "a.go" ? "package a\n\n" : "";
  CHECK(habit(learn({{path, start + repeated(6, code)}}), "failures are reported by") == expected);
}

TEST_CASE("ownership and work at the same time are told by what makes them") {
  CHECK(habit(learn({{"a.cpp", repeated(6, "auto f#() { return std::make_unique<A>(); }\n")}}),
              "objects on the heap are made by") == "convention: std::make_unique 6/6");
  CHECK(habit(learn({{"a.cpp", repeated(6, "A* f#() { return new A(); }\n")}}),
              "objects on the heap are made by") == "convention: new 6/6");
  CHECK(habit(learn({{"a.go", "package a\n" + repeated(6, "func f#() { go g() }\n")}}),
              "work at the same time by") == "convention: goroutines 6/6");
  CHECK(habit(learn({{"a.py", repeated(6, "async def f#():\n    await g()\n")}}),
              "work at the same time by") == "convention: async and await 6/6");
}

TEST_CASE("words of another meaning are not taken for the library's") {
  const auto learnt = learn({{"a.cpp", repeated(6, "void f#() { thread(1); async(2); }\n")}});
  CHECK(habit(learnt, "work at the same time by").empty());
}

TEST_CASE("layout is learnt from lines") {
  const auto learnt = learn({{"a.js", repeated(6, "function f#() {\n    return 'a';\n}\n")}});
  CHECK(habit(learnt, "indented by") == "too few: 4 spaces 1/1");
  CHECK(habit(learnt, "strings stand in") == "convention: single quotes 6/6");
  CHECK(habit(learnt, "statements end with a semicolon") == "convention: yes 6/6");
  CHECK(habit(learnt, "the brace of a function stands") ==
        "convention: on the line of its head 6/6");
  CHECK(habit(learnt, "line length, but for one line in a hundred") ==
        "convention: at most 15 columns 18/18");
}

TEST_CASE("tests tell their framework, place and names") {
  std::map<std::string, std::string> files;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    files[fmt::format("tests/test_{}.py", name)] =
        "import pytest\n\n\ndef test_it_works():\n    assert True\n";
  }
  const auto learnt = learn(files);
  CHECK(habit(learnt, "framework") == "convention: pytest 5/5");
  CHECK(habit(learnt, "tests stand") == "convention: in tests/ 5/5");
  CHECK(habit(learnt, "files of tests are called") == "convention: test_* 5/5");
  CHECK(habit(learnt, "functions that test are called in") == "convention: snake_case 5/5");
}

TEST_CASE("comments tell the language they are written in and how they begin") {
  const auto english = learn(
      {{"a.hpp", repeated(6, "/// The first of all that is not there is the one.\nint f#();\n")}});
  CHECK(habit(english, "comments are written in") == "convention: English 6/6");
  CHECK(habit(english, "explanations begin with") == "convention: /// 6/6");
  CHECK(habit(english, "what is public is explained") == "convention: yes 6/6");
  const auto german =
      learn({{"a.c", repeated(6, "// Das ist nicht der Wert, den wir hier haben.\nint f#;\n")}});
  CHECK(habit(german, "comments are written in") == "convention: German 6/6");
}

TEST_CASE("vendored and generated files teach nothing") {
  const std::string code = repeated(6, "def find_it#():\n    pass\n");
  const auto learnt = learn({{"vendor/a.py", code}, {"b.py", "# @generated\n" + code}});
  CHECK(learnt.habits.empty());
  CHECK(learnt.read == 0);
}

TEST_CASE("a text that is no UTF-8 teaches what can be read of it") {
  const auto learnt =
      learn({{"a.py", "# \xff\xfe\n" + repeated(6, "def find_it#():\n    pass\n")}});
  CHECK(habit(learnt, "functions") == "convention: snake_case 6/6");
}

TEST_CASE("an empty codebase has no habits") { CHECK(learn({}).habits.empty()); }

TEST_CASE("files that settle the style are named") {
  const auto learnt = learn({{".clang-format", "x"}, {"a.py", ""}, {"vendor/.editorconfig", ""}});
  CHECK(learnt.style_files == std::vector<std::string>{".clang-format"});
}

TEST_CASE("in brief the conventions come first and the whole is bounded") {
  const auto learnt = learn({{"a.py", repeated(6, "def find_it#():\n    raise ValueError('a')\n") +
                                          repeated(3, "class TwoWords#:\n    pass\n") +
                                          repeated(3, "class two_words#:\n    pass\n")}});
  const std::string text = conventions_text(learnt, 8000);
  CHECK_THAT(text, ContainsSubstring("naming (python): functions: snake_case (100% of 6)\n"));
  CHECK_THAT(text, ContainsSubstring("naming (python): types: mixed (PascalCase 3, snake_case 3)"));
  CHECK(text.find("mixed") > text.rfind("100%"));
  CHECK(conventions_text(learnt, 60).size() <= 60);
}

TEST_CASE("functions that all stand on one line take no longer than a line each") {
  const double apart = seconds_to_learn(repeated(40'000, "function f#() {}\n"));
  const double together = seconds_to_learn(repeated(40'000, "function f#() {} "));
  CHECK(together < 3 * apart);
}
