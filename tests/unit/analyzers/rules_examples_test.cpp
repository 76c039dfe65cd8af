#include <filesystem>
#include <set>

#include "analyzers/rules/rules.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using analyzers::builtin_rules;
using analyzers::Language;
using analyzers::Rule;

namespace {

constexpr std::string_view kFolder = "analyzers/rules";

std::vector<Rule> rules_of(const std::filesystem::path& file) {
  const auto text = read_file(file, kMiB);
  REQUIRE(text);
  auto rules = analyzers::parse_rules(*text, file.filename().string());
  INFO((rules ? "" : rules.error().message));
  REQUIRE(rules);
  return std::move(*rules);
}

bool is_for(const Rule& rule, Language language) {
  return std::ranges::find(rule.languages, language) != rule.languages.end();
}

}  // namespace

TEST_CASE("every rule file is built in, whole") {
  std::set<std::string> built_in;
  for (const Rule& rule : builtin_rules()) CHECK(built_in.insert(rule.id).second);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".toml") continue;
    ++files;
    for (const Rule& rule : rules_of(entry.path())) {
      CAPTURE(entry.path().string(), rule.id);
      CHECK(built_in.erase(rule.id) == 1);
    }
  }
  CHECK(built_in.empty());
  CHECK(files > 0);
}

TEST_CASE("every built-in rule finds and mends what its examples say, and nothing else") {
  for (const Rule& rule : builtin_rules()) {
    for (const auto& failed : analyzers::failed_examples(rule)) {
      FAIL_CHECK(rule.id << ", example " << failed.number << ", " << name(failed.language) << ": "
                         << failed.what);
    }
  }
}

TEST_CASE("every built-in rule has a positive and a negative example, a title and a reason") {
  for (const Rule& rule : builtin_rules()) {
    CAPTURE(rule.id);
    CHECK(std::ranges::any_of(rule.examples, [](const auto& one) { return one.is_clean; }));
    CHECK(std::ranges::any_of(rule.examples, [](const auto& one) { return !one.is_clean; }));
    CHECK_FALSE(rule.title.empty());
    CHECK(rule.why.ends_with('.'));
    CHECK(rule.edits.empty() == rule.change.empty());
    const bool mends =
        std::ranges::any_of(rule.examples, [](const auto& one) { return one.good.has_value(); });
    CHECK(mends == !rule.edits.empty());
  }
}

TEST_CASE("C++, Python, JavaScript and TypeScript have six rules with fixes each, or more") {
  const Language language = GENERATE(Language::kCpp, Language::kPython, Language::kJavaScript,
                                     Language::kTypeScript, Language::kTsx);
  CAPTURE(name(language));
  CHECK(std::ranges::count_if(builtin_rules(), [&](const Rule& rule) {
          return is_for(rule, language) && !rule.edits.empty();
        }) >= 6);
}

TEST_CASE("the rule that the manual shows works") {
  const auto manual = read_file("docs/rules.md", kMiB);
  REQUIRE(manual);
  const std::string begin = "```toml\n";
  const std::size_t at = manual->find(begin) + begin.size();
  const auto rules = analyzers::parse_rules(manual->substr(at, manual->find("\n```", at) + 1 - at),
                                            "docs/rules.md");
  INFO((rules ? "" : rules.error().message));
  REQUIRE(rules);
  REQUIRE(rules->size() == 1);
  CHECK(rules->front().examples.size() == 2);
  for (const auto& failed : analyzers::failed_examples(rules->front())) FAIL_CHECK(failed.what);
}
