#include "analyzers/rules/rules.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/files.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using analyzers::Language;
using analyzers::parse_rules;
using analyzers::Rule;
using analyzers::RuleMatches;
using analyzers::RuleSet;

namespace {

/// A rule file whose lines stand as they are given, what is missing after them.
std::string with(std::string_view lines) {
  const auto missing = [&](std::string_view key, std::string_view line) {
    return lines.find(key) == lines.npos ? line : std::string_view();
  };
  return fmt::format("[[rule]]\n{}\n{}{}{}{}{}", lines, missing("id =", "id = 'r'\n"),
                     missing("languages =", "languages = ['python']\n"),
                     missing("query =", "query = '(call) @found'\n"),
                     missing("message =", "message = 'm'\n"), missing("why =", "why = 'w.'\n"));
}

std::string problem(std::string_view text) {
  const auto rules = parse_rules(text, "r.toml");
  if (rules) return "";
  CHECK(rules.error().kind == ErrorKind::kUsage);
  return rules.error().message;
}

std::vector<Rule> parsed(std::string_view text) {
  auto rules = parse_rules(text, "r.toml");
  INFO((rules ? "" : rules.error().message));
  REQUIRE(rules);
  return std::move(*rules);
}

Rule python(std::string_view query) {
  return parsed(with(fmt::format("query = '''{}'''", query)))[0];
}

/// What the query finds in a text, one after the other.
std::vector<std::string> found(std::string_view query, std::string_view text) {
  const RuleSet set({python(query)});
  std::vector<std::string> all;
  for (const auto& match : set.matches(Language::kPython, text).found) {
    all.emplace_back(text.substr(match.begin, match.end - match.begin));
  }
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a rule says what it is, what it finds and how that is mended") {
  const auto rules = parsed(R"(
[[rule]]
id = "no-print"
languages = ["python", "javascript"]
query = "(identifier) @found"
message = "{found} is left over"
title = "left over"
why = "Nobody reads it."
change = "removes it"
type = "refactor"
severity = "note"
confidence = "high"
covered_by = ["some-check"]
edits = [{ before = "found", text = "_" }]
examples = [{ bad = "«x»", good = "_x" }, { clean = "1", language = "python" }]
)");
  REQUIRE(rules.size() == 1);
  const Rule& rule = rules[0];
  CHECK(rule.id == "no-print");
  CHECK(rule.languages == std::vector{Language::kPython, Language::kJavaScript});
  CHECK(rule.type == "refactor");
  CHECK(rule.severity == "note");
  CHECK(rule.confidence == "high");
  CHECK(rule.file == "r.toml");
  REQUIRE(rule.edits.size() == 1);
  CHECK(rule.edits[0].where == analyzers::RuleEdit::Where::kBefore);
  REQUIRE(rule.examples.size() == 2);
  CHECK(rule.examples[0].good == "_x");
  CHECK(rule.examples[1].language == Language::kPython);
  CHECK(analyzers::failed_examples(rule).empty());
}

TEST_CASE("what is wrong with a rule file is said with its place") {
  struct Row {
    std::string text;
    std::string problem;
  };
  const auto row = GENERATE(values<Row>({
      // keys
      {"[[rules]]\nid = 'x'\n", "r.toml:1:3: unknown table 'rules', did you mean 'rule'?"},
      {with("mesage = 'x'"),
       "r.toml:2:1: unknown key 'mesage' in [[rule]], did you mean "
       "'message'?"},
      {with("id = 'No Print'"),
       "r.toml:2:6: id: 'No Print' is no id, expected small letters, digits and '-'"},
      {with("") + with(""), "r.toml:10:6: id 'r' stands for another rule already"},
      {with("languages = ['pyton']"),
       "r.toml:2:14: languages[0] is 'pyton', expected c, cpp, python, javascript, typescript, "
       "tsx, go, rust, java, did you mean 'python'?"},
      {with("languages = []"), "r.toml:2:13: languages is empty, expected one or more"},
      {with("confidence = 'hgh'"),
       "r.toml:2:14: confidence is 'hgh', expected low, medium, high, did you mean 'high'?"},
      {with("severity = 3"), "r.toml:2:12: severity is a whole number, expected a string"},
      // queries
      {with("query = '(call @found'"),
       "r.toml:2:16: query for python: the query is malformed here"},
      {with("query = '(cal) @found'"),
       "r.toml:2:11: query for python: the grammar has no node 'cal', did you mean 'call'?"},
      {with("query = '''\n(call\n  functio: (_)) @found'''"),
       "r.toml:4:3: query for python: the grammar has no field 'functio', did you mean "
       "'function'?"},
      {with("query = '(module (module)) @found'"),
       "r.toml:2:18: query for python: this can never match: the grammar has no such node there"},
      {with("query = '(call) @call'"),
       "r.toml:2:10: query for python: the pattern needs one node @found, the place of what is "
       "found"},
      {with("query = ''"), "r.toml:2:9: query: empty, expected a query"},
      {with("query = '; nothing'"), "r.toml:2:10: query for python: the query has no pattern"},
      {with("query = '((call) @found (#matches? @found \"x\"))'"),
       "r.toml:2:26: query for python: unknown predicate '#matches?', did you mean '#match?'?"},
      {with("query = '((call) @found (#match? @found \"(\"))'"),
       "r.toml:2:26: query for python: #match?: the regular expression is wrong: missing ): ("},
      {with("query = '((call) @found (#has? @found cal))'"),
       "r.toml:2:26: query for python: #has?: the grammar has no node 'cal', did you mean "
       "'call'?"},
      {with("query = '((call) @found (#eq? @fond \"x\"))'"),
       "r.toml:2:32: query for python: no capture '@fond' before this"},
      {with("query = '((call) @found (#in-loop? @found \"x\"))'"),
       "r.toml:2:26: query for python: #in-loop?: wanted one capture and nothing else"},
      // templates
      {with("message = 'see {fond}'"),
       "r.toml:2:16: the query has no capture '@fond', did you mean 'found'?"},
      {with("fix = 'x {fond}'"),
       "r.toml:2:10: the query has no capture '@fond', did you mean 'found'?"},
      {with("edits = [{ replace = 'fond', text = '' }]"),
       "r.toml:2:23: the query has no capture '@fond', did you mean 'found'?"},
      {with("edits = [{ text = '' }]"),
       "r.toml:2:10: an edit has one of the keys replace, before and after"},
      {with("fix = ''\nedits = [{ before = 'found', text = '' }]"),
       "r.toml:3:9: edits go without fix, which is one of them"},
      // examples
      {with("examples = [{ bad = '', clean = '' }]"),
       "r.toml:2:13: an example has one of the keys bad and clean"},
      {with("examples = [{ clean = '', good = '' }]"),
       "r.toml:2:34: good goes with bad: what is clean has no fix"},
  }));
  CAPTURE(row.text);
  CHECK(problem(row.text) == row.problem);
}

TEST_CASE("rules may stand among other tables where that is said") {
  const std::string text = "version = 1\n" + with("") + "[project]\n";
  CHECK_FALSE(parse_rules(text, "r.toml"));
  CHECK(parse_rules(text, "r.toml", {.alone = false}));
}

TEST_CASE("predicates decide which matches count") {
  constexpr const char* kGrown =
      "((augmented_assignment left: (_) @a) @found (#renewed-in-loop? @a))";
  struct Row {
    std::string query;
    std::string text;
    Texts found;
  };
  const auto row = GENERATE(values<Row>({
      // texts
      {"((identifier) @found (#eq? @found \"a\"))", "a\nb\n", {"a"}},
      {"((identifier) @found (#not-eq? @found \"a\"))", "a\nb\n", {"b"}},
      {"((identifier) @found (#any-of? @found \"a\" \"c\"))", "a\nb\nc\n", {"a", "c"}},
      {"((identifier) @found (#not-any-of? @found \"a\" \"c\"))", "a\nb\nc\n", {"b"}},
      {"((identifier) @found (#match? @found \"^x[0-9]+$\"))", "x1\nx\n", {"x1"}},
      {"((identifier) @found (#not-match? @found \"[0-9]\"))", "x1\nx\n", {"x"}},
      {"((assignment left: (_) @a right: (_) @b) @found (#eq? @a @b))",
       "a = a\na = b\n",
       {"a = a"}},
      // several nodes
      {"((module (expression_statement)+ @x) @found (#eq? @x \"a\"))", "a\na\n", {"a\na\n"}},
      {"((module (expression_statement)+ @x) @found (#eq? @x \"a\"))", "a\nb\n", {}},
      {"((module (expression_statement)+ @x) @found (#any-eq? @x \"b\"))", "a\nb\n", {"a\nb\n"}},
      {"((module (expression_statement)+ @x) @found (#any-eq? @x \"b\"))", "a\na\n", {}},
      // trees
      {"((assignment left: (_) @a right: (_) @b) @found (#same? @a @b))",
       "a[1] = a[ 1 ]\na[1] = a[2]\n",
       {"a[1] = a[ 1 ]"}},
      {"((call) @found (#has? @found integer))", "f(1)\nf(x)\n", {"f(1)"}},
      {"((call) @found (#not-has? @found integer string))", "f(1)\nf('')\nf(x)\n", {"f(x)"}},
      {"((call) @found (#not-has? @found call))", "f(g())\n", {"g()"}},
      {"((lambda parameters: (_) @p body: (_) @b) @found (#mentions? @b @p))",
       "lambda x: f(x)\nlambda x: f(y)\n",
       {"lambda x: f(x)"}},
      {"((call) @found (#mentions? @found \"x\"))", "f(x)\nf(xy)\n", {"f(x)"}},
      {"((integer) @found (#inside? @found lambda))", "lambda: 1\n2\n", {"1"}},
      {"((integer) @found (#not-inside? @found lambda call))", "lambda: 1\nf(2)\n3\n", {"3"}},
      // loops
      {"((call) @found (#in-loop? @found))", "for x in f():\n    g()\nh()\n", {"g()"}},
      {"((call) @found (#in-loop? @found))",
       "while f():\n    g()\nelse:\n    h()\n",
       {"f()", "g()"}},
      {"((call) @found (#in-loop? @found))", "for x in y:\n    def k():\n        g()\n", {}},
      {"((call) @found (#in-loop? @found))", "[f(x) for x in g()]\n", {"f(x)"}},
      {"((call) @found (#not-in-loop? @found))", "for x in f():\n    g()\nh()\n", {"f()", "h()"}},
      // names that a round begins anew
      {kGrown, "for x in y:\n    a += 1\n", {}},
      {kGrown, "for x in y:\n    a = 0\n    a += 1\n", {"a += 1"}},
      {kGrown, "for b, a in y:\n    a += 1\n", {"a += 1"}},
      {kGrown, "for x in y:\n    (b, a) = x\n    a += 1\n", {"a += 1"}},
      {kGrown, "a = 0\nfor x in y:\n    a += 1\n", {}},
      {kGrown, "for x in y:\n    a = a * 2\n    a += 1\n", {}},
      {kGrown, "for x in y:\n    if x:\n        a = 0\n    a += 1\n", {}},
      {kGrown, "for x in y:\n    a = 0\n    if x:\n        a += 1\n", {"a += 1"}},
      {kGrown, "for x in y:\n    a += 1\n    a = 0\n", {}},
      {kGrown, "for x in y:\n    a = 0\n    for z in x:\n        a += 1\n", {}},
  }));
  CAPTURE(row.query, row.text);
  CHECK(found(row.query, row.text) == row.found);
}

TEST_CASE("a match has its place, a message on one line and its fix") {
  const RuleSet set(parsed(with(R"(query = '(call function: (_) @name) @found'
message = 'call of {name}'
edits = [{ replace = 'name', text = 'g' }, { after = 'found', text = ' # was {name}' }])")));
  const std::string_view text = "x = 1\nx = a.\\\n  f(1)\n";
  const RuleMatches matches = set.matches(Language::kPython, text);
  REQUIRE(matches.found.size() == 1);
  CHECK(matches.is_whole);
  CHECK(matches.found[0].line == 2);
  CHECK(matches.found[0].column == 5);
  CHECK(matches.found[0].message == "call of a.\\ f");
  CHECK(analyzers::fixed(Language::kPython, text, matches.found) ==
        "x = 1\nx = g(1) # was a.\\\n  f\n");
}

TEST_CASE("an edit of what the match lacks is left out, and so is a line that it empties") {
  const RuleSet set(parsed(with(R"(query = '''
(call function: (identifier) @plain) @found
(call function: (attribute) @method) @found'''
edits = [{ replace = 'plain', text = 'g' }, { replace = 'method', text = 'h' }])")));
  const auto mended = [&](std::string_view text) {
    return analyzers::fixed(Language::kPython, text, set.matches(Language::kPython, text).found);
  };
  CHECK(mended("f()\na.f()\n") == "g()\nh()\n");
  const RuleSet removing(parsed(with("fix = ''")));
  const std::string_view text = "if x:\n    a = 1\n    f()  \n    b = 2\n";
  CHECK(
      analyzers::fixed(Language::kPython, text, removing.matches(Language::kPython, text).found) ==
      "if x:\n    a = 1\n    b = 2\n");
}

TEST_CASE("a fix that breaks the syntax is not made, nor one within another") {
  const std::string_view text = "f(g(1))\n";
  const RuleSet breaking(parsed(with("fix = 'f('")));
  CHECK_FALSE(
      analyzers::fixed(Language::kPython, text, breaking.matches(Language::kPython, text).found));
  const RuleSet nested(parsed(with("fix = 'h({found})'")));
  CHECK(analyzers::fixed(Language::kPython, text, nested.matches(Language::kPython, text).found) ==
        "h(f(g(1)))\n");
}

TEST_CASE("a comment keeps a line from being found") {
  const std::string_view query = "(call) @found";
  CHECK(found(query, "f()  # automod-ignore\n").empty());
  CHECK(found(query, "# automod-ignore\nf()\n").empty());
  CHECK(found(query, "f()  # automod-ignore: other, r\n").empty());
  CHECK(found(query, "f()  # automod-ignore: other\n") == Texts{"f()"});
  CHECK(found(query, "# automod-ignore\n\nf()\n") == Texts{"f()"});
}

TEST_CASE("rules of one file cannot keep those of another from being found") {
  Rule greedy = python("(_) @found");
  Rule modest = python("(call) @found");
  modest.file = "other.toml";
  modest.id = "modest";
  std::string text;
  for (int i = 0; i < 300; ++i) text += "x\n";
  const RuleSet rules({greedy, modest});
  const RuleMatches matches = rules.matches(Language::kPython, text + "f()\n");
  CHECK_FALSE(matches.is_whole);
  CHECK(matches.found.back().rule->id == "modest");
}

TEST_CASE("an example that does not hold is said") {
  const auto failed = [](std::string_view examples) {
    const Rule rule = parsed(with(fmt::format("examples = [{}]", examples)))[0];
    Texts all;
    for (const auto& one : analyzers::failed_examples(rule)) {
      all.push_back(fmt::format("{} {}: {}", one.number, name(one.language), one.what));
    }
    return all;
  };
  CHECK(failed("{ bad = '«f()»' }, { clean = 'x' }").empty());
  CHECK(failed("{ clean = 'f()' }") == Texts{"1 python: found 'f()', which is not marked"});
  CHECK(failed("{ clean = 'x' }, { bad = '«x»' }") ==
        Texts{"2 python: 'x' is marked and was not found"});
  CHECK(failed("{ bad = 'f()' }")[0] == "1 python: nothing in it is marked");
  CHECK(failed("{ clean = 'f(' }") == Texts{"1 python: it has errors of syntax"});
  CHECK(failed("{ bad = '«f()»', good = 'g()' }") == Texts{"1 python: no fix was made"});
}

TEST_CASE("hostile queries are refused or bounded") {
  const auto query = GENERATE(values<std::string>({
      std::string(8000, '('),
      std::string(4000, '(') + "call" + std::string(4000, ')'),
      std::string(8000, '['),
      "(call " + std::string(4000, 'a') + ")",
      [] {
        std::string fields;
        while (fields.size() < 8000) fields += "a:";
        return fields;
      }(),
      "\"" + std::string(8000, '\\'),
      std::string(8000, '#'),
      "((call) @found (#match? @found \"(a{1000}){1000}\"))",
      "((call) @found (#match? @found \"" + std::string(2000, 'a') + "\"))",
      std::string(8193, ' '),
      "(call) @found \xff\xfe",
  }));
  CAPTURE(query.substr(0, 40));
  CHECK_FALSE(parse_rules(with("query = " + std::string("'''") + query + "'''"), "r.toml"));
}

TEST_CASE("hostile texts and greedy rules take bounded time and give bounded results") {
  const auto text = GENERATE(values<std::string>({
      std::string(1'000'000, '('),
      std::string(300'000, '\0'),
      std::string(300'000, '\xff'),
      [] {
        std::string nested;
        for (int i = 0; i < 100'000; ++i) nested += "f(";
        return nested;
      }(),
      [] {
        std::string wide = "f(";
        for (int i = 0; i < 100'000; ++i) wide += "a, ";
        return wide + ")";
      }(),
  }));
  const auto query = GENERATE(values<std::string>({
      "(_) @found",
      "((_) @found (#match? @found \"(a|b|aa)*c$\"))",
      "((_ (_) @a (_) @b) @found (#same? @a @b))",
      "((identifier) @found (#in-loop? @found) (#inside? @found lambda))",
      "((_) @found (#mentions? @found \"nothing\"))",
      "(argument_list (_) @a (_) @b (_) @c) @found",
  }));
  CAPTURE(text.substr(0, 8), query);
  const RuleSet set({python(query)});
  const auto start = std::chrono::steady_clock::now();
  CHECK(set.matches(Language::kPython, text).found.size() <= 2000);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}
