#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "analyzers/rules/ignored.hpp"
#include "analyzers/rules/query.hpp"
#include "analyzers/rules/rules.hpp"
#include "analyzers/treesitter/parse.hpp"
#include "base/text.hpp"

namespace automod::analyzers {

namespace {

constexpr std::size_t kLanguages = 9;
constexpr std::size_t kMostOfRule = 200;  // in one text
constexpr std::size_t kMostInText = 2000;
constexpr std::uint32_t kMostOpen = 1024;       // matches in the making
constexpr std::size_t kLongestQuoted = 60;      // text of a capture in a message
constexpr std::size_t kLongestFix = 64 * 1024;  // bytes that a fix writes

/// The rules of one file, which are looked for together: a file cannot use up what another needs.
struct Part {
  RuleQuery query;
  std::vector<const Rule*> rules;  // of each pattern
};

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() > kLongestQuoted + 3) break;
  }
  if (line.ends_with(' ')) line.pop_back();
  if (line.size() <= kLongestQuoted) return valid_utf8(line);
  std::size_t end = kLongestQuoted;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  return valid_utf8(line.substr(0, end)) + "...";
}

template <class Text>
std::string filled(std::string_view text, Text&& text_of) {
  std::string result;
  std::size_t done = 0;
  for (const Placeholder& found : placeholders(text)) {
    result += text.substr(done, found.at - done);
    result += text_of(found.word);
    done = found.at + found.length;
  }
  return result += text.substr(done);
}

/// Where nothing but white space would be left of lines, they go as a whole.
TextEdit with_empty_lines(TextEdit edit, std::string_view text) {
  if (!edit.text.empty() || edit.begin == edit.end) return edit;
  const auto blank = [&](std::size_t at) { return text[at] == ' ' || text[at] == '\t'; };
  std::size_t begin = edit.begin;
  std::size_t end = edit.end;
  while (begin > 0 && blank(begin - 1)) --begin;
  while (end < text.size() && blank(end)) ++end;
  if (text.substr(end).starts_with("\r\n")) ++end;
  const bool whole =
      (begin == 0 || text[begin - 1] == '\n') && end < text.size() && text[end] == '\n';
  return whole ? TextEdit{begin, end + 1, {}} : edit;
}

bool apart(const std::vector<TextEdit>& sorted) {
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].begin < sorted[i - 1].end) return false;
  }
  return true;
}

/// One text while its matches are collected.
class Search {
 public:
  Search(Language language, std::string_view text)
      : text_(text), deadline_(deadline_from_now()), budget_(deadline_), ignored_(text) {
    tree_ = parse_text(language, text, deadline_);
    all_.is_whole = tree_ != nullptr;
  }

  void look_for(const Part& part);
  RuleMatches take();

 private:
  static bool is_over(TSQueryCursorState* state) {
    return static_cast<Budget*>(state->payload)->is_over();
  }

  void consider(const Part& part, const TSQueryMatch& match);
  RuleMatch match_of(const Part& part, const Rule& rule, TSNode found, const Scene& scene) const;
  std::vector<TextEdit> fix_of(const Part& part, const Rule& rule, const Scene& scene) const;

  std::string_view text_;
  Deadline deadline_;
  Budget budget_;
  Ignored ignored_;
  Tree tree_;
  RuleMatches all_;
  std::map<const Rule*, std::set<std::pair<std::size_t, std::size_t>>> seen_;
};

struct DeleteCursor {
  void operator()(TSQueryCursor* cursor) const { ts_query_cursor_delete(cursor); }
};

void Search::look_for(const Part& part) {
  if (!tree_) return;
  const std::unique_ptr<TSQueryCursor, DeleteCursor> cursor(ts_query_cursor_new());
  ts_query_cursor_set_match_limit(cursor.get(), kMostOpen);
  const TSQueryCursorOptions options{&budget_, is_over};
  ts_query_cursor_exec_with_options(cursor.get(), part.query.get(), ts_tree_root_node(tree_.get()),
                                    &options);
  TSQueryMatch match;
  while (all_.found.size() < kMostInText && !budget_.is_over() &&
         ts_query_cursor_next_match(cursor.get(), &match)) {
    consider(part, match);
  }
  if (all_.found.size() >= kMostInText || ts_query_cursor_did_exceed_match_limit(cursor.get())) {
    all_.is_whole = false;
  }
}

void Search::consider(const Part& part, const TSQueryMatch& match) {
  const Rule& rule = *part.rules[match.pattern_index];
  const Scene scene{tree_, text_, match, budget_};
  const auto captures = std::span(match.captures, match.capture_count);
  const auto found = std::ranges::find(captures, part.query.found(), &TSQueryCapture::index);
  if (found == captures.end()) return;
  auto& seen = seen_[&rule];
  if (seen.size() >= kMostOfRule) {
    all_.is_whole = false;
    return;
  }
  const std::size_t begin = ts_node_start_byte(found->node);
  const std::size_t end = ts_node_end_byte(found->node);
  if (begin >= end || seen.contains({begin, end})) return;
  for (const Predicate& predicate : part.query.predicates(match.pattern_index)) {
    if (!holds(predicate, scene)) return;
  }
  if (ignored_.covers(begin, rule.id)) return;
  seen.insert({begin, end});
  all_.found.push_back(match_of(part, rule, found->node, scene));
}

RuleMatch Search::match_of(const Part& part, const Rule& rule, TSNode found,
                           const Scene& scene) const {
  const TSPoint start = ts_node_start_point(found);
  RuleMatch made{.rule = &rule,
                 .begin = ts_node_start_byte(found),
                 .end = ts_node_end_byte(found),
                 .line = start.row + 1,
                 .column = start.column + 1};
  made.message = filled(rule.message, [&](std::string_view word) {
    const auto capture = part.query.capture(word);
    return capture ? one_line(scene.text_of(*capture)) : std::string();
  });
  if (!ts_node_has_error(found)) made.fix = fix_of(part, rule, scene);
  return made;
}

std::vector<TextEdit> Search::fix_of(const Part& part, const Rule& rule, const Scene& scene) const {
  std::vector<std::pair<TextEdit, std::size_t>> made;
  std::size_t size = 0;
  for (const RuleEdit& edit : rule.edits) {
    const auto capture = part.query.capture(edit.capture);
    const std::string_view old = capture ? scene.text_of(*capture) : std::string_view();
    if (old.data() == nullptr) continue;
    const auto begin = static_cast<std::size_t>(old.data() - text_.data());
    TextEdit one{begin, begin + old.size(), filled(edit.text, [&](std::string_view word) {
                   const auto other = part.query.capture(word);
                   return other ? scene.text_of(*other) : std::string_view();
                 })};
    if (edit.where == RuleEdit::Where::kBefore) one.end = one.begin;
    if (edit.where == RuleEdit::Where::kAfter) one.begin = one.end;
    size += one.text.size();
    made.emplace_back(with_empty_lines(std::move(one), text_), made.size());
  }
  if (size > kLongestFix) return {};
  std::ranges::sort(made, {}, [](const auto& one) {
    return std::tuple(one.first.begin, one.first.end, one.second);
  });
  std::vector<TextEdit> fix;
  for (auto& [one, index] : made) fix.push_back(std::move(one));
  return apart(fix) ? fix : std::vector<TextEdit>{};
}

RuleMatches Search::take() {
  if (budget_.is_over()) all_.is_whole = false;
  std::ranges::sort(all_.found, {}, [](const RuleMatch& match) {
    return std::tuple(match.begin, match.end, std::string_view(match.rule->id));
  });
  return std::move(all_);
}

}  // namespace

struct RuleSet::Impl {
  struct Compiled {
    std::once_flag once;
    std::vector<Part> parts;
  };

  std::vector<Rule> rules;
  std::array<Compiled, kLanguages> compiled;

  const std::vector<Part>& parts(Language language) {
    Compiled& here = compiled[static_cast<std::size_t>(language)];
    std::call_once(here.once, [&] { here.parts = compile(language); });
    return here.parts;
  }

  std::vector<Part> compile(Language language) const;
};

std::vector<Part> RuleSet::Impl::compile(Language language) const {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < rules.size();) {
    const std::string& file = rules[i].file;
    std::string text;
    std::vector<std::pair<std::size_t, const Rule*>> begins;
    for (; i < rules.size() && rules[i].file == file; ++i) {
      if (std::ranges::find(rules[i].languages, language) == rules[i].languages.end()) continue;
      begins.emplace_back(text.size(), &rules[i]);
      text += rules[i].query + '\n';
    }
    if (begins.empty()) continue;
    auto query = RuleQuery::compile(language, text);
    if (!query) continue;  // each by itself was fine
    Part part{.query = std::move(*query), .rules = {}};
    for (std::uint32_t pattern = 0; pattern < part.query.patterns(); ++pattern) {
      const std::size_t begin = ts_query_start_byte_for_pattern(part.query.get(), pattern);
      const auto after =
          std::ranges::upper_bound(begins, begin, {}, [](const auto& one) { return one.first; });
      part.rules.push_back(std::prev(after)->second);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

RuleSet::RuleSet(std::vector<Rule> rules) : impl_(std::make_unique<Impl>()) {
  impl_->rules = std::move(rules);
}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

const std::vector<Rule>& RuleSet::rules() const { return impl_->rules; }

RuleMatches RuleSet::matches(Language language, std::string_view text) const {
  const std::vector<Part>& parts = impl_->parts(language);
  if (parts.empty()) return {};
  Search search(language, text);
  for (const Part& part : parts) search.look_for(part);
  return search.take();
}

}  // namespace automod::analyzers
