#include "engine/trial/review/tests_compare.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "engine/trial/review/tests_align.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;

bool is_branch(const Statement& header) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "if", "else", "elif", "switch", "while", "match", "catch", "except", "case"};
  return !header.tokens.empty() &&
         std::find(kWords.begin(), kWords.end(), header.tokens[0].text) != kWords.end();
}

bool catches(const Statement& header) {
  if (header.tokens.empty()) return false;
  return header.tokens[0].text == "try" || contains_word(header, "suppress") ||
         contains_word(header, "catch_unwind");
}

/// A part of a test that its framework runs like any other: a section, or a plain block.
bool is_section(const Statement& header) {
  static constexpr std::array<std::string_view, 12> kWords = {
      "SECTION",  "SUBCASE", "GIVEN", "WHEN",   "THEN", "AND_WHEN",
      "AND_THEN", "subTest", "WITH",  "unsafe", "it",   "describe"};
  return header.tokens.empty() ||
         std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return contains_word(header, word); });
}

/// A statement that is nothing but a call's report of a failure: what it prints means nothing.
bool is_report(const Statement& statement) {
  static constexpr std::array<std::string_view, 6> kNames = {"Errorf", "Fatalf", "Error",
                                                             "Fatal",  "Fail",   "FailNow"};
  return statement.tokens.size() > 3 && statement.tokens[1].text == "." &&
         std::find(kNames.begin(), kNames.end(), statement.tokens[2].text) != kNames.end();
}

bool fails_test(const Statement& statement) {
  if (is_failure(statement) || is_report(statement)) return true;
  return !statement.tokens.empty() &&
         in_lower(statement.tokens[0].text).find("fail") != std::string::npos;
}

/// Without the message that is printed when it fails.
std::vector<Lexeme> without_message(const Statement& statement) {
  std::vector<Lexeme> kept;
  int depth = 0;
  for (const auto& token : statement.tokens) {
    depth += token.text == "(" || token.text == "[" || token.text == "{"   ? 1
             : token.text == ")" || token.text == "]" || token.text == "}" ? -1
                                                                           : 0;
    if (depth == 0 && token.text == "<<") break;
    if (depth == 0 && token.text == "," && statement.type == "assert_statement") break;
    kept.push_back(token);
  }
  return kept;
}

std::string equally_strict(std::string text) {
  struct Pair {
    std::string_view from;
    std::string_view to;
  };
  static constexpr std::array<Pair, 4> kPairs = {
      {{"REQUIRE", "CHECK"}, {"ASSERT_", "EXPECT_"}, {"Fatalf", "Errorf"}, {"Fatal", "Error"}}};
  for (const auto& pair : kPairs) {
    const auto at = text.find(pair.from);
    if (at != text.npos) text.replace(at, pair.from.size(), pair.to);
  }
  return text;
}

/// One version of a unit with what each of its statements is inside of.
struct Side {
  const std::vector<Statement>& statements;
  const Checking& checking;
  std::vector<std::size_t> parents{};  // kNoPartner for the heading

  std::vector<bool> guards{};  // conditions under which the test fails
  std::vector<bool> assertions{};

  void read() {
    guards.assign(statements.size(), false);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      while (!open.empty() && statements[open.back()].depth >= statements[i].depth) open.pop_back();
      parents.push_back(open.empty() ? kNoPartner : open.back());
      if (statements[i].opens) open.push_back(i);
      const bool fails = fails_test(statements[i]);
      assertions.push_back(fails || count_assertions(statements[i], checking) > 0);
      if (fails && parents[i] != kNoPartner && parents[i] != 0 && is_if(statements[parents[i]])) {
        guards[parents[i]] = assertions[parents[i]] = true;
      }
    }
  }

  static bool is_if(const Statement& header) {
    if (header.tokens.empty()) return false;
    const std::string& first = header.tokens[0].text;
    return first == "if" || first == "elif" || first == "else";
  }

  bool is_guard(std::size_t i) const { return guards[i]; }
  bool asserts(std::size_t i) const { return assertions[i]; }

  bool is_inside(std::size_t i, std::size_t outer) const {
    for (; i != kNoPartner; i = parents[i]) {
      if (i == outer) return true;
    }
    return false;
  }
};

class Comparer {
 public:
  Comparer(const Sides& files, const Unit& before, const Unit& after, std::vector<CodeFact>& facts)
      : files_(files),
        before_unit_(before),
        before_{before.statements, files.before.checking},
        after_{after.statements, files.after.checking},
        facts_(facts) {
    before_.read();
    after_.read();
    aligned_ = align(before_.statements, after_.statements);
  }

  void run() {
    for (std::size_t i = 0; i < before_.statements.size(); ++i) {
      const std::size_t j = aligned_.of_before[i];
      if (j == kNoPartner) {
        removed(i);
      } else {
        if (i > 0 && before_.statements[i].text != after_.statements[j].text) edited(i, j);
        if (aligned_.is_moved[i]) moved(i, j);
        enclosed(i, j);
      }
    }
    for (std::size_t j = 1; j < after_.statements.size(); ++j) {
      if (aligned_.of_after[j] == kNoPartner) inserted(j);
    }
  }

 private:
  bool is_helper() const { return before_unit_.kind != UnitKind::kCase; }

  void add(FactKind kind, std::size_t line, const std::string& why, const Statement* before,
           const Statement* after) {
    CodeFact fact;
    fact.kind = kind;
    fact.path = files_.after.path;
    fact.line = line;
    fact.what = brief(before_unit_.name + (why.empty() ? "" : ": " + why));
    if (before != nullptr) fact.before = brief(before->text);
    if (after != nullptr) fact.after = brief(after->text);
    facts_.push_back(std::move(fact));
  }

  void edited(std::size_t i, std::size_t j) {
    const Statement& was = before_.statements[i];
    const Statement& is = after_.statements[j];
    if (was.tokens.empty() || is.tokens.empty()) return;
    if (is_table(was)) {
      if (is_part_of_list(was, is)) return add(FactKind::kTestAdded, is.line, "", &was, &is);
      if (is_part_of_list(is, was)) {
        return add(FactKind::kTestLoosened, is.line, "fewer cases", &was, &is);
      }
    }
    if (is_never(is) && !is_never(was)) {
      return add(FactKind::kTestDisabled, is.line, "never runs", &was, &is);
    }
    if (was.opens && catches(is) && !catches(was)) {
      return add(FactKind::kTestLoosened, is.line, "errors inside are caught", &was, &is);
    }
    if (before_.asserts(i)) return edited_assertion(i, j);
    const auto why = loosened_figure(was, is);
    if (why) return add(FactKind::kTestLoosened, is.line, *why, &was, &is);
    if (is_helper() && was.tokens[0].text == "return" && is_constant_return(is) &&
        was.tokens.size() > is.tokens.size()) {
      return add(FactKind::kTestLoosened, is.line, "always answers the same", &was, &is);
    }
    add(FactKind::kTestExpectation, is.line, "", &was, &is);
  }

  static bool is_constant_return(const Statement& statement) {
    return statement.tokens.size() == 2 && statement.tokens[0].text == "return" &&
           (statement.tokens[1].is_number || statement.tokens[1].text == "true" ||
            statement.tokens[1].text == "True");
  }

  void edited_assertion(std::size_t i, std::size_t j) {
    const Statement& was = before_.statements[i];
    const Statement& is = after_.statements[j];
    const std::size_t old_count = count_assertions(was, before_.checking);
    const std::size_t count = count_assertions(is, after_.checking);
    const bool is_inverted = before_.is_guard(i);
    if (!after_.asserts(j) || count < old_count) {
      return add(is_helper() ? FactKind::kTestLoosened : FactKind::kTestRemoved, is.line,
                 "asserts less", &was, &is);
    }
    if (is_report(was) && is_report(is)) return;
    if (joined(without_message(was)) == joined(without_message(is))) return;
    if (equally_strict(was.text) == equally_strict(is.text)) return;
    if (const auto why = loosened(was, is, is_inverted)) {
      return add(FactKind::kTestLoosened, is.line, *why, &was, &is);
    }
    add(FactKind::kTestExpectation, is.line, "", &was, &is);
  }

  /// Of what is no assertion only rounds, times and tolerances count.
  static std::optional<std::string> loosened_figure(const Statement& was, const Statement& is) {
    auto why = loosened(was, is, false);
    if (why == "waits longer" || why == "runs fewer rounds" || why == "tolerance widened") {
      return why;
    }
    if (was.continues && was.tokens[0].text == "," && has_larger_number(was, is)) {
      return "waits longer";
    }
    if (is_loop(was) && is_part_of_list(is, was)) return "fewer cases";
    return std::nullopt;
  }

  /// Declares what a loop of the same file goes through, or is a loop over a list.
  bool is_table(const Statement& statement) const {
    if (is_table_call(statement) || is_loop(statement)) return true;
    if (statement.continues) return files_.before.language == Language::kGo;
    for (const auto& token : statement.tokens) {
      if (token.declares && is_looped(token.text)) return true;
    }
    return false;
  }

  bool is_looped(std::string_view name) const { return files_.before.looped.contains(name); }

  void removed(std::size_t i) {
    const Statement& was = before_.statements[i];
    const std::size_t parent = before_.parents[i];
    if (before_.asserts(i)) {
      const bool is_kept_elsewhere = is_new_elsewhere(was);
      const auto kind = is_kept_elsewhere ? FactKind::kTestExpectation
                        : is_helper()     ? FactKind::kTestLoosened
                                          : FactKind::kTestRemoved;
      return add(kind, was.line, is_kept_elsewhere ? "asserted elsewhere now" : "asserts less",
                 &was, nullptr);
    }
    if (is_about_time(was)) {
      return add(FactKind::kTestLoosened, was.line, "does not wait", &was, nullptr);
    }
    if (leaves(was) && !was.text.starts_with("return")) return;
    if (parent != kNoPartner && aligned_.of_before[parent] == kNoPartner) return;
    if (was.text.starts_with("# include") || was.text.starts_with("import") ||
        was.text.starts_with("using") || was.tokens.empty()) {
      return;
    }
    add(FactKind::kTestExpectation, was.line, "a step is gone", &was, nullptr);
  }

  bool is_new_elsewhere(const Statement& statement) const {
    const auto count = [&](const TestFile& file) {
      const auto found = file.running.find(statement.text);
      return found == file.running.end() ? 0 : found->second;
    };
    return count(files_.after) > 0 && count(files_.after) >= count(files_.before);
  }

  void moved(std::size_t i, std::size_t j) {
    if (!before_.asserts(i)) return;
    add(FactKind::kTestExpectation, after_.statements[j].line, "asserted in another order",
        &before_.statements[i], &after_.statements[j]);
  }

  /// What stands around a statement that was kept.
  void enclosed(std::size_t i, std::size_t j) {
    std::size_t inner = after_.parents[j];
    for (; inner != kNoPartner && aligned_.of_after[inner] == kNoPartner;
         inner = after_.parents[inner]) {
      if (after_.asserts(j) || is_never(after_.statements[inner])) wrapped(inner, i);
    }
    std::size_t outer = before_.parents[i];
    for (; outer != kNoPartner && aligned_.of_before[outer] == kNoPartner;
         outer = before_.parents[outer]) {
      if (before_.asserts(i)) unwrapped(outer);
    }
    const bool is_same = inner == kNoPartner || outer == kNoPartner
                             ? inner == outer
                             : aligned_.of_before[outer] == inner;
    if (!is_same && before_.asserts(i) && !aligned_.is_moved[i]) {
      add(FactKind::kTestExpectation, after_.statements[j].line, "asserted at another place",
          &before_.statements[i], &after_.statements[j]);
    }
  }

  void wrapped(std::size_t header, std::size_t i) {
    if (!reported_.insert(header).second) return;
    const Statement& around = after_.statements[header];
    const Statement& was = before_.statements[i];
    if (is_never(around)) {
      return add(FactKind::kTestDisabled, around.line, "never runs", &was, &around);
    }
    if (catches(around)) {
      return add(FactKind::kTestLoosened, around.line, "errors around it are caught", &was,
                 &around);
    }
    if (is_section(around)) return;
    if (is_branch(around)) {
      return add(FactKind::kTestLoosened, around.line, "runs under a condition only", &was,
                 &around);
    }
    const bool is_run = contains_word(around, "Run") || contains_word(around, "test");
    if (is_function(around) && !is_run) {
      return add(FactKind::kTestLoosened, around.line, "is put off", &was, &around);
    }
    add(FactKind::kTestExpectation, around.line, "stands inside something new", &was, &around);
  }

  void unwrapped(std::size_t header) {
    if (!unwrapped_.insert(header).second) return;
    const Statement& around = before_.statements[header];
    if (is_section(around) || catches(around)) return;
    add(is_loop(around) ? FactKind::kTestLoosened : FactKind::kTestExpectation, around.line,
        is_loop(around) ? "runs fewer rounds" : "stood inside", &around, nullptr);
  }

  /// The nearest function around a statement; the unit itself counts as 0.
  std::size_t function_around(std::size_t j) const {
    for (std::size_t at = after_.parents[j]; at != kNoPartner && at != 0; at = after_.parents[at]) {
      if (is_function(after_.statements[at])) return at;
    }
    return 0;
  }

  /// The first assertion behind `j`, inside `outer`, that was there before.
  std::size_t kept_assertion_after(std::size_t j, std::size_t outer) const {
    for (std::size_t k = j + 1; k < after_.statements.size(); ++k) {
      if (aligned_.of_after[k] == kNoPartner || !after_.asserts(k)) continue;
      if (outer == 0 || after_.is_inside(k, outer) || after_.statements[k].continues) return k;
    }
    return kNoPartner;
  }

  void inserted(std::size_t j) {
    const Statement& is = after_.statements[j];
    const std::size_t function = function_around(j);
    if (function != 0 && aligned_.of_after[function] == kNoPartner) return;
    const std::size_t kept = kept_assertion_after(j, function);
    const bool is_failing = fails_test(is) && !leaves_quietly(is);
    if (kept != kNoPartner && leaves(is) && !is_failing) {
      return add(is_helper() ? FactKind::kTestLoosened : FactKind::kTestDisabled, is.line,
                 "may end before it asserts", nullptr, &is);
    }
    const bool jumps = is.text == "break" || is.text == "continue";
    if (kept != kNoPartner && jumps) {
      return add(FactKind::kTestLoosened, is.line, "leaves a round out", nullptr, &is);
    }
    if (after_.asserts(j)) return add(FactKind::kTestAdded, is.line, "", nullptr, &is);
    // What conditions do to what was there before has been said.
    if (is.opens && (is_branch(is) || catches(is) || is_never(is))) return;
    if (is_helper() ? !is.tokens.empty() : disturbs(j, kept)) {
      add(FactKind::kTestExpectation, is.line, "a step is new", nullptr, &is);
    }
  }

  static bool leaves_quietly(const Statement& statement) {
    return statement.text == "return" || statement.text == "return 0" ||
           statement.text == "return nil" || statement.text == "return None";
  }

  /// Does the new statement touch what assertions that were kept behind it are about?
  bool disturbs(std::size_t j, std::size_t kept) const {
    if (kept == kNoPartner) return false;
    const Statement& is = after_.statements[j];
    if (is.text.starts_with("#") || is_about_time(is)) return true;
    if (is_function(is)) return false;
    std::set<std::string_view> touched;
    bool declares = false;
    for (const auto& token : is.tokens) {
      if (!token.declares) continue;
      declares = true;
      touched.insert(token.text);
    }
    if (!declares || is.type == "expression_statement") {
      for (const auto& token : is.tokens) {
        if (token.is_word) touched.insert(token.text);
      }
    }
    for (std::size_t k = kept; k < after_.statements.size(); ++k) {
      if (aligned_.of_after[k] == kNoPartner) continue;
      for (const auto& token : after_.statements[k].tokens) {
        if (token.is_word && !is_common(token.text) && touched.contains(token.text)) return true;
      }
    }
    return false;
  }

  static bool is_common(std::string_view word) {
    static constexpr std::array<std::string_view, 6> kWords = {"std", "auto", "const",
                                                               "int", "t",    "true"};
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
  }

  const Sides& files_;
  const Unit& before_unit_;
  Side before_;
  Side after_;
  std::vector<CodeFact>& facts_;
  Alignment aligned_;
  std::set<std::size_t> reported_;
  std::set<std::size_t> unwrapped_;
};

}  // namespace

void compare_bodies(const Sides& files, const Unit& before, const Unit& after,
                    std::vector<CodeFact>& facts) {
  Comparer(files, before, after, facts).run();
}

}  // namespace automod::trial
