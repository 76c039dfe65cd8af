#include "analyzers/structure/copies.hpp"

#include "tests/unit/analyzers/structure/world.hpp"

using namespace automod;
using namespace automod::analyzers;
using automod::testing::CodeWorld;
using automod::testing::Found;

namespace {

/// A function of some length whose names end with `suffix`.
std::string function(const std::string& name, const std::string& suffix = {}) {
  const std::string s = suffix;
  return "int " + name + "(const Table& table, int limit" + s + ") {\n" + "  int total" + s +
         " = 0;\n" + "  for (const Row& row" + s + " : table.rows()) {\n" + "    if (row" + s +
         ".weight() > limit" + s + ") {\n" + "      total" + s + " += row" + s + ".weight() * row" +
         s + ".count();\n" + "    } else if (row" + s + ".is_empty()) {\n" + "      log_empty(row" +
         s + ".name());\n" + "    } else {\n" + "      total" + s + " -= row" + s +
         ".count() / 2;\n" + "    }\n" + "  }\n" + "  return total" + s + " + table.offset();\n" +
         "}\n";
}

/// "a.cpp:1 b.cpp:3", a line for each group.
Found copies(const CodeWorld& world, const CopyLimits& limits = {}) {
  const auto found = find_copies(world.code(), world.read(), limits, 2, world.cancel);
  REQUIRE(found);
  Found lines;
  for (const CopyGroup& group : found->groups) {
    std::string line;
    for (const CopyPlace& place : group.places) {
      line += fmt::format("{}{}:{}", line.empty() ? "" : " ", world.path(place.file), place.line);
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("code that stands in two files is one copy") {
  CHECK(copies(CodeWorld({{"a.cpp", function("sum")}, {"b.cpp", "int x;\n" + function("sum")}})) ==
        Found{"a.cpp:1 b.cpp:2"});
}

TEST_CASE("three places are one copy of three") {
  CHECK(copies(CodeWorld({{"a.cpp", function("sum") + function("again")},
                          {"b.cpp", function("other")}})) == Found{"a.cpp:1 a.cpp:14 b.cpp:1"});
}

TEST_CASE("a copy begins with a line, not with the end of one that is something else") {
  std::string other = function("sum");
  const std::string_view first = "int total = 0;";
  other.replace(other.find(first), first.size(), "auto total = made_of(limit, 0);");
  CHECK(copies(CodeWorld({{"a.cpp", function("sum")}, {"b.cpp", other}}), {.tokens = 40}) ==
        Found{"a.cpp:3 b.cpp:3"});
}

TEST_CASE("what closes a call of something else begins no copy") {
  const auto with_total = [](std::string_view total) {
    std::string text = function("sum");
    const std::string_view first = "int total = 0;";
    return text.replace(text.find(first), first.size(), total);
  };
  CHECK(copies(CodeWorld({{"a.cpp", with_total("int total = made_of(\n    limit\n  );")},
                          {"b.cpp", with_total("int total = made_of(\n    0\n  );")}}),
               {.tokens = 40}) == Found{"a.cpp:5 b.cpp:5"});
}

TEST_CASE("tests that stand beside what they try are no copy") {
  const auto rust = [](std::string_view name) {
    return fmt::format(R"(fn {}(table: &Table) -> usize {{
    let mut total = 0;
    for row in table.rows() {{
        if row.weight() > table.limit() {{
            total += row.weight() * row.count();
        }} else if row.is_empty() {{
            log_empty(row.name(), total);
        }}
        total -= row.count() / 2;
        table.note(total, row.weight());
    }}
    total + table.offset()
}}
)",
                       name);
  };
  CHECK(copies(CodeWorld({{"a.rs", rust("sum") + rust("again")}})) == Found{"a.rs:1 a.rs:14"});
  CHECK(copies(CodeWorld({{"a.rs", rust("sum") + "#[test]\n#[ignore]\n" + rust("again") +
                                       "#[cfg(test)]\nmod tests {\n" + rust("more") + "}\n"}}))
            .empty());
}

TEST_CASE("heads of functions that have to be alike are no copy") {
  const std::string head =
      "@overload\ndef show(\n    items: Iterable[Item] | None = None,\n    length: int = 0,\n"
      "    label: str | None = None,\n    hidden: bool = False,\n    show_eta: bool = True,\n"
      "    show_percent: bool | None = None,\n    show_pos: bool = False,\n"
      "    fill_char: str = '#',\n    empty_char: str = '-',\n    width: int = 36,\n"
      "    color: bool | None = None,\n    update_min_steps: int = 1,\n) -> Bar[";
  CHECK(copies(CodeWorld({{"a.py", head + "int]: ...\n\n" + head + "str]: ...\n"}})).empty());
}

TEST_CASE("names that were changed throughout, and comments, hide no copy") {
  std::string changed = function("sum", "_new");
  changed.insert(changed.find("  for"), "  // counts the rows\n");
  CHECK(copies(CodeWorld({{"a.cpp", function("sum")}, {"b.cpp", changed}})) ==
        Found{"a.cpp:1 b.cpp:1"});
}

TEST_CASE("the same shape with other names throughout is no copy") {
  std::string other = function("sum");
  for (const auto& [from, to] : std::map<std::string, std::string>{{"weight", "mass"},
                                                                   {"count", "number"},
                                                                   {"total", "result"},
                                                                   {"row", "line"},
                                                                   {"limit", "bound"},
                                                                   {"Row", "Line"},
                                                                   {"Table", "Page"},
                                                                   {"table", "page"},
                                                                   {"is_empty", "is_blank"},
                                                                   {"log_empty", "warn_blank"},
                                                                   {"name", "title"},
                                                                   {"offset", "margin"}}) {
    for (std::size_t at = 0; (at = other.find(from, at)) != std::string::npos; at += to.size()) {
      other.replace(at, from.size(), to);
    }
  }
  CHECK(copies(CodeWorld({{"a.cpp", function("sum")}, {"b.cpp", other}})).empty());
}

TEST_CASE("what is short is no copy") {
  const std::string small = "int f(int a) {\n  return a + 1;\n}\n";
  CHECK(copies(CodeWorld({{"a.cpp", small}, {"b.cpp", small}})).empty());
}

TEST_CASE("tests, vendored and generated files are not compared") {
  CHECK(copies(CodeWorld({{"a.cpp", function("sum")}, {"tests/a.cpp", function("sum")}})).empty());
  CHECK(copies(CodeWorld({{"a.cpp", function("sum")}, {"vendor/a.cpp", function("sum")}})).empty());
  CHECK(copies(
            CodeWorld({{"a.cpp", function("sum")}, {"b.cpp", "// @generated\n" + function("sum")}}))
            .empty());
}

TEST_CASE("C and C++ are compared with each other, other languages are not") {
  const std::string code = "int f(int a) {\n" + std::string(20, ' ') + "return a;\n}\n";
  const std::string c =
      "int sum(struct table *t, int most) {\n  int all = 0;\n"
      "  for (int i = 0; i < t->rows; ++i) {\n    if (t->row[i].size > most) {\n"
      "      all += t->row[i].size * t->row[i].count;\n    } else {\n"
      "      all -= t->row[i].count / 2;\n    }\n  }\n"
      "  report(all, t->name);\n  return all + t->offset;\n}\n";
  CHECK(copies(CodeWorld({{"a.c", c}, {"b.cpp", c}})) == Found{"a.c:1 b.cpp:1"});
  CHECK(copies(CodeWorld({{"a.c", c}, {"b.java", "class A { " + c + " }"}})).empty());
}

TEST_CASE("a codebase that is too large is compared as far as it goes, and that is said") {
  const CodeWorld world({{"a.cpp", function("sum")}, {"b.cpp", function("sum")}});
  const auto found = find_copies(world.code(), world.read(), {.file_bytes = 10}, 1, world.cancel);
  REQUIRE(found);
  CHECK(found->groups.empty());
  CHECK_FALSE(found->is_whole);
}

TEST_CASE("one line that is repeated very often is no copy and takes no time") {
  std::string text = "void f(int a) {\n";
  for (int i = 0; i < 20000; ++i) text += "  g(a, " + std::to_string(i) + ");\n";
  CHECK(copies(CodeWorld({{"a.cpp", text + "}\n"}, {"b.cpp", text + "}\n"}})).size() <= 1);
}

TEST_CASE("comparing is given up when the user says so") {
  CodeWorld world({{"a.cpp", function("sum")}});
  world.cancel.request();
  const auto found = find_copies(world.code(), world.read(), {}, 1, world.cancel);
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kInterrupted);
}
