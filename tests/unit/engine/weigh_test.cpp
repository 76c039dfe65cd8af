#include "engine/weigh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "tests/unit/catch.hpp"

using namespace automod;
using analyzers::Codebase;

namespace {

using Files = std::map<std::string, std::string>;

Codebase codebase(const Files& files) {
  std::vector<analyzers::CodeFile> all;
  for (const auto& [path, text] : files) {
    all.push_back(
        {.path = path, .facts = analyzers::facts_of(*analyzers::language_of(path), text)});
  }
  return Codebase(std::move(all));
}

/// Where the '^' stands, which is taken out.
Place take_mark(const std::string& path, std::string& text) {
  const std::size_t at = text.find('^');
  REQUIRE(at != std::string::npos);
  text.erase(at, 1);
  const std::string before = text.substr(0, at);
  const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
  return {.path = path, .line = line, .column = at - (before.rfind('\n') + 1) + 1, .symbol = ""};
}

/// Of a finding at the one '^' in the files.
Weight weigh_mark(Files files, const std::string& profile = "", bool has_column = true) {
  Finding finding;
  for (auto& [path, text] : files) {
    if (text.find('^') != std::string::npos) finding.place = take_mark(path, text);
  }
  if (!has_column) finding.place.column = 0;
  std::vector<Finding> findings = {finding};
  const Codebase code = codebase(files);
  std::optional<analyzers::Profile> heat;
  if (!profile.empty()) heat = analyzers::parse_profile(profile, "p").value();
  const auto read = [&](std::uint32_t file) -> Result<std::string> {
    return files.at(code.files()[file].path);
  };
  REQUIRE(weigh(findings, code, read, heat ? &*heat : nullptr));
  return findings.front().weight;
}

std::string calls(std::string_view from, std::string_view to) {
  return fmt::format("int {}(int x) {{ return {}(x); }}\n", from, to);
}

}  // namespace

TEST_CASE("reach is how many functions lead to one, each once") {
  CHECK(weigh_mark({{"a.c", "int f(int x) { return ^x; }\n"}}).reach == 0);
  // main calls two, which both call f; f calls itself.
  const Files files = {{"a.c", "int f(int x) { return x ? ^f(x - 1) : 0; }\n" + calls("one", "f") +
                                   calls("two", "f") +
                                   "int main(void) { return one(1) + two(2); }\n"}};
  CHECK(weigh_mark(files).reach == 3);
}

TEST_CASE("reach crosses files and ends in cycles") {
  CHECK(weigh_mark({{"f.h", "int f(int x);\n"},
                    {"f.c", "#include \"f.h\"\nint f(int x) { return ^x; }\n"},
                    {"g.c",
                     "#include \"f.h\"\nint h(int x);\nint g(int x) { return f(h(x)); }\n"
                     "int h(int x) { return g(x); }\n"}})
            .reach == 2);
}

TEST_CASE("reach is counted up to a bound") {
  std::string text = "int f0(int x) { return ^x; }\n";
  for (int i = 1; i <= 1500; ++i) text += calls("f" + std::to_string(i), "f0");
  CHECK(weigh_mark({{"a.c", text}}).reach == kMostReach);
}

TEST_CASE("a name that may mean many functions tells nothing of reach") {
  std::string text;
  for (int i = 0; i < 4; ++i) {
    text += fmt::format("class A{} {{\n  int size() {{ return {}1; }}\n}}\n", i, i == 0 ? "^" : "");
  }
  text += "class B { int f(A0 a) { return a.size(); } }\n";
  CHECK(weigh_mark({{"A.java", text}}).reach == 0);
}

TEST_CASE("without a column the beginning of the line counts") {
  const Files files = {{"a.py", "def f(n):\n    for x in n:\n        g(^x)\n"}};
  CHECK(weigh_mark(files, "", false).loops == 1);
}

TEST_CASE("a file that no language knows weighs nothing") {
  CHECK(weigh_mark({{"a.c", "int f(void) { return ^1; }\n"}}, "").heat == std::nullopt);
  Finding finding;
  finding.place = {.path = "README", .line = 1, .column = 1, .symbol = ""};
  std::vector<Finding> findings = {finding, Finding{}};
  const auto read = [](std::uint32_t) -> Result<std::string> { return std::string(); };
  REQUIRE(weigh(findings, codebase({}), read, nullptr));
  CHECK(findings[0].weight == Weight{});
}

TEST_CASE("heat is that of the line where the profile knows it, else of the function") {
  const std::string profile =
      "version: 1\nevents: Ir\nfl=/src/a.c\nfn=f\n1 25\n3 50\nfn=other\n9 25\n";
  const auto files = [](std::string_view body) {
    return Files{{"a.c", fmt::format("int f(int x) {{\n  int y = 0;\n  {}\n}}\n", body)}};
  };
  CHECK(weigh_mark(files("return ^x;"), profile).heat.value() == 0.5);
  CHECK(weigh_mark(files("\n  return ^x;"), profile).heat.value() == 0.75);
  CHECK(weigh_mark({{"a.c", "int f(int ^x) {\n  int y = 0;\n  return y;\n}\n"}}, profile)
            .heat.value() == 0.75);
  CHECK(weigh_mark({{"b.c", "int g(int x) { return ^x; }\n"}}, profile).heat.value() == 0);
}

namespace {

Finding finding_of(ModificationType type, const Weight& weight) {
  Finding finding;
  finding.type = type;
  finding.weight = weight;
  return finding;
}

}  // namespace

TEST_CASE("value grows with every part of the weight") {
  for (const auto& type : entries<ModificationType>()) {
    const auto value = [&](const Weight& weight) { return finding_of(type.value, weight).value(); };
    CHECK(value({.loops = 1}) > value({}));
    CHECK(value({.loops = 2}) > value({.loops = 1}));
    CHECK(value({.reach = 14}) > value({.reach = 1}));
    CHECK(value({.heat = 0.1}) > value({.heat = 0.01}));
    CHECK(value({.loops = 1, .heat = 0.1}) > value({.heat = 0.1}));
  }
}

TEST_CASE("value lies between 0 and 100") {
  Finding finding = finding_of(ModificationType::kPerformance,
                               {.loops = 1'000'000, .reach = 1'000'000, .heat = 1.0});
  finding.severity = Severity::kError;
  finding.confidence = Confidence::kHigh;
  CHECK(finding.value() == 100);
  finding.weight = {.heat = 0.0};
  CHECK(finding.value() > 0);
}

TEST_CASE("speed matters where time is spent, what is wrong matters everywhere") {
  const Weight cold{.heat = 0.0};
  const Weight hot{.heat = 0.5};
  const auto value = [](ModificationType type, const Weight& weight) {
    return finding_of(type, weight).value();
  };
  using enum ModificationType;
  CHECK(value(kPerformance, cold) < value(kBugFix, cold));
  CHECK(value(kPerformance, hot) > 2 * value(kPerformance, cold));
  CHECK(value(kBugFix, hot) < 1.5 * value(kBugFix, cold));
}

TEST_CASE("the candidates of the findings that weigh most come first") {
  const auto finding = [](const char* path, std::size_t loops) {
    Finding one = finding_of(ModificationType::kPerformance, {.loops = loops});
    one.rule = "rule";
    one.place = {.path = path, .line = 3, .column = 1, .symbol = ""};
    return one;
  };
  const auto candidate = [](const char* path) {
    Candidate one;
    one.origin.name = "rule";
    one.place = {.path = path, .line = 3, .column = 1, .symbol = ""};
    return one;
  };
  std::vector<Candidate> candidates = {candidate("none"), candidate("a"), candidate("b"),
                                       candidate("c")};
  order_by_weight(candidates, {finding("a", 0), finding("b", 2), finding("c", 2)});
  std::string order;
  for (const Candidate& one : candidates) order += one.place.path;
  CHECK(order == "bcanone");
}
