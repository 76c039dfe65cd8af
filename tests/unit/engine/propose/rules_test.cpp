#include "engine/propose/rules.hpp"

#include <algorithm>
#include <set>

#include "base/files.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/propose/rule_table.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/support/git_fixture.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::Diagnostic;
using analyzers::TidyReport;
using propose::checks_for;
using propose::RuleResults;

namespace {

constexpr std::string_view kCheck = "modernize-use-nullptr";

class RulesTest {
 public:
  /// What is between « and » in the files counts as found by `check`, to become `text`.
  void found(const std::string& path, std::string marked, const std::string& text,
             std::string_view check = kCheck) {
    std::string plain;
    std::vector<Diagnostic> all;
    for (std::size_t i = 0; i < marked.size();) {
      if (marked.compare(i, 2, "\xc2\xab") == 0) {
        Diagnostic& one = all.emplace_back();
        one = {std::string(check), "use nullptr", path, plain.size(), "Warning", {}};
        one.fix.push_back({path, plain.size(), 0, text});
        i += 2;
      } else if (marked.compare(i, 2, "\xc2\xbb") == 0) {
        all.back().fix[0].length = plain.size() - all.back().offset;
        i += 2;
      } else {
        plain += marked[i++];
      }
    }
    git.write(path, plain);
    report.diagnostics.insert(report.diagnostics.end(), all.begin(), all.end());
  }

  RuleResults results() {
    git.commit("base");
    auto repo = repo::Repository::open(git.root());
    REQUIRE(repo);
    auto made = propose::candidates_from(*repo, TreeId{git.tree()}, report.diagnostics, {},
                                         [](const Place&) { return true; });
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return std::move(*made);
  }

  std::optional<std::string> followed(std::string_view path) {
    auto repo = repo::Repository::open(git.root());
    REQUIRE(repo);
    auto paths = propose::tree_paths(*repo, TreeId{git.tree()});
    REQUIRE(paths);
    return (*paths)(path);
  }

  GitFixture git;
  TidyReport report;
};

bool has_check(const std::string& checks, std::string_view check) {
  return ("," + checks + ",").find("," + std::string(check) + ",") != std::string::npos;
}

const std::vector<Goal> kAllGoals = {Goal::kImprovePerformance, Goal::kFixBugs, Goal::kAddFeatures,
                                     Goal::kRefactor};

}  // namespace

TEST_CASE("every goal has its own checks, and add_features has none") {
  const auto level = SafetyLevel::kConservative;
  const std::string performance = checks_for({Goal::kImprovePerformance}, level);
  CHECK_THAT(performance, StartsWith("-*,"));
  CHECK(has_check(performance, "performance-for-range-copy"));
  CHECK_FALSE(has_check(performance, "modernize-use-nullptr"));
  CHECK(has_check(checks_for({Goal::kFixBugs}, level), "bugprone-use-after-move"));
  CHECK(has_check(checks_for({Goal::kRefactor}, level), "modernize-use-nullptr"));
  CHECK(checks_for({Goal::kAddFeatures}, SafetyLevel::kAggressive).empty());
  CHECK(checks_for({}, level).empty());
}

TEST_CASE("a higher level adds to the lower ones, whatever the order of the goals") {
  const auto conservative = checks_for(kAllGoals, SafetyLevel::kConservative);
  const auto moderate = checks_for(kAllGoals, SafetyLevel::kModerate);
  const auto aggressive = checks_for(kAllGoals, SafetyLevel::kAggressive);
  CHECK_FALSE(has_check(conservative, "performance-unnecessary-value-param"));
  CHECK(has_check(moderate, "performance-unnecessary-value-param"));
  CHECK_FALSE(has_check(moderate, "modernize-use-auto"));
  CHECK(has_check(aggressive, "modernize-use-auto"));
  CHECK(conservative.size() < moderate.size());
  CHECK(moderate.size() < aggressive.size());
  CHECK(checks_for({Goal::kRefactor, Goal::kFixBugs}, SafetyLevel::kModerate) ==
        checks_for({Goal::kFixBugs, Goal::kRefactor, Goal::kFixBugs}, SafetyLevel::kModerate));
}

TEST_CASE("every rule says why, is listed once and stands in the manual with its level") {
  const auto manual = read_file("docs/rules.md", kMiB);
  REQUIRE(manual);
  std::set<std::string_view> names;
  std::size_t rows = 0;
  for (const Goal goal : kAllGoals) {
    for (const propose::Rule& rule : propose::rules_of(goal)) {
      CAPTURE(rule.check);
      CHECK(names.insert(rule.check).second);
      CHECK_THAT(std::string(rule.why), EndsWith("."));
      CHECK(rule.seen.size() <= 34);
      std::string row = "| `" + std::string(rule.check) + "` | " + std::string(name(rule.level)) +
                        " | " + std::string(rule.why) + " | ";
      row += rule.change.empty() ? "nothing: finding only" : rule.change;
      CHECK_THAT(*manual, ContainsSubstring(row));
      ++rows;
    }
  }
  const auto lines = split_lines(*manual);
  CHECK(rows == static_cast<std::size_t>(std::ranges::count_if(lines, [](std::string_view line) {
          return line.starts_with("| `") && (line.find(" | conservative | ") != line.npos ||
                                             line.find(" | moderate | ") != line.npos ||
                                             line.find(" | aggressive | ") != line.npos);
        })));
}

TEST_CASE("clang-tidy knows every check of ours") {
  const std::string wanted = checks_for(kAllGoals, SafetyLevel::kAggressive);
  auto ran =
      run_program({.argv = {"clang-tidy-19", "--config={}", "--checks=" + wanted, "--list-checks"},
                   .timeout = std::chrono::seconds(60)},
                  CancelToken());
  INFO((ran ? ran->err : ran.error().message));
  REQUIRE(ran);
  REQUIRE(ran->exit_code == 0);
  std::set<std::string> known;
  for (const std::string_view line : split_lines(ran->out)) {
    known.insert(std::string(line.substr(std::min(line.find_first_not_of(' '), line.size()))));
  }
  for (const Goal goal : kAllGoals) {
    for (const propose::Rule& rule : propose::rules_of(goal)) {
      CAPTURE(rule.check);
      if (rule.reader != propose::Reader::kClangTidy) continue;
      const std::string check(rule.check.substr(0, rule.check.find('*')));
      const auto first = known.lower_bound(check);
      REQUIRE(first != known.end());
      CHECK((rule.check.ends_with('*') ? first->starts_with(check) : *first == check));
    }
  }
}

TEST_CASE("the type of a change follows from the goal of its check") {
  CHECK(propose::find_rule("performance-avoid-endl").type == ModificationType::kPerformance);
  CHECK(propose::find_rule("misc-redundant-expression").type == ModificationType::kBugFix);
  CHECK(propose::find_rule("clang-analyzer-core.NullDereference").is_known);
  CHECK(propose::find_rule("clang-analyzer-core.NullDereference").type ==
        ModificationType::kBugFix);
  CHECK_FALSE(propose::find_rule("bugprone-of-the-future").is_known);
  CHECK(propose::find_rule("bugprone-of-the-future").type == ModificationType::kBugFix);
  CHECK(propose::find_rule("some-plugin").type == ModificationType::kRefactor);
}

TEST_CASE_METHOD(RulesTest, "a diagnostic with a fix becomes a finding and a candidate") {
  found("src/rank.cpp", "int x;\nint* score_all() {\n  return «0»;\n}\n", "nullptr");
  const RuleResults made = results();
  REQUIRE(made.findings.size() == 1);
  const Finding& finding = made.findings[0];
  CHECK(finding.rule == kCheck);
  CHECK(finding.place.path == "src/rank.cpp");
  CHECK(finding.place.line == 3);
  CHECK(finding.place.column == 10);
  CHECK(finding.place.symbol == "score_all");
  CHECK(finding.message == "use nullptr");
  CHECK_FALSE(finding.why.empty());
  CHECK(finding.type == ModificationType::kRefactor);
  CHECK(finding.severity == Severity::kWarning);

  REQUIRE(made.candidates.size() == 1);
  const Candidate& candidate = made.candidates[0];
  CHECK(candidate.type == ModificationType::kRefactor);
  CHECK(candidate.summary ==
        "modernize-use-nullptr: 0 or NULL as a pointer in rank.cpp:3 (score_all)");
  CHECK(candidate.reasoning ==
        "clang-tidy says: use nullptr. nullptr has a pointer type; 0 picks the integer overload. "
        "The change writes nullptr.");
  CHECK(candidate.origin.proposer == ProposerKind::kRules);
  CHECK(candidate.origin.name == kCheck);
  CHECK(candidate.origin.prompt_digest.empty());
  CHECK(candidate.place.line == 3);
  REQUIRE(candidate.files.size() == 1);
  CHECK(candidate.files[0].path == "src/rank.cpp");
  CHECK(candidate.files[0].original == "int x;\nint* score_all() {\n  return 0;\n}\n");
  CHECK(candidate.files[0].modified == "int x;\nint* score_all() {\n  return nullptr;\n}\n");
  CHECK_FALSE(candidate.files[0].executable);
}

TEST_CASE_METHOD(RulesTest, "neighbouring lines of one check are changed together, others apart") {
  found("a.cpp", "int* a = «0»;\nint* b = «0»;\nint c;\nint d;\nint* e = «0»;\n", "nullptr");
  found("b.cpp", "int* a = «0»;\n", "nullptr");
  const RuleResults made = results();
  CHECK(made.findings.size() == 4);
  REQUIRE(made.candidates.size() == 3);
  CHECK(made.candidates[0].files[0].modified ==
        "int* a = nullptr;\nint* b = nullptr;\nint c;\nint d;\nint* e = 0;\n");
  CHECK_THAT(made.candidates[0].summary, ContainsSubstring("a.cpp:1 and 1 more"));
  CHECK_THAT(made.candidates[0].reasoning, ContainsSubstring("use nullptr (lines 1, 2)."));
  CHECK(made.candidates[1].place.line == 5);
  CHECK(made.candidates[2].place.path == "b.cpp");
}

TEST_CASE_METHOD(RulesTest, "two checks on one line are two candidates") {
  found("a.cpp", "int* a = «0»;\n", "nullptr");
  Diagnostic other = report.diagnostics[0];
  other.check = "modernize-use-auto";
  other.fix = {{"a.cpp", 0, 4, "auto"}};
  report.diagnostics.push_back(other);
  CHECK(results().candidates.size() == 2);
}

TEST_CASE_METHOD(RulesTest, "fixes that cannot be made together stay apart") {
  found("a.cpp", "int* a = «0»;\n", "nullptr");
  Diagnostic other = report.diagnostics[0];
  other.message = "use something else";
  other.fix[0].text = "NULL";
  report.diagnostics.push_back(other);
  CHECK(results().candidates.size() == 2);
}

TEST_CASE_METHOD(RulesTest, "who needs an added include goes with the fix that brings it") {
  const std::string far = "\n\n\n";
  found("a.cpp", far + "int* a = «0»;" + far + "int* b = «0»;" + far + "int* c = «0»;\n", "x");
  auto& all = report.diagnostics;
  all[0].fix[0].text = "std::move(a)";
  all[0].fix.insert(all[0].fix.begin(), {"a.cpp", 0, 0, "#include <utility>\n"});
  all[1].fix[0].text = "std::move(b)";
  all[2].fix[0].text = "nullptr";
  const RuleResults made = results();
  REQUIRE(made.candidates.size() == 2);
  CHECK_THAT(*made.candidates[0].files[0].modified, ContainsSubstring("#include <utility>") &&
                                                        ContainsSubstring("std::move(a)") &&
                                                        ContainsSubstring("std::move(b)"));
  CHECK_THAT(*made.candidates[1].files[0].modified, ContainsSubstring("nullptr"));
}

TEST_CASE_METHOD(RulesTest, "a fix may reach into several files, sorted by path") {
  found("b.hpp", "void f(«int»* p);\n", "const int");
  found("a.cpp", "void f(«int»* p) {}\n", "const int");
  report.diagnostics[0].fix.insert(report.diagnostics[0].fix.begin(), report.diagnostics[1].fix[0]);
  report.diagnostics.pop_back();
  const RuleResults made = results();
  REQUIRE(made.candidates.size() == 1);
  REQUIRE(made.candidates[0].files.size() == 2);
  CHECK(made.candidates[0].files[0].path == "a.cpp");
  CHECK(made.candidates[0].files[1].path == "b.hpp");
}

TEST_CASE_METHOD(RulesTest, "a fix that cannot be made leaves the finding only") {
  SECTION("it changes nothing") { found("a.cpp", "int* a = «0»;\n", "0"); }
  SECTION("it breaks the syntax") { found("a.cpp", "int* a = «0»;\n", "{ ( ;"); }
  SECTION("it reaches beyond the end") {
    found("a.cpp", "int* a = «0»;\n", "nullptr");
    report.diagnostics[0].fix[0].offset = 1000;
  }
  SECTION("part of it is in a file that is not there") {
    found("a.cpp", "int* a = «0»;\n", "nullptr");
    report.diagnostics[0].fix.push_back({"gone.hpp", 0, 0, "x"});
  }
  SECTION("it would write through a symbolic link") {
    found("a.cpp", "int* a = «0»;\n", "nullptr");
    git.link("link.cpp", "a.cpp");
    report.diagnostics[0].fix[0].path = "link.cpp";
  }
  SECTION("there is none") {
    found("a.cpp", "int* a = «0»;\n", "nullptr");
    report.diagnostics[0].fix.clear();
  }
  const RuleResults made = results();
  CHECK(made.findings.size() == 1);
  CHECK(made.candidates.empty());
}

TEST_CASE_METHOD(RulesTest, "a file that had errors of syntax may keep them") {
  found("a.cpp", "int* a = «0»;\nint ( ;\n", "nullptr");
  CHECK(results().candidates.size() == 1);
}

TEST_CASE_METHOD(RulesTest, "new lines end as those of the file do, and its mode stays") {
  found("a.cpp", "«»int a;\r\nint b;\r\n", "#include <utility>\n");
  git.write("a.cpp", "int a;\r\nint b;\r\n", true);
  const RuleResults made = results();
  REQUIRE(made.candidates.size() == 1);
  const FileChange& file = made.candidates[0].files[0];
  CHECK(file.modified == "#include <utility>\r\nint a;\r\nint b;\r\n");
  CHECK(file.original_executable);
  CHECK(file.executable);
}

TEST_CASE_METHOD(RulesTest, "candidates come in the order of their places") {
  found("b.cpp", "int* a = «0»;\n\n\n\nint* b = «0»;\n", "nullptr");
  found("a.cpp", "int* a = «0»;\n", "nullptr");
  std::ranges::reverse(report.diagnostics);
  const RuleResults made = results();
  REQUIRE(made.candidates.size() == 3);
  CHECK(made.candidates[0].place.path == "a.cpp");
  CHECK(made.candidates[1].place.line == 1);
  CHECK(made.candidates[2].place.line == 5);
}

TEST_CASE_METHOD(RulesTest, "a long summary loses words before it loses the place") {
  const std::string symbol(40, 'f');
  found("a.cpp", "int* " + symbol + "() { return «0»; }\n", "nullptr");
  found("b.cpp", "int* f() { return «0»; }\n", "nullptr",
        "performance-unnecessary-copy-initialization");
  found(std::string(60, 'n') + ".cpp", "int* a = «0»;\n", "nullptr");
  for (const Candidate& candidate : results().candidates) {
    CAPTURE(candidate.summary);
    CHECK((candidate.summary.size() <= 72 || candidate.place.path.size() > 60));
    CHECK_THAT(candidate.summary, ContainsSubstring(".cpp:1"));
  }
}

TEST_CASE_METHOD(RulesTest, "what clang-tidy quotes from the target cannot steer a terminal") {
  found("a.cpp", "int* a = «0»;\n", "nullptr");
  report.diagnostics[0].message = "use \x1b[31m\nred";
  const RuleResults made = results();
  CHECK_THAT(made.candidates[0].reasoning, ContainsSubstring("use \\x1b[31m\\nred"));
}

TEST_CASE_METHOD(RulesTest, "paths follow the links of the tree and nothing outside it") {
  git.write("include/real/a.hpp", "");
  git.write("b.hpp", "", true);
  git.link("public", "include/real");
  git.link("include/up", "../include/./real/..");
  git.link("absolute", "/tree/include");
  git.link("outside", "/etc");
  git.link("escape", "../../etc");
  git.link("loop", "loop");
  git.link("alias.hpp", "public/a.hpp");
  git.commit("base");
  const std::optional<std::string> real = "include/real/a.hpp";
  CHECK(followed("include/real/a.hpp") == real);
  CHECK(followed("public/a.hpp") == real);
  CHECK(followed("alias.hpp") == real);
  CHECK(followed("include/up/real/a.hpp") == real);
  CHECK(followed("absolute/real/a.hpp") == real);
  CHECK(followed("build/../include/real/a.hpp") == real);
  CHECK(followed("b.hpp") == "b.hpp");
  // ".." counts after the link, not in the text.
  CHECK(followed("public/../real/a.hpp") == real);
  CHECK_FALSE(followed("public/../b.hpp"));
  for (const char* path : {"", ".", "..", "include", "public", "outside/passwd", "escape/passwd",
                           "loop", "loop/a", "../tree/b.hpp", "missing.hpp", "b.hpp/.."}) {
    CAPTURE(path);
    CHECK_FALSE(followed(path));
  }
  CHECK_FALSE(followed(std::string(100'000, '/')));
}
