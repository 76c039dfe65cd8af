#include "engine/trial/review/tests_numbers.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"

namespace automod::trial {

double number_of(std::string text) {
  std::erase_if(text, [](char c) { return c == '\'' || c == '_'; });
  return std::strtod(text.c_str(), nullptr);
}

int bound_by_name(std::string_view function) {
  const std::string name = in_lower(function);
  if (name.ends_with("_lt") || name.ends_with("_le") || name.find("less") != name.npos) return 1;
  if (name.ends_with("_gt") || name.ends_with("_ge") || name.find("greater") != name.npos) {
    return -1;
  }
  return 0;
}

namespace {

bool is_tolerance(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kParts = {
      "tol", "eps", "delta", "margin", "abs", "rel", "near", "close", "within", "precision"};
  const std::string lower = in_lower(name);
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return lower.find(part) != lower.npos; });
}

bool counts_rounds(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kParts = {
      "round", "iter", "cases", "sample", "repeat", "runs", "loops", "times", "trials", "range"};
  const std::string lower = in_lower(name);
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return lower.find(part) != lower.npos; });
}

/// The name that says what the number at `at` is: "rel" in "rel = 1e-3", or the function whose
/// argument it is.
std::string_view role_of_number(const Statement& statement, std::size_t at) {
  const auto& tokens = statement.tokens;
  if (at >= 2 && (tokens[at - 1].text == "=" || tokens[at - 1].text == ":") &&
      tokens[at - 2].is_word) {
    return tokens[at - 2].text;
  }
  int depth = 0;
  for (std::size_t i = at; i-- > 1;) {
    depth += closes(tokens[i].text) ? 1 : opens(tokens[i].text) ? -1 : 0;
    if (depth < 0) return tokens[i - 1].text;
  }
  return {};
}

/// Is the comparison nearest in front of the number an upper (1) or lower (-1) bound for the
/// other side? 0: neither.
int bound_before(const Statement& statement, std::size_t at) {
  for (std::size_t i = at; i-- > 0;) {
    const std::string& text = statement.tokens[i].text;
    if (text == "<" || text == "<=") return 1;
    if (text == ">" || text == ">=") return -1;
    if (text == "==" || text == "," || text == "!=" || text == "&&" || text == "||") return 0;
  }
  return 0;
}

/// The third argument of Java's assertEquals.
bool is_delta(const Statement& statement, std::size_t at, std::string_view function) {
  if (function != "assertequals" && function != "assertarrayequals") return false;
  const Tokens tokens(statement.tokens);
  for (std::size_t i = 0; i + 1 < at; ++i) {
    if (in_lower(tokens[i].text) != function || tokens[i + 1].text != "(") continue;
    const auto all = arguments(inside(tokens, i + 1));
    return all.size() == 3 && all[2].data() == &tokens[at];
  }
  return false;
}

std::optional<std::string> loosened_number(const Statement& before, const Statement& after,
                                           std::size_t at, bool is_inverted) {
  const double was = number_of(before.tokens[at].text);
  const double is = number_of(after.tokens[at].text);
  const bool is_negative = at > 0 && before.tokens[at - 1].text == "-";
  const bool grew = is_negative ? is < was : is > was;
  const std::string_view role = role_of_number(before, at);
  const std::string name = in_lower(role);
  if (is_about_time(before)) {
    if (grew) return "waits longer";
    return std::nullopt;
  }
  if (name.find("places") != name.npos || name.find("digits") != name.npos ||
      name == "tobecloseto" || name == "assertalmostequal") {
    if (!grew) return "compares fewer digits";
    return std::nullopt;
  }
  if (is_tolerance(role) || is_delta(before, at, name)) {
    if (grew) return "tolerance widened";
    return std::nullopt;
  }
  if (is_loop(before) || counts_rounds(role)) {
    if (!grew) return "runs fewer rounds";
    return std::nullopt;
  }
  int bound = bound_before(before, at);
  if (bound == 0) bound = bound_by_name(role);
  if (is_inverted) bound = -bound;
  if ((bound > 0 && grew) || (bound < 0 && !grew)) return "bound widened";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> loosened_numbers(const Statement& before, const Statement& after,
                                            bool is_inverted) {
  if (before.tokens.size() != after.tokens.size()) return std::nullopt;
  std::optional<std::string> why;
  for (std::size_t i = 0; i < before.tokens.size(); ++i) {
    if (before.tokens[i].text == after.tokens[i].text) continue;
    if (!before.tokens[i].is_number || !after.tokens[i].is_number) return std::nullopt;
    if (!why) why = loosened_number(before, after, i, is_inverted);
  }
  return why;
}
}  // namespace automod::trial
