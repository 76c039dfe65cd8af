#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"
#include "base/error.hpp"

/// Rules as data: what to look for in a syntax tree, why, and how to mend it. docs/rules.md says
/// how one is written.
namespace automod::analyzers {

/// One place of a fix: text for what a capture stands for, or beside it. Left out where the match
/// lacks the capture.
struct RuleEdit {
  enum class Where { kReplace, kBefore, kAfter };
  Where where = Where::kReplace;
  std::string capture;  // "found"
  std::string text;     // a template
};

/// A text that the rule has to find its marks in (what is between « and »), or nothing.
struct RuleExample {
  std::optional<Language> language;  // absent: all of the rule's
  std::string marked;
  bool is_clean = false;
  std::optional<std::string> good;  // the text after all fixes; absent: there are none
};

/// In a template `{capture}` stands for the text of a capture of the query. The words of `type`,
/// `severity` and `confidence` are those of findings.
struct Rule {
  std::string id;
  std::vector<Language> languages;
  std::string query;    // each pattern has a capture @found: the place of the finding
  std::string message;  // a template: what was seen
  std::string title;    // in a few words, for a line of a list; may be empty
  std::string why;      // why it matters
  std::string change;   // what the fix does; may be empty
  std::string type = "bug_fix";
  std::string severity = "warning";
  std::string confidence = "medium";
  std::vector<RuleEdit> edits;          // empty: no fix
  std::vector<std::string> covered_by;  // checks of clang-tidy that find the same
  std::vector<RuleExample> examples;
  std::string file;  // where it is written
};

struct RuleReading {
  bool alone = true;    // there may be nothing in the text but rules
  bool compile = true;  // check queries and templates, which takes time
};

/// Reads the [[rule]] tables of a TOML text. Errors are kUsage and name `file`, line, column and
/// what is nearest to a slip.
Result<std::vector<Rule>> parse_rules(std::string_view text, std::string_view file,
                                      const RuleReading& how = {});

/// Those that automod brings, by file and in the order of it.
const std::vector<Rule>& builtin_rules();

/// Bytes [begin, end) become `text`.
struct TextEdit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

struct RuleMatch {
  const Rule* rule = nullptr;  // of the set that found it
  std::size_t begin = 0;       // bytes
  std::size_t end = 0;
  std::size_t line = 0;    // from 1
  std::size_t column = 0;  // from 1, in bytes
  std::string message;
  std::vector<TextEdit> fix;  // sorted, apart from each other; empty: none
};

struct RuleMatches {
  std::vector<RuleMatch> found;  // by place, then in the order of the rules
  bool is_whole = true;          // false: time or the number of matches ran out
};

/// Rules that are ready to be used; from any thread.
class RuleSet {
 public:
  /// Rules that parse_rules() or builtin_rules() gave. Queries are compiled at first use.
  explicit RuleSet(std::vector<Rule> rules);
  RuleSet(RuleSet&&) noexcept;
  ~RuleSet();

  const std::vector<Rule>& rules() const;

  /// Takes bounded time and memory, whatever the rules and the text are. A line that holds, or
  /// follows one that holds, "automod-ignore" has no findings; with ": ID, ID" none of these.
  RuleMatches matches(Language language, std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The text with all fixes that can be made together, first come first served; nullopt when there
/// is none or it has more errors of syntax than before.
std::optional<std::string> fixed(Language language, std::string_view text,
                                 const std::vector<RuleMatch>& matches);

struct FailedExample {
  std::size_t number = 0;  // in the order of the rule, from 1
  Language language = Language::kC;
  std::string what;  // lower case, on one line
};

/// What is wrong with the rule by its own examples; empty when nothing is.
std::vector<FailedExample> failed_examples(const Rule& rule);

}  // namespace automod::analyzers
