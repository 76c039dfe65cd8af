#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "analyzers/conventions/naming.hpp"
#include "analyzers/conventions/tally.hpp"
#include "analyzers/treesitter/visibility.hpp"

namespace automod::analyzers {

namespace {

using enum HabitTopic;

struct Framework {
  Language language;
  std::string_view import;  // that begins with or, of C++, contains this
  std::string_view name;
};

constexpr auto kFrameworks = std::to_array<Framework>({
    {Language::kCpp, "catch2/", "Catch2"},
    {Language::kCpp, "catch.hpp", "Catch2"},
    {Language::kCpp, "gtest/", "GoogleTest"},
    {Language::kCpp, "gmock/", "GoogleTest"},
    {Language::kCpp, "doctest", "doctest"},
    {Language::kCpp, "boost/test", "Boost.Test"},
    {Language::kPython, "pytest", "pytest"},
    {Language::kPython, "unittest", "unittest"},
    {Language::kJavaScript, "node:test", "node:test"},
    {Language::kJavaScript, "@jest/globals", "jest"},
    {Language::kJavaScript, "vitest", "vitest"},
    {Language::kJavaScript, "mocha", "mocha"},
    {Language::kGo, "testing", "go test"},
    {Language::kJava, "org.junit.jupiter", "JUnit 5"},
    {Language::kJava, "org.junit", "JUnit 4"},
    {Language::kJava, "org.testng", "TestNG"},
});

Language plain(Language language) {
  if (language == Language::kC) return Language::kCpp;
  const bool is_script = language == Language::kTypeScript || language == Language::kTsx;
  return is_script ? Language::kJavaScript : language;
}

bool uses(const FileFacts& facts, std::string_view name) {
  return std::ranges::find(facts.names, name) != facts.names.end();
}

std::optional<std::string_view> framework_of(const HabitSource& source) {
  const FileFacts& facts = source.file.facts;
  const Language language = plain(facts.language);
  for (const Framework& one : kFrameworks) {
    if (one.language != language) continue;
    const bool is_c = language == Language::kCpp;
    const bool any = std::ranges::any_of(facts.imports, [&](const Import& import) {
      return is_c ? import.target.contains(one.import) : import.target.starts_with(one.import);
    });
    if (any) return one.name;
  }
  if (language == Language::kCpp && uses(facts, "TEST_CASE")) {
    if (source.has_catch2 != source.has_doctest) return source.has_catch2 ? "Catch2" : "doctest";
  }
  if (language == Language::kCpp && (uses(facts, "TEST_F") || uses(facts, "EXPECT_EQ"))) {
    return "GoogleTest";
  }
  if (language == Language::kRust && source.text.contains("#[test]")) return "cargo test";
  if (language == Language::kPython) {
    const bool any = std::ranges::any_of(facts.symbols, [&](const Symbol& symbol) {
      return symbol.kind == SymbolKind::kFunction && symbol.within == kNone &&
             facts.names[symbol.name].starts_with("test_");
    });
    if (any) return "pytest";
  }
  return std::nullopt;
}

/// "test_*", "*_test".
std::string_view file_pattern(std::string_view path) {
  const std::string_view file = name_part(path);
  const std::string_view stem = file.substr(0, file.rfind('.'));
  if (stem.starts_with("test_")) return "test_*";
  if (stem.ends_with("_test")) return "*_test";
  if (stem.ends_with("_tests")) return "*_tests";
  if (stem.ends_with(".test")) return "*.test";
  if (stem.ends_with(".spec")) return "*.spec";
  if (stem.ends_with("Test")) return "*Test";
  if (stem.ends_with("Tests")) return "*Tests";
  if (stem.starts_with("Test")) return "Test*";
  return "another";
}

std::string_view place_of(std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    const std::string_view folder = path.substr(0, slash);
    if (folder == "tests" || folder == "test" || folder == "__tests__" || folder == "spec") {
      return folder == "tests"       ? "in tests/"
             : folder == "test"      ? "in test/"
             : folder == "__tests__" ? "in __tests__/"
                                     : "in spec/";
    }
    path.remove_prefix(slash + 1);
  }
  return "beside the code";
}

/// Cases that are named by a text: a sentence, or a name?
void learn_titles(const HabitSource& source, Tally& into) {
  for (const SyntaxNode& node : source.tree.nodes) {
    if (!node.is_named || (node.type != "string" && node.type != "string_literal")) continue;
    const std::string_view before = source.text.substr(0, node.begin);
    const bool is_case = before.ends_with("TEST_CASE(") || before.ends_with(" it(") ||
                         before.ends_with("\ntest(") || before.ends_with(" test(");
    if (!is_case) continue;
    const bool is_sentence = source.text_of(node).contains(' ');
    into.add(kTests, "cases are called by", is_sentence ? "sentences" : "single words", node.line);
  }
}

/// Cases that are functions.
void learn_names(const HabitSource& source, Tally& into) {
  const FileFacts& facts = source.file.facts;
  for (const Symbol& symbol : facts.symbols) {
    const std::string& text = facts.names[symbol.name];
    const bool is_case = is_callable(symbol.kind) &&
                         (text.starts_with("test") || text.starts_with("Test")) && text.size() > 4;
    const auto style = is_case ? name_style(facts, symbol) : std::nullopt;
    if (style) into.add(kTests, "functions that test are called in", name(*style), symbol.line);
  }
}

}  // namespace

void learn_tests(const HabitSource& source, Tally& into) {
  const auto framework = framework_of(source);
  if (!framework) return;
  into.add(kTests, "framework", *framework, 1);
  learn_titles(source, into);
  learn_names(source, into);
  if (kind_of_file(source.file.path) != FileKind::kTest) {
    into.add(kTests, "tests stand", "in the file that they test", 1);
    return;
  }
  into.add(kTests, "tests stand", place_of(source.file.path), 1);
  into.add(kTests, "files of tests are called", file_pattern(source.file.path), 1);
}

}  // namespace automod::analyzers
