#include "engine/keep/statement.hpp"

#include "tests/unit/catch.hpp"

namespace automod::keep {
namespace {

using testing::ContainsSubstring;

Statement sample() {
  Modification modification;
  modification.id = {"m"};
  modification.base_commit = {"c"};
  Evidence evidence;
  evidence.tests.tests = {{.name = "one", .outcome = TestOutcome::kPassed}};
  Statement statement = statement_of(modification, evidence, Verdict{});
  statement.kind = "application";
  statement.branch = "refs/heads/self-mod/m";
  statement.reason = "\"quoted\" é";
  return statement;
}

TEST_CASE("a statement reads back as it was written") {
  const Statement statement = sample();
  const auto read = parse_statement(to_text(statement));
  REQUIRE(read);
  CHECK(*read == statement);
}

TEST_CASE("digests of tests and samples change with what they cover") {
  Evidence evidence;
  const Statement before = statement_of({}, evidence, {});
  evidence.tests.tests = {{.name = "one"}};
  CHECK(statement_of({}, evidence, {}).tests_digest != before.tests_digest);
  evidence.benchmarks = {{.name = "b", .series = {{.metric = "wall", .base = {1.0}}}}};
  CHECK(statement_of({}, evidence, {}).samples_digest != before.samples_digest);
}

TEST_CASE("what is no statement of ours is refused by name") {
  const std::string text = to_text(sample());
  const auto said = [](const std::string& other) {
    const auto read = parse_statement(other);
    return read ? std::string() : read.error().message;
  };
  CHECK_THAT(said("{"), ContainsSubstring("not JSON"));
  CHECK_THAT(said("[]"), ContainsSubstring("/subject/0/name"));
  CHECK_THAT(said("{\"more\":1," + text.substr(1)), ContainsSubstring("one form"));
  CHECK_THAT(said(" " + text), ContainsSubstring("one form"));
  std::string other = text;
  other.replace(other.find("urn:automod"), 11, "urn:another");
  CHECK_THAT(said(other), ContainsSubstring("one form"));
  CHECK_THAT(said(std::string(300 * 1024, ' ')), ContainsSubstring("bytes"));
}

}  // namespace
}  // namespace automod::keep
