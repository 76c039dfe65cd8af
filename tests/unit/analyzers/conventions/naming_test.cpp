#include "analyzers/conventions/naming.hpp"

#include <string>

#include "tests/unit/catch.hpp"

using namespace automod::analyzers;

namespace {

/// "functions snake_case" of the last symbol; "-" where it tells nothing.
std::string style(Language language, const std::string& code) {
  const FileFacts facts = facts_of(language, code);
  REQUIRE_FALSE(facts.symbols.empty());
  const Symbol& symbol = facts.symbols.back();
  const auto found = name_style(facts, symbol);
  return std::string(naming_group(facts, symbol)) + " " + std::string(found ? name(*found) : "-");
}

std::string affix(const std::string& field) {
  const FileFacts facts = facts_of(Language::kCpp, "class A {\n  int " + field + ";\n};\n");
  const auto found = name_affix(facts, facts.symbols.back());
  return std::string(found ? name(*found) : "-");
}

}  // namespace

TEST_CASE("a name of several words tells its style") {
  CHECK(style(Language::kC, "int find_all(void) { return 1; }\n") == "functions snake_case");
  CHECK(style(Language::kC, "int findAll(void) { return 1; }\n") == "functions camelCase");
  CHECK(style(Language::kC, "int FindAll(void) { return 1; }\n") == "functions PascalCase");
  CHECK(style(Language::kCpp, "const int kFindAll = 1;\n") == "constants kPascalCase");
  CHECK(style(Language::kC, "#define FIND_ALL 1\n") == "macros UPPER_CASE");
  CHECK(style(Language::kPython, "def _find_all():\n    pass\n") == "functions snake_case");
}

TEST_CASE("a single word tells only where small letters are a choice") {
  CHECK(style(Language::kC, "int find(void) { return 1; }\n") == "functions -");
  CHECK(style(Language::kC, "struct ring { int a; };\nstruct ring2 {\n};\n") == "types snake_case");
  CHECK(style(Language::kGo, "package a\n\nfunc find() {}\n") == "functions -");
}

TEST_CASE("names that nobody chose tell nothing") {
  CHECK(style(Language::kPython, "def __get_item__():\n    pass\n") == "functions -");
  CHECK(style(Language::kCpp, "struct TwoWords {\n  TwoWords() {}\n};\n") == "methods -");
  CHECK(style(Language::kCpp, "struct A {};\nbool operator==(A, A);\n") == "functions -");
}

TEST_CASE("members have affixes") {
  CHECK(affix("size_") == "trailing underscore");
  CHECK(affix("m_size") == "m_ prefix");
  CHECK(affix("_size") == "leading underscore");
  CHECK(affix("size") == "no affix");
}
