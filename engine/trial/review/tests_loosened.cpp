#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/text.hpp"
#include "engine/trial/review/tests_numbers.hpp"
#include "engine/trial/review/tests_words.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostTokens = 5000;  // of a statement that is looked at closely

bool is_same(Tokens one, Tokens other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const Lexeme& a, const Lexeme& b) { return a.text == b.text; });
}

bool contains_any(const Statement& statement, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return contains_word(statement, word); });
}

Tokens without_brackets(Tokens tokens) {
  while (tokens.size() >= 2 && tokens.front().text == "(" &&
         inside(tokens, 0).size() == tokens.size() - 2) {
    tokens = tokens.subspan(1, tokens.size() - 2);
  }
  return tokens;
}

bool is_true(Tokens tokens) {
  tokens = without_brackets(tokens);
  if (tokens.size() == 2 && (tokens[0].text == "!" || tokens[0].text == "not")) {
    return tokens[1].text == "false" || tokens[1].text == "False" || tokens[1].text == "0";
  }
  if (tokens.size() != 1) return false;
  const Lexeme& only = tokens[0];
  if (only.is_string) return true;
  return only.text == "true" || only.text == "True" || (only.is_number && only.text != "0");
}

bool is_false(Tokens tokens) {
  tokens = without_brackets(tokens);
  return tokens.size() == 1 &&
         (tokens[0].text == "false" || tokens[0].text == "False" || tokens[0].text == "0");
}

bool is_size(Tokens tokens) {
  return std::any_of(tokens.begin(), tokens.end(), [](const Lexeme& token) {
    static constexpr std::array<std::string_view, 7> kNames = {
        "size", "len", "length", "count", "Length", "strlen", "Len"};
    return std::find(kNames.begin(), kNames.end(), token.text) != kNames.end();
  });
}

bool is_zero(Tokens tokens) {
  return tokens.size() == 1 && (tokens[0].text == "0" || tokens[0].text == "0u");
}

/// Position of the first of `words` that is in no bracket.
std::size_t find_outside(Tokens tokens, std::span<const std::string_view> words) {
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    depth += opens(tokens[i].text) ? 1 : closes(tokens[i].text) ? -1 : 0;
    if (depth == 0 && std::find(words.begin(), words.end(), tokens[i].text) != words.end()) {
      return i;
    }
  }
  return tokens.size();
}

constexpr std::array<std::string_view, 2> kOr = {"||", "or"};
constexpr std::array<std::string_view, 2> kAnd = {"&&", "and"};
constexpr std::array<std::string_view, 5> kReflexive = {"==", "===", "is", ">=", "<="};
constexpr std::array<std::string_view, 4> kIrreflexive = {"!=", "!==", "<", ">"};

/// `holds`: a condition that always does; otherwise one that never does.
bool is_constant(Tokens condition, bool holds) {
  constexpr int kDeepest = 16;
  for (int i = 0; i < kDeepest; ++i) {
    condition = without_brackets(condition);
    if (holds ? is_true(condition) : is_false(condition)) return true;
    const auto joint = find_outside(condition, holds ? std::span(kOr) : std::span(kAnd));
    if (joint < condition.size()) {
      if (is_constant(condition.first(joint), holds)) return true;
      condition = condition.subspan(joint + 1);
      continue;
    }
    const auto at =
        find_outside(condition, holds ? std::span<const std::string_view>(kReflexive)
                                      : std::span<const std::string_view>(kIrreflexive));
    if (at == condition.size()) return false;
    const Tokens left = without_brackets(condition.first(at));
    const Tokens right = without_brackets(condition.subspan(at + 1));
    if (left.empty() || right.empty()) return false;
    const std::string_view sign = condition[at].text;
    const bool is_bound = holds ? sign == ">=" : sign == "<";
    return is_same(left, right) || (is_bound && is_size(left) && is_zero(right));
  }
  return false;
}

Tokens condition_of(const Statement& header) {
  Tokens tokens(header.tokens);
  while (!tokens.empty() && (tokens[0].text == "else" || tokens[0].text == "if" ||
                             tokens[0].text == "elif" || tokens[0].text == "while")) {
    tokens = tokens.subspan(1);
  }
  if (!tokens.empty() && tokens.back().text == ":") tokens = tokens.first(tokens.size() - 1);
  // Go: "got := f(); got != 1".
  for (std::size_t i = tokens.size(); i > 0; --i) {
    if (tokens[i - 1].text == ";") return tokens.subspan(i);
  }
  return tokens;
}

bool is_vain_call(Tokens tokens, std::size_t open) {
  const std::string name = in_lower(
      tokens[open - 1].text == "!" && open >= 2 ? tokens[open - 2].text : tokens[open - 1].text);
  const auto all = arguments(inside(tokens, open));
  if (all.empty()) return false;
  const bool wants_false = name.find("false") != name.npos;
  if (all.size() == 1 || name.find("true") != name.npos || wants_false || name == "assert") {
    if (wants_false ? is_false(all[0]) : is_constant(all[0], true)) return true;
  }
  if (all.size() < 2) return false;
  const bool is_reflexive = name.find("eq") != name.npos || name.ends_with("_ge") ||
                            name.ends_with("_le") || name.find("same") != name.npos ||
                            name.ends_with("is") || name == "is" || name.find("near") != name.npos;
  if (is_reflexive && is_same(all[0], all[1])) return true;
  const bool is_least = name.ends_with("_ge") || name.find("greaterequal") != name.npos;
  return is_least && is_size(all[0]) && is_zero(all[1]);
}

/// "expect(x).toBe(x)".
bool is_vain_expectation(Tokens tokens, std::size_t open) {
  const Tokens found = inside(tokens, open);
  for (std::size_t i = open + found.size() + 2; i + 1 < tokens.size(); ++i) {
    if (tokens[i + 1].text != "(") continue;
    const std::string name = in_lower(tokens[i].text);
    const Tokens wanted = inside(tokens, i + 1);
    const bool is_not = i >= 2 && tokens[i - 2].text == "not";
    if (is_not) return false;
    if (name == "tobe" || name.find("equal") != name.npos) return is_same(found, wanted);
    if (name == "tobegreaterthanorequal") return is_size(found) && is_zero(wanted);
    return wanted.empty() && is_true(found) &&
           (name == "tobetruthy" || name == "tobedefined" || name == "tobenotnull");
  }
  return false;
}

/// How much an assertion says about what it compares: equality most, "something" least.
int strength(const Statement& statement, bool is_inverted) {
  int most = 0;
  for (std::size_t i = 0; i < statement.tokens.size(); ++i) {
    const std::string name = in_lower(statement.tokens[i].text);
    const bool is_call = i + 1 < statement.tokens.size() && (statement.tokens[i + 1].text == "(" ||
                                                             statement.tokens[i + 1].text == "!");
    int says = 0;
    if (name == "==" || name == "===" || name == "!=" || name == "!==") {
      says = (name[0] == '=') != is_inverted ? 4 : 1;
    } else if (name == "<" || name == ">" || name == "<=" || name == ">=") {
      says = 2;
    } else if (is_call) {
      const bool is_not = name.find("not") != name.npos || name.ends_with("_ne");
      const bool is_near = name.find("near") != name.npos || name.find("almost") != name.npos ||
                           name.find("approx") != name.npos || name.find("close") != name.npos;
      const bool is_equal = name.find("equal") != name.npos || name.ends_with("_eq") ||
                            name.ends_with("streq") || name == "tobe" || name == "is" ||
                            name == "strcmp" || name == "memcmp";
      const bool is_order = name.find("less") != name.npos || name.find("greater") != name.npos ||
                            bound_by_name(name) != 0;
      says = is_not ? 1 : is_near ? 3 : is_order ? 2 : is_equal ? 4 : 0;
    }
    most = std::max(most, says);
  }
  return most;
}

std::size_t count(const Statement& statement, std::span<const std::string_view> words) {
  return static_cast<std::size_t>(
      std::count_if(statement.tokens.begin(), statement.tokens.end(), [&](const Lexeme& token) {
        return std::find(words.begin(), words.end(), token.text) != words.end();
      }));
}

bool only_warns(const Statement& statement) {
  return std::any_of(statement.tokens.begin(), statement.tokens.end(), [](const Lexeme& token) {
    return token.is_word && (token.text == "WARN" || token.text.starts_with("WARN_") ||
                             token.text.find("NOFAIL") != token.text.npos || token.text == "soft" ||
                             token.text == "print");
  });
}

/// How wide the net is that an expected exception is caught with; 0: none is expected.
int width(const Statement& statement) {
  static constexpr std::array<std::string_view, 4> kWidest = {"Exception", "BaseException",
                                                              "Throwable", "any"};
  static constexpr std::array<std::string_view, 4> kAny = {"REQUIRE_THROWS", "CHECK_THROWS",
                                                           "EXPECT_ANY_THROW", "ASSERT_ANY_THROW"};
  static constexpr std::array<std::string_view, 9> kThrows = {
      "THROW", "throw", "Throw", "raises", "Raises", "throws", "Throws", "THROWS", "rejects"};
  const bool expects =
      std::any_of(statement.tokens.begin(), statement.tokens.end(), [](const Lexeme& token) {
        return std::any_of(kThrows.begin(), kThrows.end(), [&](std::string_view part) {
          return token.is_word && token.text.find(part) != token.text.npos;
        });
      });
  if (!expects) return 0;
  if (contains_any(statement, kWidest) || contains_any(statement, kAny)) return 3;
  if (statement.text.find("std :: exception") != std::string::npos) return 3;
  return 1;
}

std::optional<std::string> loosened_exception(const Statement& before, const Statement& after) {
  const int was = width(before);
  const int is = width(after);
  if (was == 0 || is == 0) return std::nullopt;
  if (is > was) return "any exception will do";
  const auto speaks = [](const Statement& statement) {
    return contains_word(statement, "match") || statement.text.find("Regex") != std::string::npos ||
           statement.text.find("_WITH") != std::string::npos ||
           statement.text.find("_MATCHES") != std::string::npos;
  };
  if (speaks(before) && !speaks(after)) return "the message of the exception does not count";
  const auto has_arguments = [](const Statement& statement) {
    for (std::size_t i = 0; i + 2 < statement.tokens.size(); ++i) {
      if (statement.tokens[i].text.starts_with("toThrow")) {
        return statement.tokens[i + 2].text != ")";
      }
    }
    return true;
  };
  if (has_arguments(before) && !has_arguments(after)) return "any exception will do";
  return std::nullopt;
}

/// "<" that became "<=".
std::optional<std::string> loosened_sign(const Statement& before, const Statement& after,
                                         bool is_inverted) {
  if (before.tokens.size() != after.tokens.size()) return std::nullopt;
  for (std::size_t i = 0; i < before.tokens.size(); ++i) {
    const std::string& was = before.tokens[i].text;
    const std::string& is = after.tokens[i].text;
    const bool gained = (was == "<" && is == "<=") || (was == ">" && is == ">=");
    const bool lost = (was == "<=" && is == "<") || (was == ">=" && is == ">");
    const std::string old_name = in_lower(was);
    const std::string name = in_lower(is);
    const bool by_name = (old_name.ends_with("_lt") && name.ends_with("_le")) ||
                         (old_name.ends_with("_gt") && name.ends_with("_ge")) ||
                         (name == old_name + "equal" && old_name.find("equal") == name.npos);
    if (by_name || (is_inverted ? lost : gained)) return "equality is allowed as well";
  }
  return std::nullopt;
}

bool is_subsequence(Tokens part, Tokens whole) {
  std::size_t at = 0;
  for (const auto& token : whole) {
    if (at < part.size() && part[at].text == token.text) ++at;
  }
  return at == part.size();
}

/// Whole elements of a list with the comma that parts them from the others.
bool are_elements(Tokens tokens) {
  int depth = 0;
  for (const auto& token : tokens) {
    depth += opens(token.text) ? 1 : closes(token.text) ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth == 0 && (tokens.front().text == "," || tokens.back().text == ",");
}

bool asks_any(const Statement& statement) {
  static constexpr std::array<std::string_view, 6> kAny = {"any",   "some",  "any_of",
                                                           "AnyOf", "anyOf", "anyMatch"};
  return contains_any(statement, kAny);
}

}  // namespace

bool is_tautology(const Statement& statement, bool is_inverted) {
  const Tokens tokens(statement.tokens);
  if (is_inverted) return is_constant(condition_of(statement), false);
  if (tokens.empty()) return false;
  if (tokens[0].text == "assert" && (tokens.size() < 2 || tokens[1].text != "!")) {
    const auto parts = arguments(tokens.subspan(1));
    if (parts.empty()) return false;
    const Tokens condition = without_brackets(parts[0]);
    // A tuple is true, whatever it holds: assert (x == y, "message").
    const bool is_keyword = statement.type == "assert_statement";
    if (is_keyword && parts.size() == 1 && arguments(condition).size() > 1) return true;
    if (is_constant(parts[0], true)) return true;
  }
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].text != "(") continue;
    const Lexeme& called = tokens[i - 1].text == "!" && i >= 2 ? tokens[i - 2] : tokens[i - 1];
    if (!called.is_word || !is_assertion_name(called.text)) continue;
    const bool is_chain =
        called.text == "expect" && i + inside(tokens, i).size() + 2 < tokens.size();
    if (is_chain ? is_vain_expectation(tokens, i) : is_vain_call(tokens, i)) return true;
  }
  return false;
}

std::optional<std::string> loosened(const Statement& before, const Statement& after,
                                    bool is_inverted) {
  if (before.tokens.size() > kMostTokens || after.tokens.size() > kMostTokens) return std::nullopt;
  if (is_tautology(after, is_inverted) && !is_tautology(before, is_inverted)) {
    return is_inverted ? "can never fail" : "always holds";
  }
  if (only_warns(after) && !only_warns(before)) return "does not fail the test";
  if (auto why = loosened_exception(before, after)) return why;
  const std::span<const std::string_view> widens = is_inverted ? kAnd : kOr;
  const std::span<const std::string_view> narrows = is_inverted ? kOr : kAnd;
  if (count(after, widens) > count(before, widens)) return "another way to hold was added";
  if (count(after, narrows) < count(before, narrows) &&
      is_subsequence(after.tokens, before.tokens)) {
    return "a part of the condition is gone";
  }
  if (auto why = loosened_sign(before, after, is_inverted)) return why;
  if (auto why = loosened_numbers(before, after, is_inverted)) return why;
  if (asks_any(after) && !asks_any(before)) return "one that holds is enough";
  if (strength(after, is_inverted) < strength(before, is_inverted)) return "compares less strictly";
  return std::nullopt;
}

bool has_larger_number(const Statement& before, const Statement& after) {
  if (before.tokens.size() != after.tokens.size()) return false;
  bool grew = false;
  for (std::size_t i = 0; i < before.tokens.size(); ++i) {
    const Lexeme& was = before.tokens[i];
    const Lexeme& is = after.tokens[i];
    if (was.text == is.text) continue;
    if (!was.is_number || !is.is_number) return false;
    grew = grew || number_of(is.text) > number_of(was.text);
  }
  return grew;
}

bool is_part_of_list(const Statement& part, const Statement& whole) {
  const Tokens less(part.tokens);
  const Tokens more(whole.tokens);
  if (less.size() >= more.size() || more.size() > kMostTokens) return false;
  const auto is_pair = [](const Lexeme& one, const Lexeme& other) {
    return one.text == other.text;
  };
  const auto first = std::mismatch(less.begin(), less.end(), more.begin(), is_pair).first;
  const auto last = std::mismatch(less.rbegin(), less.rend(), more.rbegin(), is_pair).first;
  const auto most = static_cast<std::size_t>(first - less.begin());
  const auto least = less.size() - static_cast<std::size_t>(last - less.rbegin());
  constexpr std::size_t kMostTries = 64;
  for (std::size_t at = least; at <= most && at < least + kMostTries; ++at) {
    if (are_elements(more.subspan(at, more.size() - less.size()))) return true;
  }
  return false;
}

}  // namespace automod::trial
