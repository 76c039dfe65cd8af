#include "analyzers/structure/callable_by_others.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "analyzers/structure/file_kind.hpp"
#include "analyzers/structure/words.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::size_t kMostAbove = 2000;  // bytes that are looked at before a symbol

bool is_among(std::string_view word, Words words) {
  return std::ranges::find(words, word) != words.end();
}

/// Called by a language, its library or a framework under this very name.
constexpr auto kCalledByName =
    std::to_array<std::string_view>({"main",
                                     "wmain",
                                     "WinMain",
                                     "wWinMain",
                                     "DllMain",
                                     "LLVMFuzzerTestOneInput",
                                     "LLVMFuzzerInitialize",
                                     "LLVMFuzzerCustomMutator",
                                     "_start",
                                     "init",
                                     "constructor",
                                     "begin",
                                     "end",
                                     "cbegin",
                                     "cend",
                                     "rbegin",
                                     "rend",
                                     "size",
                                     "data",
                                     "swap",
                                     "get",
                                     "hash_value",
                                     "to_json",
                                     "from_json",
                                     "to_string",
                                     "format",
                                     "parse",
                                     "await_ready",
                                     "await_suspend",
                                     "await_resume",
                                     "await_transform",
                                     "initial_suspend",
                                     "final_suspend",
                                     "return_void",
                                     "return_value",
                                     "yield_value",
                                     "unhandled_exception",
                                     "get_return_object",
                                     "get_return_object_on_allocation_failure",
                                     "setUp",
                                     "tearDown",
                                     "setUpClass",
                                     "tearDownClass",
                                     "setUpModule",
                                     "tearDownModule",
                                     "setup",
                                     "teardown",
                                     "readObject",
                                     "writeObject",
                                     "readResolve",
                                     "writeReplace",
                                     "finalize",
                                     "toString",
                                     "toJSON",
                                     "valueOf",
                                     "then",
                                     "run"});
constexpr auto kBeginnings =
    std::to_array<std::string_view>({"~", "operator", "Java_", "test_", "Test", "Benchmark", "Fuzz",
                                     "Example", "pytest_", "visit_", "do_", "handle_", "on_"});
/// In the head of a function or on the lines above it: somebody else is told of it.
constexpr auto kToldWords = std::to_array<std::string_view>(
    {"virtual",      "override", "final",     "extern",      "friend",     "operator",
     "maybe_unused", "unused",   "used",      "constructor", "destructor", "dllexport",
     "visibility",   "weak",     "interrupt", "naked",       "section",    "alias",
     "linkname",     "export",   "exports",   "no_mangle",   "native",     "abstract",
     "get",          "set"});

bool is_c(Language language) { return language == Language::kC || language == Language::kCpp; }
bool is_script(Language language) {
  return language == Language::kJavaScript || language == Language::kTypeScript ||
         language == Language::kTsx;
}

/// LIKE_THIS: a macro that may do anything.
bool is_loud(std::string_view word) {
  return word.size() >= 3 &&
         std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Of a script: does the function stand where a value is wanted, not a statement?
bool is_value(const Symbol& symbol, std::string_view text) {
  const std::string_view own = text.substr(std::min<std::size_t>(symbol.whole.begin, text.size()));
  if (!own.starts_with("function") && !own.starts_with("async")) {
    return false;
  }
  const std::string_view before = text.substr(0, symbol.whole.begin);
  const std::size_t last = before.find_last_not_of(" \t\r\n");
  if (last == before.npos) return false;
  const std::string_view left = before.substr(0, last + 1);
  return std::string_view("=(,[:?&|!").contains(left.back()) || left.ends_with("return");
}

/// From three lines above a symbol, however long, to the end of its head.
std::string_view front_of(const Symbol& symbol, std::string_view text) {
  std::size_t begin = std::min<std::size_t>(symbol.whole.begin, text.size());
  const std::size_t first = begin - std::min(begin, kMostAbove);
  for (int line = 0; line < 4 && begin > first; ++line) {
    const std::size_t before = text.substr(first, begin - first).rfind('\n');
    begin = before == text.npos ? first : first + before;
  }
  const std::size_t end = std::min<std::size_t>(symbol.head.end, text.size());
  return end <= begin ? std::string_view() : text.substr(begin, end - begin);
}

bool is_told_to_others(const Symbol& symbol, std::string_view text) {
  const std::string_view front = front_of(symbol, text);
  const std::string_view whole =
      text.substr(std::min<std::size_t>(symbol.whole.begin, text.size()),
                  std::min<std::size_t>(symbol.head.end, text.size()) -
                      std::min<std::size_t>({symbol.whole.begin, symbol.head.end, text.size()}));
  if (whole.contains('@') || front.contains("#[") || front.contains("[[") ||
      front.contains("__attribute__") || front.contains("__declspec")) {
    return true;
  }
  if (front.contains("//export") || front.contains("//go:") || front.contains("template <>") ||
      front.contains("template<>")) {
    return true;
  }
  const std::string_view lead = text.substr(
      symbol.whole.begin, std::max(symbol.name_at.begin, symbol.whole.begin) - symbol.whole.begin);
  bool told = false;
  for_each_word(whole, [&](std::string_view word, std::size_t) {
    told = told || is_among(word, kToldWords);
  });
  for_each_word(lead, [&](std::string_view word, std::size_t) { told = told || is_loud(word); });
  return told;
}

bool has_special_name(std::string_view name) {
  const bool begins =
      std::ranges::any_of(kBeginnings, [&](std::string_view one) { return name.starts_with(one); });
  return begins || name.empty() || is_among(name, kCalledByName) || is_loud(name) ||
         (name.starts_with("__") && name.ends_with("__"));
}

/// The class that a method belongs to, by name; empty: it is not known.
std::string_view class_of(const FileFacts& facts, const Symbol& symbol) {
  if (symbol.scope != kNone) return facts.names[symbol.scope];
  if (symbol.within == kNone || !is_type(facts.symbols[symbol.within].kind)) return {};
  return facts.names[facts.symbols[symbol.within].name];
}

/// Is there nothing that the class is derived from, as far as its definition in this file or in
/// one with a declaration of the method tells?
bool stands_alone(const FileFacts& facts, const Symbol& type, std::string_view text) {
  if (type.head.end > text.size() || type.name_at.end > type.head.end) return false;
  const std::string_view rest = text.substr(type.name_at.end, type.head.end - type.name_at.end);
  switch (facts.language) {
    case Language::kPython:
      return !rest.contains('(');
    case Language::kC:
    case Language::kCpp:
      return !rest.contains(':');
    default:
      return !rest.contains("extends") && !rest.contains("implements");
  }
}

Reachable of_method(const Codebase& code, const Unused& function) {
  const FileFacts& facts = code.files()[function.at.file].facts;
  const Symbol& own = code.symbol(function.at);
  const std::string_view owner = class_of(facts, own);
  if (owner.empty() || owner == facts.names[own.name]) return Reachable::kWell;
  if (facts.language == Language::kRust || facts.language == Language::kGo) return Reachable::kWell;
  // What a declaration elsewhere says of it would need that file's text too.
  for (const SymbolAt at : function.symbols) {
    if (at.file != function.at.file) return Reachable::kWell;
    const Symbol& other = code.symbol(at);
    if (class_of(facts, other) != owner) return Reachable::kWell;
    if (is_told_to_others(other, function.text)) return Reachable::kWell;
  }
  const auto type = std::ranges::find_if(facts.symbols, [&](const Symbol& one) {
    return is_type(one.kind) && one.is_definition && facts.names[one.name] == owner;
  });
  if (type == facts.symbols.end() || !stands_alone(facts, *type, function.text)) {
    return Reachable::kWell;
  }
  const bool is_private = std::ranges::any_of(function.symbols, [&](SymbolAt at) {
    const Visibility visibility = code.symbol(at).visibility;
    return visibility == Visibility::kPrivate ||
           (facts.language == Language::kPython && visibility == Visibility::kProtected);
  });
  const bool is_hidden = is_c(facts.language) && type->visibility == Visibility::kFile;
  return is_private || is_hidden ? Reachable::kNot : Reachable::kPerhaps;
}

Reachable of_function(const Codebase& code, const Unused& function) {
  const CodeFile& file = code.files()[function.at.file];
  const Symbol& own = code.symbol(function.at);
  const Language language = file.facts.language;
  const bool is_local = own.within != kNone && is_callable(file.facts.symbols[own.within].kind);
  if (is_c(language)) {
    if (own.scope != kNone) return Reachable::kWell;
    if (own.visibility == Visibility::kFile && is_unit_of_c(file.path)) return Reachable::kNot;
    return Reachable::kPerhaps;
  }
  if (own.visibility == Visibility::kPublic && !is_local) {
    return language == Language::kPython ? Reachable::kPerhaps : Reachable::kWell;
  }
  if (is_script(language)) {
    // Of an object, which others may have; or a value, whose name only a stack trace shows.
    if (own.scope != kNone || is_value(own, function.text)) return Reachable::kWell;
    // A page may call the functions of a script that is no module.
    return file.facts.imports.empty() ? Reachable::kPerhaps : Reachable::kNot;
  }
  return Reachable::kNot;
}

}  // namespace

Reachable reachable_by_others(const Codebase& code, const Unused& function) {
  const FileFacts& facts = code.files()[function.at.file].facts;
  const Symbol& own = code.symbol(function.at);
  if (has_special_name(facts.names[own.name]) || is_told_to_others(own, function.text)) {
    return Reachable::kWell;
  }
  if (is_c(facts.language) && function.is_pasted) return Reachable::kWell;
  return own.kind == SymbolKind::kMethod ? of_method(code, function) : of_function(code, function);
}

}  // namespace automod::analyzers
