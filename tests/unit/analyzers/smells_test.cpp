#include "analyzers/smells/smells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "analyzers/clang/ast_units.hpp"
#include "base/text.hpp"
#include "tests/unit/analyzers/world.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::Diagnostic;

namespace {

constexpr std::string_view kExpect = "// expect: ";

/// "a.cpp:12 cpp-erase-in-loop"
using Places = std::set<std::string>;

class SmellsTest {
 public:
  void file(const std::string& path, std::string_view content) {
    project.write(path, content);
    job.files.push_back(path);
    texts[path] = std::string(content);
  }

  std::vector<Diagnostic> findings(sandbox::Runner& runner) {
    job.policy.work = project.path();
    job.smells = true;
    const auto report = analyzers::read_units(runner, job, plain_paths, {}, cancel);
    INFO((report ? "" : report.error().message));
    REQUIRE(report);
    INFO((report->gaps.empty() ? "" : report->gaps.front().why));
    REQUIRE(report->gaps.empty());
    auto all = analyzers::find_smells(report->facts, true);
    std::erase_if(all, [&](const Diagnostic& one) {
      return analyzers::is_silenced(texts.at(one.path), one.offset, one.check);
    });
    return all;
  }

  Places places(sandbox::Runner& runner) {
    Places all;
    for (const Diagnostic& one : findings(runner)) {
      const std::string_view before = std::string_view(texts.at(one.path)).substr(0, one.offset);
      all.insert(
          fmt::format("{}:{} {}", one.path, std::ranges::count(before, '\n') + 1, one.check));
    }
    return all;
  }

  /// Checks of one source.
  std::vector<std::string> checks(std::string_view source) {
    file("a.cpp", source);
    DirectRunner runner;
    std::vector<std::string> all;
    for (const Diagnostic& one : findings(runner)) all.push_back(one.check);
    return all;
  }

  Project project;
  analyzers::AstJob job{.fallback_flags = {"-std=c++20"}};
  std::map<std::string, std::string> texts;
  CancelToken cancel;
};

/// What a seeded file says itself, as far as the rules that read with clang are meant.
void add_expected(const std::string& path, std::string_view text, Places& into) {
  static const std::set<std::string_view> kOfOthers = {"cpp-count-then-index", "cpp-regex-in-loop",
                                                       "cpp-concatenation-in-loop"};
  std::size_t line = 0;
  for (const std::string_view one : split_lines(text)) {
    ++line;
    const std::size_t at = one.find(kExpect);
    if (at == one.npos) continue;
    const std::string_view rule = one.substr(at + kExpect.size());
    if (rule.starts_with("cpp-") && !kOfOthers.contains(rule)) {
      into.insert(fmt::format("{}:{} {}", path, line, rule));
    }
  }
}

}  // namespace

TEST_CASE_METHOD(SmellsTest, "of the seeded defects all are found, and of their clean twins none") {
  auto runner = sandbox::open_runner();
  INFO((runner ? "" : runner.error().message));
  REQUIRE(runner);
  Places expected;
  Places found;
  for (const std::string_view ending : {".cpp", ".c"}) {
    job.files.clear();
    job.fallback_flags.clear();
    if (ending == ".cpp") job.fallback_flags = {"-std=c++20"};
    for (const auto& entry : std::filesystem::directory_iterator("tests/seeded/cpp")) {
      if (entry.path().extension() != ending) continue;
      const std::string name = entry.path().filename().string();
      const auto text = read_file(entry.path(), kMiB);
      REQUIRE(text);
      file(name, *text);
      add_expected(name, *text, expected);
    }
    found.merge(places(**runner));
  }
  REQUIRE(expected.size() >= 36);
  Places missed;
  Places wrong;
  std::ranges::set_difference(expected, found, std::inserter(missed, missed.end()));
  std::ranges::set_difference(found, expected, std::inserter(wrong, wrong.end()));
  CHECK(missed == Places());
  CHECK(wrong == Places());
}

TEST_CASE_METHOD(SmellsTest, "what is copied at its last use is moved by the fix") {
  const std::string source =
      "#include <string>\n#include <vector>\n"
      "void f(std::vector<std::string>& all) { std::string one = \"x\"; all.push_back(one); }\n";
  file("a.cpp", source);
  DirectRunner runner;
  const auto found = findings(runner);
  REQUIRE(found.size() == 1);
  const auto fixed = analyzers::apply_replacements(source, found[0].fix);
  REQUIRE(fixed);
  CHECK_THAT(*fixed, ContainsSubstring("all.push_back(std::move(one));"));
}

TEST_CASE_METHOD(SmellsTest, "comments silence one rule or all, at the line or the one before") {
  const std::string erase = "while (!all.empty()) all.erase(all.begin());";
  const std::string source = fmt::format(
      "#include <vector>\nvoid f(std::vector<int>& all) {{\n"
      "  {0}  // NOLINT\n"
      "  {0}  // NOLINT(cpp-erase-in-loop)\n"
      "  {0}  // NOLINT(cpp-search-in-loop)\n"
      "  // NOLINTNEXTLINE\n  {0}\n"
      "  {0}  // automod-ignore: cpp-search-in-loop, cpp-erase-in-loop\n"
      "  ;\n  // automod-ignore\n  {0}\n"
      "}}\n",
      erase);
  CHECK(checks(source) == std::vector<std::string>{"cpp-erase-in-loop"});
}

TEST_CASE_METHOD(SmellsTest, "an override in another unit makes a virtual call needed") {
  file("a.hpp", "#pragma once\nstruct A { virtual int f() { return 1; } };\n");
  job.files.clear();
  file("a.cpp",
       "#include \"a.hpp\"\nint g(A& a) { int n = 0; while (n < 9) n += a.f(); return n; }");
  DirectRunner runner;
  CHECK(findings(runner).size() == 1);
  file("b.cpp", "#include \"a.hpp\"\nstruct B : A { int f() override { return 2; } };\n");
  CHECK(findings(runner).empty());
}

TEST_CASE_METHOD(SmellsTest, "locks taken in both orders are told in both places") {
  file("a.hpp", "#pragma once\n#include <mutex>\nextern std::mutex left, right;\n");
  job.files.clear();
  file("a.cpp",
       "#include \"a.hpp\"\nvoid f() { std::lock_guard a(left); std::lock_guard b(right); }\n");
  file("b.cpp",
       "#include \"a.hpp\"\nvoid g() { std::lock_guard a(right); std::lock_guard b(left); }\n");
  DirectRunner runner;
  const auto found = findings(runner);
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0].message, ContainsSubstring("right is taken while left is held") &&
                                   ContainsSubstring("b.cpp:2"));
  CHECK_THAT(found[1].message, ContainsSubstring("a.cpp:2"));
}

TEST_CASE_METHOD(SmellsTest, "a warning that the project's flags make an error is a finding") {
  job.fallback_flags = {"-std=c++20", "-Wall", "-Werror"};
  CHECK(checks("const int& f() { int one = 1; return one; }\n") ==
        std::vector<std::string>{"cpp-returns-dead-address"});
}
