#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "engine/trial/review/tests_align.hpp"
#include "engine/trial/review/tests_compare.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kLongest = 200;

CodeFact fact_of(FactKind kind, const Sides& files, const Unit& unit, std::size_t line,
                 const std::string& why, const Statement* before, const Statement* after) {
  CodeFact fact;
  fact.kind = kind;
  fact.path = files.after.path;
  fact.line = line;
  fact.what = brief(unit.name + (why.empty() ? "" : ": " + why));
  if (before != nullptr) fact.before = brief(before->text);
  if (after != nullptr) fact.after = brief(after->text);
  return fact;
}

/// How many words of a macro's text can make a test fail.
std::size_t power_of(const Statement& macro) {
  std::size_t power = 0;
  for (std::size_t i = 2; i < macro.tokens.size(); ++i) {
    const std::string name = in_lower(macro.tokens[i].text);
    const bool counts = name == "if" || name == "!" || name == "++" || name == "throw" ||
                        name == "return" || name == "exit" || name == "abort" ||
                        name.find("fail") != name.npos || is_assertion_name(name);
    power += counts ? 1 : 0;
  }
  return power;
}

/// The heading of a test without the word that switches it off or says which it is.
std::string plain_heading(const Unit& unit) {
  std::string text = unit.heading().text;
  for (auto at = text.find("DISABLED_"); at != text.npos; at = text.find("DISABLED_")) {
    text.erase(at, 9);
  }
  return text;
}

void compare_headings(const Sides& files, const Unit& before, const Unit& after,
                      std::vector<CodeFact>& facts) {
  const Statement& was = before.heading();
  const Statement& is = after.heading();
  if (plain_heading(before) == plain_heading(after)) return;
  const auto add = [&](FactKind kind, const std::string& why) {
    facts.push_back(fact_of(kind, files, before, is.line, why, &was, &is));
  };
  if (!after.disabled.empty() && before.disabled.empty()) return;  // said already
  if (was.text.starts_with("#define")) {
    const bool is_less = power_of(is) < power_of(was);
    return add(is_less ? FactKind::kTestLoosened : FactKind::kTestExpectation,
               is_less ? "asserts less" : "");
  }
  if (is_table_call(was) && is_part_of_list(was, is)) return add(FactKind::kTestAdded, "");
  if (is_table_call(was) && is_part_of_list(is, was)) {
    return add(FactKind::kTestLoosened, "fewer cases");
  }
  const bool panics = contains_word(is, "should_panic") && !contains_word(was, "should_panic");
  const bool lost_text = contains_word(was, "expected") && !contains_word(is, "expected");
  if (panics || lost_text) return add(FactKind::kTestLoosened, "what is expected says less");
  if (const auto why = loosened(was, is, false)) return add(FactKind::kTestLoosened, *why);
  if (before.name != after.name && before.kind == UnitKind::kCase) return;  // renamed: said already
  add(FactKind::kTestExpectation, "");
}

void compare_guards(const Sides& files, const Unit& before, const Unit& after,
                    std::vector<CodeFact>& facts) {
  if (before.guards == after.guards) return;
  const std::string now = after.guards.empty() ? "" : after.guards.back();
  Statement is;
  is.text = now;
  is.tokens = lexed(now);
  const bool is_more = after.guards.size() > before.guards.size();
  if (!is_more && after.guards.size() < before.guards.size()) return;  // runs more often
  facts.push_back(fact_of(is_more ? FactKind::kTestDisabled : FactKind::kTestExpectation, files,
                          before, after.line,
                          is_more ? "runs under a condition only" : "runs under another condition",
                          before.guards.empty() ? &before.heading() : nullptr, &is));
}

/// Nobody writes tests of this size by hand; what cannot be compared with care is shown.
bool is_comparable(const Unit& unit) {
  constexpr std::size_t kMostStatements = 4000;
  constexpr std::size_t kDeepest = 200;
  return unit.statements.size() <= kMostStatements &&
         std::none_of(unit.statements.begin(), unit.statements.end(), [&](const Statement& one) {
           return one.depth > unit.heading().depth + kDeepest;
         });
}

bool has_same_text(const Unit& one, const Unit& other) {
  return std::equal(one.statements.begin(), one.statements.end(), other.statements.begin(),
                    other.statements.end(), [](const Statement& a, const Statement& b) {
                      return a.text == b.text && a.depth == b.depth;
                    });
}

/// True when there is nothing more to compare.
bool is_settled(const Sides& files, const Unit& before, const Unit& after,
                std::vector<CodeFact>& facts) {
  if (has_same_text(before, after)) return true;
  if (is_comparable(before) && is_comparable(after)) return false;
  facts.push_back(fact_of(FactKind::kTestExpectation, files, before, after.line,
                          "too long to be compared", &before.heading(), &after.heading()));
  return true;
}

}  // namespace

std::string brief(std::string_view text) {
  std::string line = valid_utf8(text.substr(0, kLongest));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return line + (text.size() > kLongest ? "…" : "");
}

void compare_units(const Sides& files, const Unit& before, const Unit& after,
                   std::vector<CodeFact>& facts) {
  if (before.disabled.empty() && !after.disabled.empty()) {
    facts.push_back(fact_of(FactKind::kTestDisabled, files, before, after.line, after.disabled,
                            &before.heading(), &after.heading()));
  }
  compare_guards(files, before, after, facts);
  if (is_settled(files, before, after, facts)) return;
  Unit named = before;
  named.statements = with_names(before.statements, renamed(before.statements, after.statements));
  compare_headings(files, named, after, facts);
  compare_bodies(files, named, after, facts);
}

void compare_others(const Sides& files, const Unit& before, const Unit& after,
                    std::vector<CodeFact>& facts) {
  // A heading of no words stands for the file.
  const auto inside = [](const Unit& unit) {
    Unit made = unit;
    made.kind = UnitKind::kHelper;
    made.name = "the file";
    for (const auto& token : unit.heading().tokens) {
      if (token.declares) made.name = token.text;
    }
    for (auto& statement : made.statements) ++statement.depth;
    Statement heading;
    heading.opens = true;
    made.statements.insert(made.statements.begin(), heading);
    return made;
  };
  compare_guards(files, before, after, facts);
  if (is_settled(files, before, after, facts)) return;
  const Unit one = inside(before);
  const Unit other = inside(after);
  compare_bodies(files, one, other, facts);
}

}  // namespace automod::trial
