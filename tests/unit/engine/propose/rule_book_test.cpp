#include "engine/propose/rule_book.hpp"

#include <algorithm>
#include <map>

#include "engine/propose/rules.hpp"
#include "engine/propose/syntax_rules.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"

using namespace automod;
using namespace automod::testing;
using propose::RuleBook;
using propose::RuleResults;

namespace {

constexpr std::string_view kRule =
    "[[rule]]\nid = 'no-print'\nlanguages = ['python']\n"
    "query = '((call function: (identifier) @f) @found (#eq? @f \"print\"))'\n"
    "message = 'left over'\nwhy = 'Nobody reads it.'\nchange = 'removes it'\nfix = ''\n"
    "confidence = 'high'\n";

/// The book of a target with these files.
Result<RuleBook> open(const OwnRules& own, const std::map<std::string, std::string>& files = {}) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return RuleBook::open(own, paths,
                        [&](std::string_view path) -> Result<std::optional<std::string>> {
                          return files.at(std::string(path));
                        });
}

std::string refusal(const OwnRules& own, const std::map<std::string, std::string>& files = {}) {
  const auto book = open(own, files);
  if (book) return "";
  CHECK(book.error().kind == ErrorKind::kUsage);
  return book.error().message;
}

bool has(const std::vector<analyzers::Rule>& rules, std::string_view id) {
  return std::ranges::find(rules, id, &analyzers::Rule::id) != rules.end();
}

class SyntaxTest {
 public:
  RuleResults results(const OwnRules& own = {}) {
    git.commit("base");
    auto repo = repo::Repository::open(git.root());
    REQUIRE(repo);
    const TreeId tree{git.tree()};
    const auto book = open(own);
    REQUIRE(book);
    const auto report = propose::read_by_syntax(
        *repo, tree, *repo->list(tree),
        book->chosen({Goal::kImprovePerformance, Goal::kFixBugs, Goal::kRefactor},
                     SafetyLevel::kAggressive, ""),
        2, {}, cancel);
    REQUIRE(report);
    files = report->files;
    auto made = propose::candidates_from(*repo, tree, report->diagnostics, *book,
                                         [](const Place&) { return true; });
    REQUIRE(made);
    return std::move(*made);
  }

  GitFixture git;
  CancelToken cancel;
  std::vector<std::string> files;
};

}  // namespace

TEST_CASE("a target's own rules stand in automod.toml and in the files that it names") {
  const std::string in_config = "version = 1\n" + std::string(kRule);
  const auto book = open({.files = {"lint/*.toml"}, .in_config = in_config},
                         {{"lint/more.toml",
                           "[[rule]]\nid = 'more'\nlanguages = ['go']\n"
                           "query = '(call_expression) @found'\n"
                           "message = 'm'\nwhy = 'w.'\n"},
                          {"other.toml", "?"}});
  REQUIRE(book);
  CHECK(has(book->rules(), "no-print"));
  CHECK(has(book->rules(), "more"));
  const auto& last = book->rules().back();
  CHECK(last.file == "lint/more.toml");
  CHECK(book->is_own(last));
  CHECK_FALSE(book->is_own(book->rules().front()));
}

TEST_CASE("what is wrong with a target's rules names the file and the place") {
  CHECK(refusal({.in_config = "version = 1\n[[rule]]\nid = 3\n"}) ==
        "automod.toml:3:6: id is a whole number, expected a string");
  CHECK(refusal({.files = {"a.toml"}}, {{"a.toml", "x"}}).starts_with("a.toml:1:"));
  CHECK(refusal({.files = {"lint.toml"}}, {}) ==
        "automod.toml: [rules] files names 'lint.toml', which is not there");
  CHECK(refusal({.files = {"a.toml", "b.toml"}},
                {{"a.toml", std::string(kRule)}, {"b.toml", std::string(kRule)}}) ==
        "b.toml: id 'no-print' stands for another rule already, in a.toml");
}

TEST_CASE("rules and checks can be switched off, and only those that there are") {
  const auto book = open({.off = {"py-not-in", "performance-avoid-endl"}});
  REQUIRE(book);
  CHECK_FALSE(has(book->rules(), "py-not-in"));
  CHECK(book->is_off("performance-avoid-endl"));
  CHECK_FALSE(book->is_off("py-bare-except"));
  CHECK(refusal({.off = {"py-not-inn"}}) ==
        "automod.toml: [rules] off: there is no rule or check 'py-not-inn', did you mean "
        "'py-not-in'?");
}

TEST_CASE("a name that ends with a star switches off all that begin so") {
  const auto book = open({.off = {"py-*", "clang-analyzer-core.*", "cert-err*"}});
  REQUIRE(book);
  CHECK_FALSE(has(book->rules(), "py-not-in"));
  CHECK(has(book->rules(), "js-index-for-includes"));
  CHECK(book->is_off("clang-analyzer-core.NullDereference"));
  CHECK_FALSE(book->is_off("clang-analyzer-cplusplus.NewDelete"));
  CHECK_FALSE(book->is_off("bugprone-use-after-move"));
  CHECK(refusal({.off = {"nothing-*"}}) ==
        "automod.toml: [rules] off: there is no rule or check 'nothing-*'");
}

TEST_CASE("goal, level and clang-tidy's checks decide which rules are used") {
  const auto book = open({});
  REQUIRE(book);
  const auto bugs = book->chosen({Goal::kFixBugs}, SafetyLevel::kConservative, "");
  CHECK(has(bugs, "py-is-with-literal"));
  CHECK_FALSE(has(bugs, "py-copy-to-ask"));  // for speed
  CHECK_FALSE(has(bugs, "py-bare-except"));  // of medium confidence
  CHECK(has(book->chosen({Goal::kFixBugs}, SafetyLevel::kModerate, ""), "py-bare-except"));
  const auto with = [&](std::string_view checks) {
    return book->chosen({Goal::kImprovePerformance}, SafetyLevel::kConservative, checks);
  };
  CHECK(has(with("-*,performance-for-range-copy"), "cpp-endl-in-loop"));
  CHECK_FALSE(has(with("-*,performance-avoid-endl"), "cpp-endl-in-loop"));
}

TEST_CASE("every check that a rule leaves to clang-tidy is one of ours") {
  for (const analyzers::Rule& rule : analyzers::builtin_rules()) {
    for (const std::string& check : rule.covered_by) CHECK(propose::find_rule(check).is_known);
  }
}

TEST_CASE_METHOD(SyntaxTest, "what a rule finds becomes a finding and a candidate") {
  git.write("pkg/mode.py", "def f(mode):\n    if mode is \"fast\":\n        return 1\n");
  git.write("notes.md", "mode is \"fast\"\n");
  const RuleResults made = results();
  CHECK(files == std::vector<std::string>{"pkg/mode.py"});
  REQUIRE(made.findings.size() == 1);
  const Finding& finding = made.findings[0];
  CHECK(finding.rule == "py-is-with-literal");
  CHECK(finding.place.path == "pkg/mode.py");
  CHECK(finding.place.line == 2);
  CHECK(finding.place.column == 8);
  CHECK(finding.place.symbol == "f");
  CHECK(finding.message == "mode is \"fast\" asks whether both are one object");
  CHECK(finding.type == ModificationType::kBugFix);
  CHECK(finding.severity == Severity::kError);
  CHECK(finding.confidence == Confidence::kHigh);
  REQUIRE(made.candidates.size() == 1);
  const Candidate& candidate = made.candidates[0];
  CHECK(candidate.summary == "py-is-with-literal: identity with a literal in mode.py:2 (f)");
  CHECK(candidate.reasoning.starts_with(
      "the rule py-is-with-literal says: mode is \"fast\" asks whether both are one object."));
  CHECK(candidate.origin.proposer == ProposerKind::kRules);
  CHECK(candidate.files[0].modified ==
        "def f(mode):\n    if mode == \"fast\":\n        return 1\n");
}

TEST_CASE_METHOD(SyntaxTest, "a target's own rule is used like the others") {
  git.write("a.py", "x = 1\nprint(x)\n");
  const RuleResults made = results({.in_config = std::string(kRule)});
  REQUIRE(made.candidates.size() == 1);
  CHECK(made.candidates[0].origin.name == "no-print");
  CHECK(made.candidates[0].files[0].modified == "x = 1\n");
}

TEST_CASE_METHOD(SyntaxTest, "rules leave vendored and generated files alone") {
  git.write("a.js", "f(x === NaN);\n");
  git.write("vendor/b.js", "f(x === NaN);\n");
  git.write("dist/c.js", "f(x === NaN);\n");
  git.write("d.js", "// Generated by a program. Do not edit.\nf(x === NaN);\n");
  CHECK(results().findings.size() == 1);
  CHECK(files == std::vector<std::string>{"a.js"});
}

TEST_CASE_METHOD(SyntaxTest, "findings on neighbouring lines are mended together") {
  git.write("a.js", "f(x === NaN);\nf(y === NaN);\n\n\nf(z === NaN);\n");
  const RuleResults made = results();
  CHECK(made.findings.size() == 3);
  REQUIRE(made.candidates.size() == 2);
  CHECK(made.candidates[0].files[0].modified ==
        "f(Number.isNaN(x));\nf(Number.isNaN(y));\n\n\nf(z === NaN);\n");
}

TEST_CASE_METHOD(SyntaxTest, "an interruption ends the reading") {
  git.write("a.py", "x = 1\n");
  cancel.request();
  git.commit("base");
  const auto repo = repo::Repository::open(git.root());
  REQUIRE(repo);
  const TreeId tree{git.tree()};
  const auto report = propose::read_by_syntax(*repo, tree, *repo->list(tree),
                                              analyzers::builtin_rules(), 1, {}, cancel);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::kInterrupted);
}
