#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "cli/annotations.hpp"
#include "cli/junit.hpp"
#include "cli/markdown.hpp"
#include "cli/remarks.hpp"
#include "cli/sarif.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"
#include "tests/unit/cli/samples.hpp"

using namespace automod;
using namespace automod::cli;
using namespace automod::testing;

TEST_CASE("a gate as JUnit: a suite for each change, a case for each check") {
  const std::string text = junit_of(sample_commits());
  check_golden("gate.junit.xml", text);
  pugi::xml_document document;
  REQUIRE(document.load_string(text.c_str()));
  const pugi::xml_node suites = document.child("testsuites");
  CHECK(suites.attribute("failures").as_int() == 3);
  CHECK(suites.attribute("errors").as_int() == 1);
}

TEST_CASE("an approved change fails no case") {
  const std::string text = junit_of({sample_gated()});
  CHECK(text.find("<failure") == std::string::npos);
  CHECK(text.find("few_tests") != std::string::npos);
}

TEST_CASE("a gate as Markdown") { check_golden("gate.md", markdown_of(sample_commits())); }

TEST_CASE("text of a target is nothing but text in Markdown") {
  const std::string hostile = "</code>|`*_[x](http://y) @me <img src=x>\n# head";
  const std::string shown = markdown_code(hostile);
  CHECK(shown.substr(6, shown.size() - 13).find_first_of("<>|`*_[]()@\n") == std::string::npos);
}

TEST_CASE("annotations for GitHub: errors first, a line each, whatever the target says") {
  const std::string text = github_annotations(sample_commits());
  check_golden("gate.annotations", text);
  bool warned = false;
  for (const std::string_view line : split_lines(text)) {
    const bool is_error = line.starts_with("::error ");
    CHECK((is_error || line.starts_with("::warning ")));
    CHECK_FALSE((warned && is_error));
    warned = warned || !is_error;
  }
}

TEST_CASE("while the runner is deaf only a word that nobody can guess makes it listen") {
  const auto first = random_token();
  const auto second = random_token();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->size() == 32);
  CHECK(*first != *second);
  CHECK(github_deaf("abc") == "::stop-commands::abc\n");
  CHECK(github_hearing("abc") == "::abc::\n");
}

TEST_CASE("a gate as a Code Quality report") {
  check_golden("gate.codequality.json", code_quality_of(sample_commits()).dump(2) + "\n");
}

TEST_CASE("commits as SARIF: a result for each place, and a notice for what was not judged") {
  const nlohmann::json run = sarif_of(sample_commits()).at("runs").at(0);
  CHECK(run.at("results").size() == 4);
  CHECK(run.at("results").at(0).at("locations").size() == 1);
  CHECK(run.at("invocations").at(0).at("executionSuccessful") == false);
}

TEST_CASE("the worst of several changes names them all") {
  CHECK(result_name(sample_commits()) == "rejected");
  CHECK(exit_code(sample_commits()) == 1);
  CHECK(result_name(std::vector<Gated>{sample_commits()[2]}) == "no_change");
  CHECK(exit_code(std::vector<Gated>{sample_commits()[2]}) == 0);
  CHECK(result_name(std::vector<Gated>{sample_commits()[2], sample_gated()}) == "approved");
}
