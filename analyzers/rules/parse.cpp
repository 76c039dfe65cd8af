#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzers/rules/query.hpp"
#include "analyzers/rules/rules.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestQuery = 8192;
constexpr std::size_t kLongestWords = 500;
constexpr std::size_t kLongestTitle = 34;

constexpr Language kAll[] = {Language::kC,          Language::kCpp,        Language::kPython,
                             Language::kJavaScript, Language::kTypeScript, Language::kTsx,
                             Language::kGo,         Language::kRust,       Language::kJava};

std::vector<std::string> language_names() {
  std::vector<std::string> all;
  for (const Language language : kAll) all.emplace_back(name(language));
  return all;
}

Language language_named(std::string_view text) {
  return *std::ranges::find(kAll, text, [](Language one) { return name(one); });
}

std::optional<std::string> too_long(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::nullopt;
  return fmt::format("{} bytes are too long, expected {} or fewer", text.size(), most);
}

std::optional<std::string> id_rule(std::string_view text) {
  const bool plain = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (text.empty() || !plain) {
    return fmt::format("'{}' is no id, expected small letters, digits and '-'",
                       printable_line(text));
  }
  return too_long(text, kLongestId);
}

std::optional<std::string> query_rule(std::string_view text) {
  if (text.empty()) return "empty, expected a query";
  if (text.find('\0') != text.npos) return "the query has a NUL byte";
  return too_long(text, kLongestQuery);
}

std::optional<std::string> line_rule(std::string_view text) {
  if (text.find('\n') != text.npos) return "expected one line";
  return too_long(text, kLongestWords);
}

std::optional<std::string> title_rule(std::string_view text) {
  return text.find('\n') != text.npos ? line_rule(text) : too_long(text, kLongestTitle);
}

std::optional<std::string> capture_rule(std::string_view text) {
  if (!text.empty() && !text.starts_with('@')) return std::nullopt;
  return fmt::format("'{}' is no capture, expected its name without '@'", printable_line(text));
}

void read_required(TomlTable& in, std::string_view key, std::string& value, TextRule rule) {
  in.require(key);
  in.text(key, value, rule);
}

void read_word(TomlTable& in, std::string_view key, std::string& value,
               const std::vector<std::string>& choices) {
  if (auto found = in.word(key, choices)) value = std::move(*found);
}

/// What a template or an edit speaks of is in some pattern of every query.
void check_capture(TomlTable& in, std::string_view key, std::size_t byte, std::string_view capture,
                   const std::vector<RuleQuery>& queries) {
  for (const RuleQuery& query : queries) {
    if (query.capture(capture)) continue;
    in.say(key, byte,
           fmt::format("the query has no capture '@{}'{}", printable_line(capture),
                       suggestion(capture, query.captures())));
  }
}

void check_template(TomlTable& in, std::string_view key, std::string_view text,
                    const std::vector<RuleQuery>& queries) {
  for (const Placeholder& found : placeholders(text)) {
    check_capture(in, key, found.at, found.word, queries);
  }
}

RuleEdit read_edit(TomlTable& in, const std::vector<RuleQuery>& queries) {
  using Where = RuleEdit::Where;
  constexpr std::pair<std::string_view, Where> kPlaces[] = {
      {"replace", Where::kReplace}, {"before", Where::kBefore}, {"after", Where::kAfter}};
  RuleEdit edit;
  std::size_t places = 0;
  for (const auto& [key, where] : kPlaces) {
    if (!in.has(key)) continue;
    ++places;
    edit.where = where;
    in.text(key, edit.capture, capture_rule);
    if (!edit.capture.empty()) check_capture(in, key, 0, edit.capture, queries);
  }
  if (places != 1) in.say("an edit has one of the keys replace, before and after");
  in.require("text");
  in.text("text", edit.text, any_text);
  check_template(in, "text", edit.text, queries);
  return edit;
}

/// `fix`, which replaces what is found, or `edits`.
void read_fix(TomlTable& in, Rule& rule, const std::vector<RuleQuery>& queries) {
  if (in.has("fix")) {
    RuleEdit& edit = rule.edits.emplace_back(RuleEdit{.capture = std::string(kFound)});
    in.text("fix", edit.text, any_text);
    check_template(in, "fix", edit.text, queries);
    if (in.has("edits")) in.say("edits", "edits go without fix, which is one of them");
  }
  in.tables("edits", [&](TomlTable& edit) { rule.edits.push_back(read_edit(edit, queries)); });
}

RuleExample read_example(TomlTable& in, const Rule& rule) {
  RuleExample example;
  example.is_clean = in.has("clean");
  if (example.is_clean == in.has("bad")) in.say("an example has one of the keys bad and clean");
  in.text(example.is_clean ? "clean" : "bad", example.marked, any_text);
  if (in.has("good")) {
    in.text("good", example.good.emplace(), any_text);
    if (example.is_clean) in.say("good", "good goes with bad: what is clean has no fix");
  }
  std::vector<std::string> names;
  for (const Language language : rule.languages) names.emplace_back(name(language));
  if (const auto found = in.word("language", names)) example.language = language_named(*found);
  return example;
}

/// Queries of the rule for each of its languages; empty when there is something wrong.
std::vector<RuleQuery> compile_all(TomlTable& in, const Rule& rule) {
  std::vector<RuleQuery> all;
  for (const Language language : rule.languages) {
    if (rule.query.empty()) return {};  // which has been said
    auto query = RuleQuery::compile(language, rule.query);
    if (!query) {
      const QueryProblem& problem = query.error();
      in.say("query", problem.byte, fmt::format("query for {}: {}", name(language), problem.what));
      return {};
    }
    all.push_back(std::move(*query));
  }
  return all;
}

void check_id(TomlTable& in, const Rule& rule, const std::vector<Rule>& before) {
  if (rule.id.empty() || std::ranges::find(before, rule.id, &Rule::id) == before.end()) return;
  in.say("id", fmt::format("id '{}' stands for another rule already", rule.id));
}

Rule read_rule(TomlTable& in, std::string_view file, const std::vector<Rule>& before,
               bool compile) {
  Rule rule{.file = std::string(file)};
  read_required(in, "id", rule.id, id_rule);
  check_id(in, rule, before);
  in.require("languages");
  if (const auto found = in.words("languages", language_names())) {
    for (const std::string& one : *found) rule.languages.push_back(language_named(one));
    if (found->empty()) in.say("languages", "languages is empty, expected one or more");
  }
  read_required(in, "query", rule.query, query_rule);
  const auto queries = compile ? compile_all(in, rule) : std::vector<RuleQuery>{};
  read_required(in, "message", rule.message, line_rule);
  check_template(in, "message", rule.message, queries);
  read_required(in, "why", rule.why, line_rule);
  in.text("title", rule.title, title_rule);
  in.text("change", rule.change, line_rule);
  read_word(in, "type", rule.type, {"bug_fix", "performance", "refactor"});
  read_word(in, "severity", rule.severity, {"note", "warning", "error"});
  read_word(in, "confidence", rule.confidence, {"low", "medium", "high"});
  in.texts("covered_by", rule.covered_by, line_rule);
  read_fix(in, rule, queries);
  in.tables("examples",
            [&](TomlTable& example) { rule.examples.push_back(read_example(example, rule)); });
  return rule;
}

}  // namespace

Result<std::vector<Rule>> parse_rules(std::string_view text, std::string_view file,
                                      const RuleReading& how) {
  std::vector<Rule> rules;
  const auto done = read_toml(text, file, [&](TomlTable& root) {
    root.tables("rule",
                [&](TomlTable& in) { rules.push_back(read_rule(in, file, rules, how.compile)); });
    if (!how.alone) root.ignore_rest();
  });
  if (!done) return fail(done.error());
  return rules;
}

}  // namespace automod::analyzers
