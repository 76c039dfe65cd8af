#include "analyzers/rules/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzers/treesitter/parse.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kDeepest = 50;  // brackets and fields within each other

std::unexpected<QueryProblem> wrong(std::size_t byte, std::string what) {
  return std::unexpected(QueryProblem{byte, std::move(what)});
}

/// A tree knows its language; no other door leads to it.
const TSLanguage* grammar_of(Language language) {
  const Tree empty = parse_text(language, "", deadline_from_now());
  return empty ? ts_tree_language(empty.get()) : nullptr;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

std::string_view word_at(std::string_view text, std::size_t byte) {
  std::size_t end = byte;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(byte, end - byte);
}

/// tree-sitter reads nested queries by recursion, so that their depth has to be bounded first.
std::optional<std::size_t> too_deep(std::string_view text) {
  std::size_t depth = 0;
  std::size_t fields = 0;  // one after the other, with nothing but white space between
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ';') {
      i = std::min(text.find('\n', i), text.size());
    } else if (c == '"') {
      while (++i < text.size() && text[i] != '"') i += text[i] == '\\' ? 1 : 0;
      fields = 0;
    } else if (c == '(' || c == '[') {
      ++depth;
      fields = 0;
    } else if (c == ')' || c == ']') {
      depth -= depth == 0 ? 0 : 1;
      fields = 0;
    } else if (c == ':') {
      ++fields;
    }
    if (depth > kDeepest || fields > kDeepest) return i;
  }
  return std::nullopt;
}

std::vector<std::string> field_names(const TSLanguage* language) {
  std::vector<std::string> all;
  for (TSFieldId i = 1; i <= ts_language_field_count(language); ++i) {
    all.emplace_back(ts_language_field_name_for_id(language, i));
  }
  return all;
}

std::string said(TSQueryError error, const TSLanguage* language, std::string_view text,
                 std::size_t byte) {
  const std::string_view word = word_at(text, byte);
  const std::string shown = printable_line(word);
  switch (error) {
    case TSQueryErrorNodeType:
      return fmt::format("the grammar has no node '{}'{}", shown,
                         suggestion(word, node_names(language)));
    case TSQueryErrorField:
      return fmt::format("the grammar has no field '{}'{}", shown,
                         suggestion(word, field_names(language)));
    case TSQueryErrorCapture:
      return fmt::format("no capture '@{}' before this", shown);
    case TSQueryErrorStructure:
      return "this can never match: the grammar has no such node there";
    case TSQueryErrorNone:
    case TSQueryErrorSyntax:
    case TSQueryErrorLanguage:
      break;
  }
  return "the query is malformed here";
}

/// The predicates of one pattern, as they are written.
class PredicateReader {
 public:
  PredicateReader(const TSQuery* query, const TSLanguage* language, std::string_view text)
      : query_(query), language_(language), text_(text) {}

  std::expected<std::vector<Predicate>, QueryProblem> read(std::uint32_t pattern) {
    std::uint32_t count = 0;
    const TSQueryPredicateStep* steps = ts_query_predicates_for_pattern(query_, pattern, &count);
    std::vector<Predicate> all;
    std::size_t from = ts_query_start_byte_for_pattern(query_, pattern);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::vector<Argument> arguments;
      const Argument name = argument_of(steps[i]);
      while (steps[++i].type != TSQueryPredicateStepTypeDone) {
        arguments.push_back(argument_of(steps[i]));
      }
      const std::string written = fmt::format("#{}", name.text);
      from = std::min(text_.find(written, from), text_.size());
      auto one = read_predicate(language_, name.text, arguments);
      if (!one) {
        return wrong(from, one.error().starts_with("unknown")
                               ? one.error()
                               : fmt::format("{}: {}", printable_line(written), one.error()));
      }
      from += written.size();
      all.push_back(std::move(*one));
    }
    std::ranges::sort(all, {}, &Predicate::test);
    return all;
  }

 private:
  Argument argument_of(const TSQueryPredicateStep& step) const {
    std::uint32_t size = 0;
    if (step.type == TSQueryPredicateStepTypeCapture) {
      const char* text = ts_query_capture_name_for_id(query_, step.value_id, &size);
      return {step.value_id, {text, size}};
    }
    const char* text = ts_query_string_value_for_id(query_, step.value_id, &size);
    return {std::nullopt, {text, size}};
  }

  const TSQuery* query_;
  const TSLanguage* language_;
  std::string_view text_;
};

}  // namespace

std::expected<RuleQuery, QueryProblem> RuleQuery::compile(Language language,
                                                          std::string_view text) {
  if (const auto deep = too_deep(text)) {
    return wrong(*deep, fmt::format("nested more than {} deep", kDeepest));
  }
  const TSLanguage* grammar = grammar_of(language);
  if (grammar == nullptr) return wrong(0, "the grammar cannot be loaded");
  std::uint32_t byte = 0;
  TSQueryError error = TSQueryErrorNone;
  RuleQuery made;
  made.query_.reset(
      ts_query_new(grammar, text.data(), static_cast<std::uint32_t>(text.size()), &byte, &error));
  if (!made.query_) return wrong(byte, said(error, grammar, text, byte));
  const std::uint32_t patterns = ts_query_pattern_count(made.get());
  if (patterns == 0) return wrong(0, "the query has no pattern");
  const auto found = made.capture(kFound);
  PredicateReader reader(made.get(), grammar, text);
  for (std::uint32_t i = 0; i < patterns; ++i) {
    const std::size_t begin = ts_query_start_byte_for_pattern(made.get(), i);
    if (!found || ts_query_capture_quantifier_for_id(made.get(), i, *found) != TSQuantifierOne) {
      return wrong(begin, "the pattern needs one node @found, the place of what is found");
    }
    auto predicates = reader.read(i);
    if (!predicates) return std::unexpected(std::move(predicates.error()));
    made.predicates_.push_back(std::move(*predicates));
  }
  made.found_ = *found;
  return made;
}

std::optional<std::uint32_t> RuleQuery::capture(std::string_view name) const {
  for (std::uint32_t i = 0; i < ts_query_capture_count(get()); ++i) {
    std::uint32_t size = 0;
    const char* text = ts_query_capture_name_for_id(get(), i, &size);
    if (std::string_view(text, size) == name) return i;
  }
  return std::nullopt;
}

std::vector<std::string> RuleQuery::captures() const {
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < ts_query_capture_count(get()); ++i) {
    std::uint32_t size = 0;
    const char* text = ts_query_capture_name_for_id(get(), i, &size);
    all.emplace_back(text, size);
  }
  return all;
}

}  // namespace automod::analyzers
