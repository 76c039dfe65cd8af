#include "engine/trial/review/tests_words.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace automod::trial {

namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t N>
bool has_one_of(const Statement& statement, const std::array<std::string_view, N>& words) {
  return std::any_of(statement.tokens.begin(), statement.tokens.end(),
                     [&](const Lexeme& token) { return is_one_of(token.text, words); });
}

/// A word in front of an opening bracket, in Rust with a "!" between.
bool is_call(const Statement& statement, std::size_t at) {
  const auto& tokens = statement.tokens;
  if (!tokens[at].is_word) return false;
  const std::size_t next = at + 1;
  if (next < tokens.size() && tokens[next].text == "(") return true;
  return next + 1 < tokens.size() && tokens[next].text == "!" && tokens[next + 1].text == "(";
}

std::string_view first_word(const Statement& statement) {
  for (const auto& token : statement.tokens) {
    if (token.is_word && token.text != "else" && token.text != "await") return token.text;
  }
  return {};
}

bool is_counted_failure(const Statement& statement) {
  static constexpr std::array<std::string_view, 2> kSteps = {"++", "+="};
  if (!has_one_of(statement, kSteps)) return false;
  return std::any_of(statement.tokens.begin(), statement.tokens.end(), [](const Lexeme& token) {
    const std::string name = in_lower(token.text);
    return token.is_word && (name.find("fail") != name.npos || name.find("err") != name.npos ||
                             name.find("bad") != name.npos || name.find("wrong") != name.npos);
  });
}

bool is_zero(std::string_view text) { return text == "0" || text == "0u" || text == "nil"; }

}  // namespace

bool contains_word(const Statement& statement, std::string_view word) {
  return std::any_of(statement.tokens.begin(), statement.tokens.end(),
                     [&](const Lexeme& token) { return token.text == word; });
}

bool calls(const Statement& statement, std::string_view name) {
  for (std::size_t i = 0; i < statement.tokens.size(); ++i) {
    if (statement.tokens[i].text == name && is_call(statement, i)) return true;
  }
  return false;
}

bool is_assertion_name(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kOthers = {
      "checkout",     "checksum", "check_output", "check_call", "checkpoint", "requires",
      "requirements", "expected", "failures",     "checkbox",   "required",   "checkpoints"};
  static constexpr std::array<std::string_view, 10> kBeginnings = {
      "assert", "check",  "require", "expect", "verify",
      "ensure", "should", "must_",   "fail",   "panic"};
  static constexpr std::array<std::string_view, 8> kWhole = {
      "raises", "warns", "add_failure", "throws", "Errorf", "Fatalf", "Fatal", "Error"};
  if (is_one_of(name, kWhole)) return true;
  const std::string lower = in_lower(name);
  if (is_one_of(lower, kOthers)) return false;
  if (lower.find("assert") != lower.npos || lower == "add_failure") return true;
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view begin) { return lower.starts_with(begin); });
}

bool is_failure(const Statement& statement) {
  if (statement.tokens.empty()) return false;
  const std::string_view first = first_word(statement);
  if (first == "throw" || first == "raise" || first == "abort" || first == "panic") return true;
  if (calls(statement, "abort")) return true;
  if (is_counted_failure(statement)) return true;
  const bool is_exit = calls(statement, "exit") || calls(statement, "_exit");
  if (first != "return" && !is_exit) return false;
  const std::string_view last = statement.tokens[statement.tokens.size() - (is_exit ? 2 : 1)].text;
  if (last == "false" || last == "EXIT_FAILURE" || last == "False") return true;
  return statement.tokens.back().is_number ? !is_zero(last)
                                           : is_exit && last.size() == 1 && last != "0";
}

std::size_t count_assertions(const Statement& statement, const Checking& checking) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < statement.tokens.size(); ++i) {
    const Lexeme& token = statement.tokens[i];
    if (!token.is_word) continue;
    const bool is_keyword = token.text == "assert" && i == 0;
    const bool is_known =
        is_call(statement, i) && (is_assertion_name(token.text) || checking.contains(token.text));
    // JavaScript's way to load a module.
    const bool is_load = token.text == "require" && i > 0 && statement.tokens[i - 1].text == "=";
    if ((is_keyword || is_known || token.text == "should") && !is_load) ++count;
  }
  return count;
}

bool leaves(const Statement& statement) {
  static constexpr std::array<std::string_view, 22> kCalls = {
      "skip",     "Skip",       "Skipf",      "SkipNow",     "GTEST_SKIP", "SKIP",
      "exit",     "_exit",      "quick_exit", "_Exit",       "xfail",      "importorskip",
      "skipTest", "assumeTrue", "assumeThat", "assumeFalse", "TEST_SKIP",  "IGNORE",
      "pending",  "Goexit",     "Exit",       "TEST_IGNORE"};
  const std::string_view first = first_word(statement);
  if (first == "return" || first == "goto") return true;
  if (first == "raise" && statement.text.find("Skip") != std::string::npos) return true;
  if (first == "throw" && statement.text.find("Skip") != std::string::npos) return true;
  return std::any_of(kCalls.begin(), kCalls.end(),
                     [&](std::string_view name) { return calls(statement, name); });
}

bool is_about_time(const Statement& statement) {
  return std::any_of(statement.tokens.begin(), statement.tokens.end(), [](const Lexeme& token) {
    if (!token.is_word) return false;
    const std::string name = in_lower(token.text);
    static constexpr std::array<std::string_view, 6> kParts = {"sleep",    "timeout",  "wait",
                                                               "deadline", "duration", "delay"};
    return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) {
      return name.find(part) != name.npos && name != "await" && !name.starts_with("async");
    });
  });
}

bool is_never(const Statement& header) {
  const auto& tokens = header.tokens;
  if (tokens.empty()) return false;
  const std::string_view first = tokens[0].text;
  const bool is_condition = first == "if" || first == "#if" || first == "while" ||
                            first == "elif" || first == "else" || first == "#elif";
  if (!is_condition) return false;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const std::string& text = tokens[i].text;
    const bool is_false = text == "false" || text == "False" || text == "0" || text == "None";
    if (!is_false) continue;
    const std::string& before = tokens[i - 1].text;
    const bool begins = i == 1 || before == "(" || before == "&&" || before == "and";
    const bool ends = i + 1 == tokens.size() || tokens[i + 1].text == ")" ||
                      tokens[i + 1].text == ":" || tokens[i + 1].text == "&&" ||
                      tokens[i + 1].text == "and";
    if (begins && ends) return true;
  }
  return false;
}

bool is_loop(const Statement& header) {
  if (header.tokens.empty() || !header.opens) return false;
  static constexpr std::array<std::string_view, 4> kWords = {"for", "while", "do", "loop"};
  static constexpr std::array<std::string_view, 3> kCalls = {"forEach", "for_each", "each"};
  if (is_one_of(header.tokens[0].text, kWords)) return true;
  if (header.tokens[0].text == "async" || header.tokens[0].text == "await") {
    return contains_word(header, "for");
  }
  return has_one_of(header, kCalls);
}

bool is_function(const Statement& header) {
  static constexpr std::array<std::string_view, 7> kWords = {"def",  "lambda", "function", "=>",
                                                             "func", "fn",     "->"};
  if (has_one_of(header, kWords)) return true;
  // A C++ lambda: "[ & ] ( … )" at the end, or "[ & ]".
  const auto& tokens = header.tokens;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool is_first = i == 0 || !(tokens[i - 1].is_word || tokens[i - 1].text == "]" ||
                                      tokens[i - 1].text == ")");
    const bool returns = i > 0 && tokens[i - 1].text == "return";
    if (tokens[i].text == "[" && (is_first || returns)) return true;
  }
  return false;
}

bool opens(std::string_view text) { return text == "(" || text == "[" || text == "{"; }
bool closes(std::string_view text) { return text == ")" || text == "]" || text == "}"; }

std::vector<Tokens> arguments(Tokens tokens) {
  std::vector<Tokens> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    depth += opens(tokens[i].text) ? 1 : closes(tokens[i].text) ? -1 : 0;
    if (depth == 0 && tokens[i].text == ",") {
      parts.push_back(tokens.subspan(begin, i - begin));
      begin = i + 1;
    }
  }
  if (begin < tokens.size()) parts.push_back(tokens.subspan(begin));
  return parts;
}

Tokens inside(Tokens tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    depth += opens(tokens[i].text) ? 1 : closes(tokens[i].text) ? -1 : 0;
    if (depth == 0) return tokens.subspan(open + 1, i - open - 1);
  }
  return tokens.subspan(open + 1);
}

}  // namespace automod::trial
