#include "engine/trial/review/tests_units.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace automod::trial {

namespace {

using analyzers::Language;

constexpr std::size_t kDeepest = 32;  // containers inside each other

struct Heading {
  UnitKind kind = UnitKind::kOther;
  std::string name;
  std::string disabled;
  bool is_guard = false;  // a condition around units
};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_upper_macro(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string unquoted(std::string_view text) {
  const auto first = text.find_first_of("\"'`");
  const auto last = text.find_last_of("\"'`");
  if (first == text.npos || last <= first) return std::string(text);
  return std::string(text.substr(first + 1, last - first - 1));
}

std::size_t find(const Statement& statement, std::string_view text, std::size_t from = 0) {
  for (std::size_t i = from; i < statement.tokens.size(); ++i) {
    if (statement.tokens[i].text == text) return i;
  }
  return statement.tokens.size();
}

std::string word_after(const Statement& statement, std::string_view word) {
  const std::size_t at = find(statement, word);
  return at + 1 < statement.tokens.size() ? statement.tokens[at + 1].text : std::string();
}

const Lexeme* first_string(const Statement& statement) {
  for (const auto& token : statement.tokens) {
    if (token.is_string) return &token;
  }
  return nullptr;
}

/// The name in front of the first "(", with its qualifiers: "Index :: add" is "Index::add".
std::string function_name(const Statement& statement) {
  const std::size_t open = find(statement, "(");
  if (open == 0 || open == statement.tokens.size()) return {};
  std::string name = statement.tokens[open - 1].text;
  for (std::size_t i = open - 1; i >= 2 && statement.tokens[i - 1].text == "::"; i -= 2) {
    name.insert(0, statement.tokens[i - 2].text + "::");
  }
  return statement.tokens[open - 1].is_word ? name : std::string();
}

bool is_conditional_heading(const Statement& statement) {
  static constexpr std::array<std::string_view, 10> kWords = {
      "if", "elif", "else", "try", "except", "finally", "for", "while", "switch", "catch"};
  return statement.opens && !statement.tokens.empty() &&
         is_one_of(statement.tokens[0].text, kWords);
}

std::string why_disabled_c(const Statement& heading) {
  static constexpr std::array<std::string_view, 8> kTags = {
      "[.",     "[!hide]",  "[!mayfail]",  "[!shouldfail]",
      "skip (", "may_fail", "should_fail", "expected_failures"};
  for (const auto tag : kTags) {
    if (heading.text.find(tag) != std::string::npos) return std::string(tag);
  }
  return heading.text.find("DISABLED_") == std::string::npos ? "" : "DISABLED_";
}

std::string without(std::string text, std::string_view part) {
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

std::string case_name_c(const Statement& heading) {
  if (const Lexeme* title = first_string(heading)) return unquoted(title->text);
  std::string name;
  const std::size_t open = find(heading, "(");
  for (std::size_t i = open + 1; i < heading.tokens.size() && heading.tokens[i].text != ")"; ++i) {
    if (!heading.tokens[i].is_word) continue;
    name += (name.empty() ? "" : ".") + heading.tokens[i].text;
  }
  return without(name, "DISABLED_");
}

Heading heading_c(const Statement& statement) {
  if (statement.type.starts_with("preproc") || statement.text.starts_with("#")) {
    const bool is_definition = statement.text.starts_with("#define");
    if (statement.opens) return {UnitKind::kContainer, "", "", true};
    if (!is_definition) return {};
    return {UnitKind::kHelper, word_after(statement, "#define"), "", false};
  }
  if (!statement.opens || statement.tokens.empty()) return {};
  const std::string& first = statement.tokens[0].text;
  if (first == "namespace" || first == "extern" || first == "inline namespace" ||
      find(statement, "namespace") < 2) {
    return {UnitKind::kContainer, "", "", false};
  }
  const bool is_case_macro = is_upper_macro(first) &&
                             (first.find("TEST") != first.npos || first == "SCENARIO") &&
                             word_after(statement, first) == "(";
  if (is_case_macro && first.find("SUITE") != first.npos) {
    return {UnitKind::kContainer, "", why_disabled_c(statement), false};
  }
  if (is_case_macro) {
    return {UnitKind::kCase, case_name_c(statement), why_disabled_c(statement), false};
  }
  static constexpr std::array<std::string_view, 4> kTypes = {"class", "struct", "union", "enum"};
  for (const auto word : kTypes) {
    if (find(statement, word) < 4 && find(statement, "(") == statement.tokens.size()) {
      return {UnitKind::kHelper, word_after(statement, word), "", false};
    }
  }
  const std::string name = function_name(statement);
  if (name.empty()) return {};
  const bool is_test = in_lower(name).starts_with("test") && !is_upper_macro(name);
  return {is_test ? UnitKind::kCase : UnitKind::kHelper, name, "", false};
}

std::string why_disabled_python(const Statement& heading) {
  static constexpr std::array<std::string_view, 7> kMarks = {
      "skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure", "SkipTest"};
  for (const auto& token : heading.tokens) {
    if (token.text == "def" || token.text == "class") break;
    if (is_one_of(token.text, kMarks)) return token.text;
  }
  return {};
}

Heading heading_python(const Statement& statement, bool in_tests, bool in_class) {
  if (is_conditional_heading(statement)) return {UnitKind::kContainer, "", "", true};
  const std::string why = why_disabled_python(statement);
  if (statement.opens && contains_word(statement, "class")) {
    return {UnitKind::kContainer, word_after(statement, "class"), why, false};
  }
  if (!statement.opens || !contains_word(statement, "def")) return {};
  const std::string name = word_after(statement, "def");
  const bool is_case = name.starts_with("test") && (!in_class || in_tests);
  return {is_case ? UnitKind::kCase : UnitKind::kHelper, name, why, false};
}

bool is_test_class(const Statement& heading) {
  const std::string name = word_after(heading, "class");
  const auto bases = heading.text.find("( ");
  return name.starts_with("Test") ||
         (bases != std::string::npos && heading.text.find("Test", bases) != std::string::npos);
}

Heading heading_script(const Statement& statement) {
  if (statement.tokens.empty()) return {};
  if (is_conditional_heading(statement)) return {UnitKind::kContainer, "", "", true};
  static constexpr std::array<std::string_view, 6> kSuites = {"describe",  "context",   "suite",
                                                              "xdescribe", "fdescribe", "xcontext"};
  static constexpr std::array<std::string_view, 8> kCases = {"it",  "test",  "specify",  "fit",
                                                             "xit", "xtest", "xspecify", "ftest"};
  const std::string& first = statement.tokens[0].text;
  const bool is_suite = is_one_of(first, kSuites);
  if ((is_suite || is_one_of(first, kCases)) && statement.tokens.size() > 2) {
    std::string why = first[0] == 'x' ? first : "";
    for (const auto word : {"skip", "todo", "fails", "failing", "skipIf", "runIf"}) {
      const std::size_t at = find(statement, word);
      if (at == 2 || at == 4) why = first + "." + word;
    }
    const bool is_only = first[0] == 'f' || find(statement, "only") == 2;
    const Lexeme* title = first_string(statement);
    std::string name = title == nullptr ? statement.text : unquoted(title->text);
    if (is_suite && !statement.opens) return {};
    return {is_suite ? UnitKind::kContainer : UnitKind::kCase, name,
            is_only ? "others, by only" : why, false};
  }
  if (!statement.opens) return {};
  std::string name = word_after(statement, "function");
  if (name.empty() || name == "(") name = word_after(statement, "class");
  if (name.empty()) name = first;
  for (const auto word : {"const", "let", "var"}) {
    if (find(statement, word) < 2) name = word_after(statement, word);
  }
  return {UnitKind::kHelper, name, "", false};
}

Heading heading_go(const Statement& statement) {
  if (!statement.opens || !statement.text.starts_with("func ")) return {};
  const std::string name =
      statement.text.starts_with("func (")
          ? statement.tokens[std::min(find(statement, ")") + 1, statement.tokens.size() - 1)].text
          : word_after(statement, "func");
  for (const std::string_view begin : {"Test", "Benchmark", "Example", "Fuzz"}) {
    const bool is_whole =
        name.size() == begin.size() ||
        !(name.size() > begin.size() && name[begin.size()] >= 'a' && name[begin.size()] <= 'z');
    if (name.starts_with(begin) && is_whole && name != "TestMain") {
      return {UnitKind::kCase, name, "", false};
    }
  }
  return {UnitKind::kHelper, name, "", false};
}

Heading heading_rust(const Statement& statement) {
  if (!statement.opens) return {};
  std::string why;
  bool is_test = false;
  std::size_t at = 0;
  for (; at < statement.tokens.size(); ++at) {
    const std::string& word = statement.tokens[at].text;
    if (word == "fn" || word == "mod" || word == "impl") break;
    if (word == "ignore" || word == "should_panic") why = word;
    is_test = is_test || word == "test" || word == "rstest" || word == "test_case";
  }
  const bool is_module = at < statement.tokens.size() && statement.tokens[at].text == "mod";
  const bool is_block = at < statement.tokens.size() && statement.tokens[at].text == "impl";
  if (is_module) return {UnitKind::kContainer, word_after(statement, "mod"), "", false};
  if (is_block) return {UnitKind::kContainer, "", "", false};
  if (at == statement.tokens.size()) return {};
  if (why == "should_panic") why.clear();
  return {is_test ? UnitKind::kCase : UnitKind::kHelper, word_after(statement, "fn"), why, false};
}

Heading heading_java(const Statement& statement) {
  if (!statement.opens) return {};
  std::string why;
  bool is_test = false;
  for (std::size_t i = 0; i + 1 < statement.tokens.size(); ++i) {
    if (statement.tokens[i].text != "@") continue;
    const std::string& mark = statement.tokens[i + 1].text;
    if (mark.starts_with("Disabled") || mark.starts_with("Enabled") || mark == "Ignore") why = mark;
    static constexpr std::array<std::string_view, 6> kTests = {
        "Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property"};
    is_test = is_test || is_one_of(mark, kTests);
  }
  if (contains_word(statement, "class") && statement.type != "method_declaration") {
    return {UnitKind::kContainer, word_after(statement, "class"), why, false};
  }
  // The name stands in front of the parameters, behind annotations that may have brackets too.
  std::string name;
  int depth = 0;
  for (std::size_t i = 1; i < statement.tokens.size(); ++i) {
    const std::string& text = statement.tokens[i].text;
    const bool is_annotation = i >= 2 && statement.tokens[i - 2].text == "@";
    if (text == "(" && depth == 0 && !is_annotation) name = statement.tokens[i - 1].text;
    depth += text == "(" ? 1 : text == ")" ? -1 : 0;
  }
  if (name.empty()) return {};
  is_test = is_test || name.starts_with("test");
  return {is_test ? UnitKind::kCase : UnitKind::kHelper, name, why, false};
}

struct Container {
  std::size_t depth;
  std::string name;
  std::string disabled;
  std::string guard;
  bool holds_tests;
  bool is_class;
};

class Cutter {
 public:
  Cutter(TestFile& file, const Outline& outline) : file_(file), outline_(outline) {}

  void cut() {
    const auto& all = outline_.statements;
    for (std::size_t i = 0; i < all.size();) {
      while (!open_.empty() && open_.back().depth >= all[i].depth && !all[i].continues) {
        open_.pop_back();
      }
      if (all[i].continues) {
        while (!open_.empty() && open_.back().depth >= all[i].depth) open_.pop_back();
      }
      const Heading heading = heading_of(all[i]);
      if (heading.kind == UnitKind::kContainer && open_.size() < kDeepest) {
        enter(all[i], heading, is_include_guard(i));
        ++i;
      } else {
        i = add(i, heading);
      }
    }
  }

 private:
  Heading heading_of(const Statement& statement) const {
    const bool in_class = !open_.empty() && open_.back().is_class;
    const bool in_tests = !open_.empty() && open_.back().holds_tests;
    switch (file_.language) {
      case Language::kC:
      case Language::kCpp:
        return heading_c(statement);
      case Language::kPython:
        return heading_python(statement, in_tests, in_class);
      case Language::kJavaScript:
      case Language::kTypeScript:
      case Language::kTsx:
        return heading_script(statement);
      case Language::kGo:
        return heading_go(statement);
      case Language::kRust:
        return heading_rust(statement);
      case Language::kJava:
        return heading_java(statement);
    }
    return {};
  }

  /// "#ifndef X" with "#define X" as the first thing inside.
  bool is_include_guard(std::size_t i) const {
    const auto& all = outline_.statements;
    if (!all[i].text.starts_with("#ifndef") || i + 1 >= all.size()) return false;
    return all[i + 1].text == "#define " + word_after(all[i], "#ifndef");
  }

  void enter(const Statement& statement, const Heading& heading, bool is_harmless) {
    Container made;
    made.depth = statement.depth;
    made.name = heading.name;
    made.disabled = heading.disabled;
    if (heading.is_guard && !is_harmless) made.guard = statement.text;
    made.is_class = contains_word(statement, "class");
    made.holds_tests = made.is_class && is_test_class(statement);
    if (!heading.name.empty()) {
      Unit unit = described(statement, heading);
      unit.statements = {statement};
      file_.units.push_back(std::move(unit));
    }
    open_.push_back(std::move(made));
  }

  Unit described(const Statement& statement, const Heading& heading) const {
    Unit unit;
    unit.kind = heading.kind;
    unit.line = statement.line;
    unit.disabled = heading.disabled;
    unit.name = heading.name;
    std::string prefix;
    for (const auto& container : open_) {
      if (!container.name.empty()) prefix += container.name + ".";
      if (!container.guard.empty()) unit.guards.push_back(container.guard);
      if (!container.disabled.empty() && unit.disabled.empty()) unit.disabled = container.disabled;
    }
    unit.name.insert(0, prefix);
    return unit;
  }

  /// With all that is inside, and with what continues it behind its block.
  std::size_t add(std::size_t i, const Heading& heading) {
    const auto& all = outline_.statements;
    Unit unit = described(all[i], heading);
    std::size_t end = outline_.after(i);
    while (end < all.size() && all[end].continues && all[end].depth == all[i].depth) {
      end = outline_.after(end);
    }
    unit.statements.assign(all.begin() + static_cast<std::ptrdiff_t>(i),
                           all.begin() + static_cast<std::ptrdiff_t>(end));
    if (!unit.statements.empty()) file_.units.push_back(std::move(unit));
    return end;
  }

  TestFile& file_;
  const Outline& outline_;
  std::vector<Container> open_;
};

/// In a harness of one's own, a function that takes nothing and asserts is a test.
void find_plain_cases(TestFile& file) {
  if (file.language != Language::kC && file.language != Language::kCpp) return;
  for (auto& unit : file.units) {
    if (unit.kind != UnitKind::kHelper || unit.name == "main") continue;
    const std::string& text = unit.heading().text;
    const bool takes_nothing = text.ends_with("( void )") || text.ends_with("( )");
    const bool gives_nothing = text.find("void") != text.npos || text.find("int") != text.npos;
    if (takes_nothing && gives_nothing && asserts(unit, {})) unit.kind = UnitKind::kCase;
  }
}

/// Functions that assert, and those that call them.
void find_checking(TestFile& file) {
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& unit : file.units) {
      if (unit.kind != UnitKind::kHelper && unit.kind != UnitKind::kCase) continue;
      if (unit.name == "main" || !asserts(unit, file.checking)) continue;
      const auto last = unit.name.find_last_of(".:");
      file.checking.insert(last == unit.name.npos ? unit.name : unit.name.substr(last + 1));
    }
  }
}

void index_words(TestFile& file) {
  for (const auto& unit : file.units) {
    file.names.insert(unit.name);
    const bool is_running = unit.disabled.empty() && unit.guards.empty();
    for (const auto& statement : unit.statements) {
      if (is_running) ++file.running[statement.text];
      const bool loops =
          is_loop(statement) || is_table_call(statement) || contains_word(statement, "sizeof");
      if (is_import(statement)) continue;
      for (const auto& token : statement.tokens) {
        if (!token.is_word) continue;
        file.words.insert(token.text);
        if (loops) file.looped.insert(token.text);
      }
    }
  }
}

}  // namespace

bool is_import(const Statement& statement) {
  static constexpr std::array<std::string_view, 8> kWords = {
      "#include", "import", "from", "using", "package", "use", "# include", "extern"};
  return statement.tokens.empty() ||
         std::find(kWords.begin(), kWords.end(), statement.tokens[0].text) != kWords.end();
}

/// Lists of inputs, one test each.
bool is_table_call(const Statement& statement) {
  static constexpr std::array<std::string_view, 11> kWords = {"parametrize",
                                                              "GENERATE",
                                                              "Values",
                                                              "each",
                                                              "ValueSource",
                                                              "CsvSource",
                                                              "test_case",
                                                              "GENERATE_COPY",
                                                              "expand",
                                                              "parameterized",
                                                              "INSTANTIATE_TEST_SUITE_P"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return contains_word(statement, word); });
}

bool asserts(const Unit& unit, const Checking& checking) {
  const std::size_t depth = unit.heading().depth;
  return std::any_of(unit.statements.begin(), unit.statements.end(), [&](const Statement& one) {
    // What a function returns in the end is its result; on the way, a failure.
    const bool is_result = one.depth <= depth + 1 && one.text.starts_with("return");
    return count_assertions(one, checking) > 0 || (is_failure(one) && !is_result);
  });
}

bool is_collected(std::string_view path, Language language) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  const std::string_view stem = file.substr(0, file.rfind('.'));
  switch (language) {
    case Language::kPython:
      return stem.starts_with("test") || stem.ends_with("_test") || stem.ends_with("tests") ||
             stem == "conftest";
    case Language::kGo:
      return stem.ends_with("_test");
    case Language::kJavaScript:
    case Language::kTypeScript:
    case Language::kTsx:
      return stem.ends_with(".test") || stem.ends_with(".spec") || stem.ends_with("-test") ||
             stem.ends_with("_test") || stem.starts_with("test") ||
             path.find("__tests__/") != path.npos || path.find("test/") != path.npos;
    case Language::kC:
    case Language::kCpp:
    case Language::kRust:
    case Language::kJava:
      return true;
  }
  return true;
}

std::optional<TestFile> read_tests(std::string_view path, Language language,
                                   std::string_view text) {
  const auto read = outline(language, text);
  if (!read) return std::nullopt;
  TestFile file;
  file.path = path;
  file.language = language;
  file.comments = read->comments;
  Cutter(file, *read).cut();
  find_plain_cases(file);
  find_checking(file);
  index_words(file);
  return file;
}

}  // namespace automod::trial
