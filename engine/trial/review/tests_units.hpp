#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/treesitter/syntax.hpp"
#include "engine/trial/review/outline.hpp"
#include "engine/trial/review/tests_words.hpp"

/// A test file, cut into test cases, the functions and macros that help them, and the rest.
namespace automod::trial {

enum class UnitKind {
  kCase,       // a test that its framework finds
  kHelper,     // a function, macro or class
  kContainer,  // the heading of a class, suite or module that holds others
  kOther,      // a statement of the file itself
};

struct Unit {
  UnitKind kind = UnitKind::kOther;
  std::string name;      // with those of what contains it: "TestList.test_add"
  std::string disabled;  // how its own heading keeps it from being run; empty: it does not
  std::vector<std::string> guards;    // conditions that it stands under, such as "#if 0"
  std::vector<Statement> statements;  // the heading first
  std::size_t line = 0;

  const Statement& heading() const { return statements.front(); }
};

struct TestFile {
  std::string path;
  analyzers::Language language = analyzers::Language::kC;
  std::vector<Unit> units;
  Checking checking;
  std::string comments;
  // What is asked for again and again, looked up once.
  std::set<std::string, std::less<>> words;    // outside of imports
  std::set<std::string, std::less<>> looped;   // words of loops and of lists of cases
  std::map<std::string, std::size_t> running;  // statements that nothing switches off
  std::set<std::string, std::less<>> names;    // of units

  bool uses(std::string_view word) const { return words.contains(word); }
};

/// nullopt where the file cannot be read within bounds.
std::optional<TestFile> read_tests(std::string_view path, analyzers::Language language,
                                   std::string_view text);

/// Does the unit assert something, by itself or by calling what does?
bool asserts(const Unit& unit, const Checking& checking);

/// Brings in what is defined elsewhere.
bool is_import(const Statement& statement);

/// A list of inputs, one test for each.
bool is_table_call(const Statement& statement);

/// By its path alone, would the runners of its language look for tests in the file?
bool is_collected(std::string_view path, analyzers::Language language);

}  // namespace automod::trial
