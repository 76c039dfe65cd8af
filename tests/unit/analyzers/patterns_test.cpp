#include "analyzers/treesitter/patterns.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <tuple>

#include "analyzers/treesitter/matcher.hpp"
#include "analyzers/treesitter/queries.hpp"
#include "analyzers/treesitter/wide_grammar.hpp"
#include "base/files.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::analyzers;
using namespace automod::testing;
using Catch::Matchers::StartsWith;

namespace {

constexpr std::string_view kTsx = R"(
export const Row = ({name, value = 1}: Props): JSX.Element => <li onClick={() => go(name)}>{value}</li>;
enum Kind { A = 1, B }
import {a as b} from './c';
)";

/// One match: its pattern, and what each capture took.
using Found =
    std::tuple<std::uint32_t, std::set<std::tuple<std::string, std::uint32_t, std::uint32_t>>>;

std::set<Found> found_by_us(const Patterns& patterns, Language language, const Tree& tree,
                            std::string_view text) {
  std::set<Found> found;
  const PatternTable table(patterns.all, grammar(language));
  const bool is_whole = match_all(
      table, tree, text, deadline_from_now(), [&](const Pattern& pattern, const TSNode* nodes) {
        Found one{pattern.number, {}};
        for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
          for (const std::uint8_t capture : pattern.steps[i].captures) {
            std::get<1>(one).emplace(patterns.captures[capture], ts_node_start_byte(nodes[i]),
                                     ts_node_end_byte(nodes[i]));
          }
        }
        found.insert(std::move(one));
      });
  REQUIRE(is_whole);
  return found;
}

/// Does the match say what its predicate asks for, if it has one?
bool holds(const TSQuery* query, const TSQueryMatch& match, std::string_view text) {
  std::uint32_t count = 0;
  const auto* steps = ts_query_predicates_for_pattern(query, match.pattern_index, &count);
  if (count == 0) return true;
  std::uint32_t length = 0;
  const char* wanted = ts_query_string_value_for_id(query, steps[2].value_id, &length);
  for (std::uint16_t i = 0; i < match.capture_count; ++i) {
    const auto& [node, index] = match.captures[i];
    const std::uint32_t begin = ts_node_start_byte(node);
    if (index == steps[1].value_id &&
        text.substr(begin, ts_node_end_byte(node) - begin) != std::string_view(wanted, length)) {
      return false;
    }
  }
  return true;
}

std::set<Found> found_by_the_library(std::string_view query_text, Language language,
                                     const Tree& tree, std::string_view text) {
  std::uint32_t offset = 0;
  TSQueryError error = TSQueryErrorNone;
  TSQuery* query = ts_query_new(grammar(language), query_text.data(),
                                static_cast<std::uint32_t>(query_text.size()), &offset, &error);
  INFO("at: " << query_text.substr(offset, 60));
  REQUIRE(query != nullptr);
  TSQueryCursor* cursor = ts_query_cursor_new();
  ts_query_cursor_exec(cursor, query, ts_tree_root_node(tree.get()));
  std::set<Found> found;
  for (TSQueryMatch match; ts_query_cursor_next_match(cursor, &match);) {
    if (!holds(query, match, text)) continue;
    Found one{match.pattern_index, {}};
    for (std::uint16_t i = 0; i < match.capture_count; ++i) {
      const auto& [node, index] = match.captures[i];
      std::uint32_t length = 0;
      const char* name = ts_query_capture_name_for_id(query, index, &length);
      std::get<1>(one).emplace(std::string(name, length), ts_node_start_byte(node),
                               ts_node_end_byte(node));
    }
    found.insert(std::move(one));
  }
  ts_query_cursor_delete(cursor);
  ts_query_delete(query);
  return found;
}

std::string written(const std::set<Found>& all) {
  std::string text;
  for (const auto& [pattern, captures] : all) {
    text += fmt::format("{}:", pattern);
    for (const auto& [name, begin, end] : captures)
      text += fmt::format(" {}@{}-{}", name, begin, end);
    text += '\n';
  }
  return text;
}

std::vector<std::string> samples(Language language) {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/seeded")) {
    if (!entry.is_regular_file() || language_of(entry.path().string()) != language) continue;
    texts.push_back(read_file(entry.path(), 1 << 20).value());
  }
  if (language == Language::kTsx) texts.emplace_back(kTsx);
  return texts;
}

/// What the query takes in the text, in its order: "pattern:text pattern:text".
std::string taken(Language language, std::string_view query, std::string_view text) {
  const auto patterns = read_patterns(grammar(language), query);
  REQUIRE(patterns);
  const Tree tree = parse_text(language, text, deadline_from_now());
  std::string all;
  match_all(PatternTable(patterns->all, grammar(language)), tree, text, deadline_from_now(),
            [&](const Pattern& pattern, const TSNode* nodes) {
              for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
                if (pattern.steps[i].captures.empty()) continue;
                const std::uint32_t begin = ts_node_start_byte(nodes[i]);
                all += fmt::format("{}{}:{}", all.empty() ? "" : " ", pattern.number,
                                   text.substr(begin, ts_node_end_byte(nodes[i]) - begin));
              }
            });
  return all;
}

}  // namespace

TEST_CASE("our queries find what tree-sitter's own engine finds with them") {
  for (const Language language : all_languages()) {
    CAPTURE(name(language));
    const std::string text = query_text(language).value();
    const auto patterns = read_patterns(grammar(language), text);
    REQUIRE(patterns);
    const auto sources = samples(language);
    REQUIRE_FALSE(sources.empty());
    for (const std::string& source : sources) {
      const Tree tree = parse_text(language, source, deadline_from_now());
      const std::string ours = written(found_by_us(*patterns, language, tree, source));
      CHECK_FALSE(ours.empty());
      CHECK(ours == written(found_by_the_library(text, language, tree, source)));
    }
  }
}

TEST_CASE("patterns take what they say") {
  struct Row {
    std::string_view query;
    std::string_view source;
    std::string_view taken;
  };
  const std::vector<Row> rows = {
      {"(identifier) @a", "x = y", "0:x 0:y"},
      {"[(integer) (string)] @a", "f(1, 'b', c)", "0:1 0:'b'"},
      {"(call function: (_) @a)", "f(g(1))", "0:f 0:g"},
      {"(call (_) @a)", "f(1)", "0:f 0:(1)"},
      {"(argument_list _ @a)", "f(1)", "0:( 0:1 0:)"},
      {"(argument_list \",\" @a)", "f(1, 2)", "0:,"},
      {"(argument_list . (identifier) @a)", "f(x, y)\nf(1, z)", "0:x"},
      {"(function_definition !return_type name: (_) @a)", "def f(): pass\ndef g() -> int: pass",
       "0:f"},
      {"(argument_list (identifier) @a (integer) @a)", "f(x, 1, y, 2)", "0:x 0:1 0:x 0:2 0:y 0:2"},
      {"(argument_list (identifier) (integer) @a)", "f(x, 1, y, 2)", "0:1 0:2"},
      {"(argument_list (identifier)) @a", "f(x, y)", "0:(x, y)"},
      {"((identifier) @a (#eq? @a \"x\"))", "x = y", "0:x"},
      {"(call function: (identifier) @a (#eq? @a \"f\"))\n; a remark\n(integer) @b", "f(1)\ng(2)",
       "0:f 1:1 1:2"},
      {"(assignment left: [(identifier) @a (attribute object: (_) @a)])", "x = 1\ny.z = 2",
       "0:x 0:y"},
      {"(_ (ERROR) @a)", "x = ) y", "0:)"}};
  for (const Row& row : rows) {
    CAPTURE(row.query, row.source);
    CHECK(taken(Language::kPython, row.query, row.source) == row.taken);
  }
}

TEST_CASE("what is no pattern is refused with its place") {
  struct Row {
    std::string_view query;
    std::string_view message;
  };
  const std::vector<Row> rows = {
      {"(", "line 1, at '': that is no query"},
      {"[", "line 1, at '': that is no query"},
      {"[]", "line 1, at ''"},
      {"(call", "line 1, at '': that is no query"},
      {"(call)\n  )", "line 2, at ')': that is no query"},
      {"(call functio: (_))", "line 1, at 'functio: (_))': there is no such field in the grammar"},
      {"(call !nothing)", "line 1, at 'nothing)': there is no such field in the grammar"},
      {"(cal) @a", "line 1, at 'cal) @a': there is no such node in the grammar"},
      {"(\"nothing\")", "line 1, at '\"nothing\")'"},
      {"\"(", "line 1, at '': that is no query"},
      {"(call (identifier) . (integer))", "line 1, at '(integer))': a '.' may stand before"},
      {"(call (identifier) .)", "line 1, at ')': a '.' may stand before"},
      {"((identifier) @a (#match? @a \"x\"))", "line 1, at '? @a"}};
  for (const Row& row : rows) {
    CAPTURE(row.query);
    const auto patterns = read_patterns(grammar(Language::kPython), row.query);
    REQUIRE_FALSE(patterns);
    CHECK(patterns.error().kind == ErrorKind::kRefused);
    CHECK_THAT(patterns.error().message, StartsWith(std::string(row.message)));
  }
}

TEST_CASE("patterns nested or multiplied without end are refused") {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "(call ";
  CHECK_FALSE(read_patterns(grammar(Language::kPython), deep));
  std::string wide = "(argument_list";
  for (int i = 0; i < 20; ++i) wide += " [(integer) (string)]";
  CHECK_FALSE(read_patterns(grammar(Language::kPython), wide + ")"));
}

TEST_CASE("matching ends when its time is over") {
  const std::string text(200'000, '(');
  const Tree tree = parse_text(Language::kPython, text, deadline_from_now());
  REQUIRE(tree);
  const auto patterns = read_patterns(grammar(Language::kPython), "(identifier) @a");
  REQUIRE(patterns);
  CHECK_FALSE(match_all(PatternTable(patterns->all, grammar(Language::kPython)), tree, text,
                        WorkClock::now() - std::chrono::seconds(1),
                        [](const Pattern&, const TSNode*) {}));
}

TEST_CASE("a grammar that is spread out reads every text as before") {
  for (const Language language : all_languages()) {
    CAPTURE(name(language));
    const auto wide = widened(grammar(language));
    REQUIRE(wide != nullptr);
    const std::unique_ptr<TSParser, void (*)(TSParser*)> parser(ts_parser_new(), ts_parser_delete);
    const auto shape = [&](const TSLanguage* with, const std::string& text) {
      REQUIRE(ts_parser_set_language(parser.get(), with));
      const Tree tree(ts_parser_parse_string(parser.get(), nullptr, text.data(),
                                             static_cast<std::uint32_t>(text.size())));
      const std::unique_ptr<char, decltype(&std::free)> all(
          ts_node_string(ts_tree_root_node(tree.get())), std::free);
      return std::string(all.get());
    };
    for (const std::string& text : samples(language)) {
      CHECK(shape(wide.get(), text) == shape(grammar(language), text));
      const std::string broken = text.substr(text.size() / 3) + ") } ]";
      CHECK(shape(wide.get(), broken) == shape(grammar(language), broken));
    }
  }
}
