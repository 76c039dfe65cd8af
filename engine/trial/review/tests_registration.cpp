#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "engine/trial/review/review.hpp"
#include "engine/trial/review/tests_compare.hpp"
#include "engine/trial/review/tests_parts.hpp"
#include "engine/trial/review/tests_words.hpp"

namespace automod::trial {

namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kDeepest = 32;

/// One command of a CMake file.
struct Call {
  std::string name;  // lower case
  std::vector<std::string> arguments;
  std::size_t line = 0;
  std::vector<std::string> guards;  // the conditions and loops around it

  std::string text() const {
    std::string all = name + "(";
    for (std::size_t i = 0; i < arguments.size(); ++i) all += (i == 0 ? "" : " ") + arguments[i];
    return all + ")";
  }
  bool has(std::string_view argument) const {
    return std::find(arguments.begin(), arguments.end(), argument) != arguments.end();
  }
};

/// Reads CMake's few rules of writing; what breaks them ends the reading.
class CallReader {
 public:
  explicit CallReader(std::string_view text) : text_(text) {}

  std::vector<Call> read() {
    while (skip_space(), at_ < text_.size()) {
      Call call;
      call.line = line_;
      while (at_ < text_.size() && is_name(text_[at_])) call.name += text_[at_++];
      call.name = in_lower(call.name);
      skip_space();
      if (call.name.empty() || at_ >= text_.size() || text_[at_] != '(') {
        if (at_ < text_.size()) step();
        continue;
      }
      step();
      read_arguments(call);
      keep(std::move(call));
    }
    return std::move(calls_);
  }

 private:
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  void step() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }

  /// Length of "[==[" at the place, or 0.
  std::size_t bracket() const {
    if (at_ >= text_.size() || text_[at_] != '[') return 0;
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] == '=') ++end;
    return end < text_.size() && text_[end] == '[' ? end - at_ + 1 : 0;
  }

  std::string read_bracket(std::size_t length) {
    const std::string close = "]" + std::string(length - 2, '=') + "]";
    const std::size_t begin = at_ + length;
    const std::size_t end = std::min(text_.find(close, begin), text_.size());
    const std::string inside(text_.substr(std::min(begin, end), end - std::min(begin, end)));
    while (at_ < std::min(end + close.size(), text_.size())) step();
    return inside;
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        step();
      } else if (c == '#') {
        step();
        if (const auto length = bracket()) {
          read_bracket(length);
        } else {
          while (at_ < text_.size() && text_[at_] != '\n') step();
        }
      } else {
        return;
      }
    }
  }

  void read_arguments(Call& call) {
    int depth = 0;
    while (skip_space(), at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '(') ++depth;
      if (c == ')' && depth-- == 0) return step();
      if (c == '(' || c == ')') {
        call.arguments.emplace_back(1, c);
        step();
      } else if (c == '"') {
        call.arguments.push_back(read_quoted());
      } else if (const auto length = bracket()) {
        call.arguments.push_back(read_bracket(length));
      } else {
        call.arguments.push_back(read_plain());
      }
    }
  }

  std::string read_quoted() {
    std::string made;
    for (step(); at_ < text_.size() && text_[at_] != '"'; step()) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) step();
      made += text_[at_];
    }
    if (at_ < text_.size()) step();
    return made;
  }

  std::string read_plain() {
    std::string made;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '(' || c == ')' || c == '"' ||
          c == '#') {
        break;
      }
      made += c;
      step();
    }
    if (made.empty() && at_ < text_.size()) step();
    return made;
  }

  void keep(Call call) {
    static constexpr std::array<std::string_view, 5> kOpen = {"if", "foreach", "while", "function",
                                                              "macro"};
    const bool opens = std::find(kOpen.begin(), kOpen.end(), call.name) != kOpen.end();
    if (call.name.starts_with("end") || call.name.starts_with("else")) {
      if (!guards_.empty()) guards_.pop_back();
    }
    if (call.name == "else" || call.name == "elseif") guards_.push_back(call.text());
    call.guards = guards_;
    if (opens && guards_.size() < kDeepest) guards_.push_back(call.text());
    calls_.push_back(std::move(call));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<std::string> guards_;
  std::vector<Call> calls_;
};

bool is_conditional(const std::string& guard) {
  return guard.starts_with("if(") || guard.starts_with("else") || guard.starts_with("while(");
}

/// Commands that make tests: CMake's own, those of test frameworks, and a project's own that are
/// called so.
bool makes_tests(const Call& call) {
  return call.name == "add_test" || call.name.ends_with("_discover_tests") ||
         call.name.ends_with("_add_tests") || call.name == "enable_testing" ||
         (call.name.find("test") != call.name.npos && call.name != "set_tests_properties" &&
          call.name != "get_test_property") ||
         (call.name == "include" && call.has("CTest")) ||
         (call.name == "add_subdirectory" && !call.arguments.empty() &&
          in_lower(call.arguments[0]).find("test") != std::string::npos);
}

/// What stays the same when a command is edited.
std::string key_of(const Call& call) {
  const auto named = std::find(call.arguments.begin(), call.arguments.end(), "NAME");
  if (named != call.arguments.end() && named + 1 != call.arguments.end()) {
    return call.name + " " + *(named + 1);
  }
  return call.name + (call.arguments.empty() ? "" : " " + call.arguments[0]);
}

/// A command that succeeds whatever the code does.
bool is_idle(const Call& call) {
  const auto at = std::find(call.arguments.begin(), call.arguments.end(), "COMMAND");
  if (at == call.arguments.end() || at + 1 == call.arguments.end()) return false;
  const std::string program = *(at + 1);
  const std::string name = program.substr(program.rfind('/') + 1);
  static constexpr std::array<std::string_view, 4> kIdle = {"true", "echo", ":", "printf"};
  if (std::find(kIdle.begin(), kIdle.end(), name) != kIdle.end()) return true;
  if (program.find("CMAKE_COMMAND") != program.npos) {
    return call.has("true") || call.has("echo") || call.has("--version");
  }
  return (name == "sh" || name == "bash") && std::any_of(at, call.arguments.end(), [](auto& part) {
           return part.find("|| true") != part.npos || part.find("exit 0") != part.npos ||
                  part.find("|| :") != part.npos;
         });
}

bool filters(const Call& call) {
  static constexpr std::array<std::string_view, 5> kWords = {"TEST_SPEC", "TEST_FILTER",
                                                             "EXTRA_ARGS", "TEST_LIST", "EXCLUDE"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return call.has(word); });
}

using Properties = std::map<std::string, std::pair<std::string, std::size_t>>;

/// "name PROPERTY" to value and line, of all tests that properties are set for.
Properties properties_of(const std::vector<Call>& calls) {
  Properties made;
  for (const auto& call : calls) {
    const auto& all = call.arguments;
    const bool is_many = call.name == "set_tests_properties";
    const bool is_one = call.name == "set_property" && call.has("TEST");
    const auto at = std::find(all.begin(), all.end(), is_many ? "PROPERTIES" : "PROPERTY");
    const bool is_inline = call.name.ends_with("_discover_tests");
    if (at == all.end() || (!is_many && !is_one && !is_inline)) continue;
    const auto set = [&](const std::string& test) {
      const auto step = is_many || is_inline ? 2 : all.end() - at;
      for (auto key = at + 1; key != all.end() && key + 1 != all.end();
           key += std::min<std::ptrdiff_t>(step, all.end() - key)) {
        made[test + " " + *key] = {*(key + 1), call.line};
      }
    };
    if (is_inline && !all.empty()) set(all[0]);
    for (auto name = all.begin(); name != at && !is_inline; ++name) set(*name);
  }
  return made;
}

class Comparer {
 public:
  Comparer(const ReviewInput& input, const FileChange& file, std::vector<CodeFact>& facts)
      : config_(input.config), path_(file.path), facts_(facts) {
    before_ = CallReader(file.original.value_or("")).read();
    after_ = CallReader(file.modified.value_or("")).read();
  }

  void run(const std::set<std::string>& deleted) {
    compare_calls();
    compare_lists();
    compare_properties();
    compare_sources(deleted);
    find_switches();
  }

 private:
  void add(FactKind kind, std::size_t line, std::string_view what, std::string_view before,
           std::string_view after) {
    CodeFact fact;
    fact.kind = kind;
    fact.path = path_;
    fact.line = line;
    fact.what = brief(what);
    fact.before = brief(before);
    fact.after = brief(after);
    facts_.push_back(std::move(fact));
  }

  void compare_calls() {
    std::multimap<std::string, const Call*> left;
    for (const auto& call : after_) {
      if (makes_tests(call)) left.emplace(key_of(call), &call);
    }
    for (const auto& call : before_) {
      if (!makes_tests(call)) continue;
      const auto found = left.find(key_of(call));
      if (found == left.end()) {
        add(FactKind::kTestRemoved, call.line, key_of(call) + ": is gone", call.text(), "");
        continue;
      }
      compare_call(call, *found->second);
      left.erase(found);
    }
    for (const auto& [key, call] : left) {
      if (!before_.empty() && call->name == "add_test") {
        add(FactKind::kTestAdded, call->line, key, "", call->text());
      }
    }
  }

  void compare_call(const Call& was, const Call& is) {
    const auto conditions = [](const Call& call) {
      return std::count_if(call.guards.begin(), call.guards.end(), is_conditional);
    };
    if (conditions(is) > conditions(was)) {
      add(FactKind::kTestDisabled, is.line, key_of(is) + ": made under a condition only",
          was.text(), is.guards.back());
    }
    if (was.text() == is.text()) return;
    const bool is_narrower = filters(is) && !filters(was);
    const auto kind = is_idle(is) && !is_idle(was) ? FactKind::kTestLoosened
                      : is_narrower                ? FactKind::kTestDisabled
                                                   : FactKind::kTestExpectation;
    if (kind == FactKind::kTestExpectation && is_longer(was, is)) return;
    add(kind, is.line, key_of(is), was.text(), is.text());
  }

  /// Only sources of more tests were added.
  bool is_longer(const Call& was, const Call& is) const {
    std::size_t at = 0;
    for (const auto& argument : is.arguments) {
      if (at < was.arguments.size() && argument == was.arguments[at]) {
        ++at;
      } else if (role_of(config_, argument) != FileRole::kTest &&
                 argument.find(".c") == argument.npos) {
        return false;
      }
    }
    return at == was.arguments.size();
  }

  /// Names of tests that are written in lists and loops.
  void compare_lists() {
    const auto listed = [](const std::vector<Call>& calls) {
      std::map<std::string, const Call*> lists;
      for (const auto& call : calls) {
        if (call.arguments.empty()) continue;
        const bool is_list =
            call.name == "foreach" ||
            (call.name == "set" && in_lower(call.arguments[0]).find("test") != std::string::npos);
        if (is_list) lists[call.name + " " + call.arguments[0]] = &call;
      }
      return lists;
    };
    const auto after = listed(after_);
    for (const auto& [key, was] : listed(before_)) {
      const auto found = after.find(key);
      for (const auto& argument : was->arguments) {
        if (found != after.end() && found->second->has(argument)) continue;
        if (found == after.end() && was->name == "set") continue;
        add(FactKind::kTestRemoved, was->line, argument + ": is not in the list any more",
            was->text(), found == after.end() ? "" : found->second->text());
      }
    }
  }

  void compare_properties() {
    const Properties before = properties_of(before_);
    const Properties after = properties_of(after_);
    for (const auto& [key, value] : after) {
      const auto found = before.find(key);
      const std::string was = found == before.end() ? "" : found->second.first;
      if (was == value.first) continue;
      const std::string name = key.substr(key.rfind(' ') + 1);
      add(kind_of(name, was, value.first), value.second, key, was, value.first);
    }
    for (const auto& [key, value] : before) {
      if (after.contains(key)) continue;
      const std::string name = key.substr(key.rfind(' ') + 1);
      const bool is_demand = name == "FAIL_REGULAR_EXPRESSION" || name == "TIMEOUT" ||
                             name == "PASS_REGULAR_EXPRESSION";
      add(is_demand ? FactKind::kTestLoosened : FactKind::kTestExpectation, value.second, key,
          value.first, "");
    }
  }

  static bool is_off(const std::string& value) {
    const std::string lower = in_lower(value);
    return lower.empty() || lower == "off" || lower == "false" || lower == "0" || lower == "no";
  }

  static FactKind kind_of(std::string_view property, const std::string& was,
                          const std::string& is) {
    if (property == "DISABLED") {
      return is_off(is) ? FactKind::kTestAdded : FactKind::kTestDisabled;
    }
    static constexpr std::array<std::string_view, 4> kLoose = {
        "WILL_FAIL", "SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION", "PASS_REGULAR_EXPRESSION"};
    const bool is_loose = std::find(kLoose.begin(), kLoose.end(), property) != kLoose.end();
    if (is_loose && was.empty() && !is_off(is)) return FactKind::kTestLoosened;
    if (property == "TIMEOUT" && !was.empty() &&
        std::strtod(is.c_str(), nullptr) > std::strtod(was.c_str(), nullptr)) {
      return FactKind::kTestLoosened;
    }
    return property == "TIMEOUT" && was.empty() ? FactKind::kTestAdded : FactKind::kTestExpectation;
  }

  /// A file of tests that no target names any more.
  void compare_sources(const std::set<std::string>& deleted) {
    for (const auto& call : before_) {
      for (const auto& argument : call.arguments) {
        const bool is_source =
            argument.find(".c") != argument.npos && role_of(config_, argument) == FileRole::kTest;
        const std::string name = argument.substr(argument.rfind('/') + 1);
        if (!is_source || deleted.contains(name)) continue;
        const bool is_kept = std::any_of(after_.begin(), after_.end(),
                                         [&](const Call& other) { return other.has(argument); });
        if (!is_kept) {
          add(FactKind::kTestRemoved, call.line, argument + ": is not built any more", call.text(),
              "");
        }
      }
    }
  }

  /// Commands that take effect on all tests.
  void find_switches() {
    static constexpr std::array<std::string_view, 4> kOff = {
        "NDEBUG", "CATCH_CONFIG_DISABLE", "DOCTEST_CONFIG_DISABLE", "BOOST_DISABLE_ASSERTS"};
    std::set<std::string> known;
    for (const auto& call : before_) known.insert(call.text());
    bool is_before_tests = false;
    for (std::size_t i = after_.size(); i-- > 0;) {
      const Call& call = after_[i];
      is_before_tests = is_before_tests || makes_tests(call) || call.name == "add_subdirectory";
      if (known.contains(call.text())) continue;
      const std::string text = call.text();
      const bool is_off = std::any_of(kOff.begin(), kOff.end(), [&](std::string_view word) {
        return text.find(word) != text.npos;
      });
      if (is_off) {
        add(FactKind::kTestDisabled, call.line, "assertions are switched off", "", text);
      } else if (call.name == "return" && is_before_tests && call.guards.empty()) {
        add(FactKind::kTestDisabled, call.line, "what follows is not read", "", text);
      } else if (redefines(call)) {
        add(FactKind::kTestLoosened, call.line, "a command means something else", "", text);
      } else if (call.name == "list" && is_taken_from_tests(call)) {
        add(FactKind::kTestRemoved, call.line, "a list of tests is shortened", "", text);
      }
    }
  }

  static bool redefines(const Call& call) {
    if ((call.name != "function" && call.name != "macro") || call.arguments.empty()) return false;
    const std::string name = in_lower(call.arguments[0]);
    return name == "add_test" || name == "set_tests_properties" || name == "enable_testing" ||
           name.ends_with("_discover_tests");
  }

  static bool is_taken_from_tests(const Call& call) {
    if (!call.has("REMOVE_ITEM") && !call.has("FILTER") && !call.has("REMOVE_AT")) return false;
    return in_lower(call.text()).find("test") != std::string::npos;
  }

  const Config& config_;
  std::string path_;
  std::vector<CodeFact>& facts_;
  std::vector<Call> before_;
  std::vector<Call> after_;
};

bool is_cmake(std::string_view path) {
  return path.ends_with("CMakeLists.txt") || path.ends_with(".cmake");
}

}  // namespace

void review_test_registration(const ReviewInput& input, Review& into) {
  std::set<std::string> deleted;
  for (const auto& file : input.files) {
    if (!file.modified) deleted.insert(file.path.substr(file.path.rfind('/') + 1));
  }
  for (const auto& file : input.files) {
    if (!is_cmake(file.path) || !file.original) continue;
    const bool is_large =
        file.original->size() > kMostBytes || (file.modified && file.modified->size() > kMostBytes);
    if (!is_large) Comparer(input, file, into.facts).run(deleted);
  }
}

void review_tests(const ReviewInput& input, Review& into) {
  review_test_files(input, into);
  review_test_registration(input, into);
  review_test_commands(input, into);
}

}  // namespace automod::trial
