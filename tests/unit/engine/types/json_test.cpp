#include "engine/types/json.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using nlohmann::json;
using testing::ContainsSubstring;

namespace {

Evidence full_evidence() {
  Evidence evidence;
  evidence.base_tree.text = std::string(40, 'a');
  evidence.tree.text = std::string(40, 'b');
  evidence.patch_digest = sha256("patch");
  evidence.type = ModificationType::kPerformance;
  evidence.environment = {"native", "cgroup", "p",    "c",       "base commit", "g++ 12.2.0",
                          "1.2",    "rlimit", "none", "watched", true};
  evidence.files = {{"src/rank.cpp", "modified", false, 3, 1, "cpp", 0, 0},
                    {"notes", "added", false, 1, 0, "", 0, 0}};
  evidence.stages = {
      {ExecutionType::kBuild, "make", "exited", 0, 1200, 1100, 80, sha256(""), "Grüße\n"}};
  evidence.has_build = true;
  evidence.has_tests = true;
  evidence.base_tests = {TestSource::kCtest, true, {{"a", TestOutcome::kPassed, 3}}};
  evidence.tests = {TestSource::kCtest, true, {{"a", TestOutcome::kFailed, 4}}};
  evidence.benchmarks = {{.name = "rank",
                          .command = "./rank",
                          .series = {{"wall", "ms", Direction::kLower, {1.5, 0.1}, {1.0, 0.3}, {}},
                                     {"memory", "MB", Direction::kLower, {10}, {11}, {}}},
                          .base_runs = 2,
                          .candidate_runs = 3,
                          .candidate_failures = 1}};
  evidence.opinions = {
      {"eyes (toy-1)", sha256("question"), OpinionSays::kDoubtful, "It drops a lock."}};
  return evidence;
}

Verdict full_verdict() {
  Verdict verdict;
  verdict.decision = Decision::kNeedsApproval;
  verdict.level = SafetyLevel::kModerate;
  verdict.safety_score = 0.1 + 0.2;
  verdict.performance_impact = -12.5;
  verdict.checks = {{"tests_pass", CheckResult::kPass, true, false, 0, "9 of 9 passed"}};
  verdict.evidence_digest = sha256("x");
  return verdict;
}

std::string problem_of(const json& document) {
  const auto read = evidence_from_json(document.dump());
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("evidence reads back as what was written") {
  const std::string text = canonical(to_json(full_evidence()));
  const auto read = evidence_from_json(text);
  REQUIRE(read);
  CHECK(canonical(to_json(*read)) == text);
  CHECK(digest(*read) == sha256(text));
}

TEST_CASE("the digest of evidence is frozen") {
  CHECK(digest(Evidence{}) == "047a0881d65fda05a64c5e1de8a52beac19415e58a294a8d1df3af73ddeec916");
  CHECK(digest(full_evidence()) ==
        "dd277698f90ae539790fe456fb0b3c5b401b63dd463bf26e943324f0b396c03c");
}

TEST_CASE("the digest of evidence of format 4 is what it was") {
  Evidence empty;
  empty.format = 4;
  CHECK(digest(empty) == "fc55d4bf2b61dbdb0ed692e387cd1960c346b0135fd6e2c723d23083a6ff4638");
  Evidence full = full_evidence();
  full.format = 4;
  CHECK(digest(full) == "06e2d036040a6b61819f77f83e3825e90619e3b9b9962a43241349dedaaee9f8");
}

TEST_CASE("the digest of evidence of format 3 is what it was") {
  Evidence empty;
  empty.format = 3;
  CHECK(digest(empty) == "abaf2566d64017c61f6ba2ec4a6f5969d1de03c9dd314baab2156b666a76835a");
  Evidence full = full_evidence();
  full.format = 3;
  CHECK(digest(full) == "bd32f6255718ac92842885a1f851465a6730ee1af9bf943be9d108901cb502b2");
}

TEST_CASE("the digest of evidence of format 2 is what it was") {
  Evidence empty;
  empty.format = 2;
  CHECK(digest(empty) == "6c7fe9d7e59ab1578bbe15d2cdc94fbc012ab0a9b8b828735358727f414895fe");
  Evidence full = full_evidence();
  full.format = 2;
  CHECK(digest(full) == "5e6568d852de27b4bdb9fb4e6f282f932cd75ec6f1434c88b6c39fc4d8fbe7b2");
}

TEST_CASE("evidence of an older format reads back as what was written, with the same digest") {
  Evidence empty;
  empty.format = 1;
  CHECK(digest(empty) == "3b521c63313dd624adae4f922067bf0bf66e4a39015fcb89af0a9cf886c6df1a");
  Evidence full = full_evidence();
  full.format = 1;
  const std::string text = canonical(to_json(full));
  CHECK(sha256(text) == "fc862e81f43aad79f9a162e8a60768367a68a818ffd7aec0ed502fb8594dcb7f");
  const auto read = evidence_from_json(text);
  REQUIRE(read);
  CHECK(canonical(to_json(*read)) == text);
}

TEST_CASE("a field of a newer format is unknown in an older one") {
  json document = to_json(full_evidence());
  document["format"] = 1;
  CHECK(problem_of(document).starts_with("reading evidence: environment."));
}

TEST_CASE("an opinion is unknown in evidence from before anybody was asked for one") {
  json document = to_json(full_evidence());
  document["format"] = 4;
  CHECK(problem_of(document) == "reading evidence: opinions is unknown");
}

TEST_CASE("the digest covers every part of evidence") {
  const std::string before = digest(full_evidence());
  const json document = to_json(full_evidence());
  const json flat = document.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (pointer == "/format") continue;
    CAPTURE(pointer);
    json changed = document;
    json& place = changed[json::json_pointer(pointer)];
    if (value.is_boolean()) {
      place = !value.get<bool>();
    } else if (value.is_number()) {
      place = value.get<double>() == 7 ? 8 : 7;
    } else {
      continue;  // texts are covered by the round trip
    }
    const auto read = evidence_from_json(changed.dump());
    REQUIRE(read);
    CHECK(digest(*read) != before);
  }
}

TEST_CASE("a verdict reads back equal") {
  const auto read = verdict_from_json(canonical(to_json(full_verdict())));
  REQUIRE(read);
  CHECK(*read == full_verdict());
  Verdict none = full_verdict();
  none.performance_impact.reset();
  const auto read_none = verdict_from_json(canonical(to_json(none)));
  REQUIRE(read_none);
  CHECK(*read_none == none);
  CHECK_FALSE(*read_none == full_verdict());
}

TEST_CASE("verdicts that differ in one check are not equal") {
  Verdict other = full_verdict();
  other.checks[0].reason = "8 of 9 passed";
  CHECK_FALSE(other == full_verdict());
}

TEST_CASE("every missing field of evidence is named") {
  const json document = to_json(full_evidence());
  for (const auto& [key, value] : document.items()) {
    json without = document;
    without.erase(key);
    CHECK(problem_of(without) == "reading evidence: " + key + " is missing");
  }
}

TEST_CASE("what is wrong in evidence is named by its path") {
  json document = to_json(full_evidence());
  std::string wanted;
  SECTION("unknown field") {
    document["stages"][0]["colour"] = "red";
    wanted = "stages[0].colour is unknown";
  }
  SECTION("wrong type") {
    document["tests"]["tests"][0]["wall_ms"] = "4";
    wanted = "tests.tests[0].wall_ms is string, expected a whole number";
  }
  SECTION("fraction where a whole number belongs") {
    document["files"][1]["lines_added"] = 1.5;
    wanted = "files[1].lines_added is number, expected a whole number";
  }
  SECTION("negative where none can be") {
    document["files"][1]["lines_added"] = -1;
    wanted = "files[1].lines_added is out of range: -1";
  }
  SECTION("too large for its type") {
    document["stages"][0]["status"] = 4294967296;
    wanted = "stages[0].status is out of range: 4294967296";
  }
  SECTION("no number") {
    document["benchmarks"][0]["series"][0]["base"][1] = std::numeric_limits<double>::quiet_NaN();
    wanted = "benchmarks[0].series[0].base[1] is null, expected a number";
  }
  SECTION("unknown word") {
    document["type"] = "bugfix";
    wanted = "type is unknown: 'bugfix', did you mean 'bug_fix'?";
  }
  SECTION("newer format") {
    document["format"] = 6;
    wanted = "format is 6, this automod reads 1 to 5";
  }
  SECTION("an opinion that is none of the four") {
    document["opinions"][0]["says"] = "fine";
    wanted = "opinions[0].says is unknown: 'fine'";
  }
  SECTION("list where an object belongs") {
    document["environment"] = json::array();
    wanted = "environment is array, expected an object";
  }
  CHECK(problem_of(document) == "reading evidence: " + wanted);
}

TEST_CASE("a document that is no JSON object is refused") {
  for (const char* text : {"", "null", "[]", "{", "{}{}", "\xff", "{\"format\":1,\"format\":1}"}) {
    CAPTURE(text);
    const auto read = evidence_from_json(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::kUsage);
  }
}

TEST_CASE("deep nesting is refused without exhausting the stack") {
  const auto read = evidence_from_json("{\"format\":" + std::string(1000000, '['));
  CHECK_FALSE(read);
  const std::string closed = std::string(200000, '[') + std::string(200000, ']');
  CHECK_FALSE(evidence_from_json("{\"format\":" + closed + "}"));
}

TEST_CASE("a field that stands twice is refused") {
  std::string text = canonical(to_json(full_verdict()));
  text.insert(1, "\"decision\":\"approved\",");
  const auto read = verdict_from_json(text);
  REQUIRE_FALSE(read);
  CHECK_THAT(read.error().message, ContainsSubstring("found 'decision' twice"));
}

TEST_CASE("canonical JSON is sorted, dense and valid UTF-8") {
  CHECK(canonical({{"b", 1}, {"a", {1.0, 0.1, 1e300, -0.0}}}) ==
        R"({"a":[1.0,0.1,1e+300,-0.0],"b":1})");
  CHECK(canonical("a\xff"
                  "b") ==
        "\"a\xef\xbf\xbd"
        "b\"");
}

TEST_CASE("the JSON of a modification shows its shape and not its contents") {
  Modification modification;
  modification.id.text = "m";
  modification.session.text = "s";
  modification.candidate.summary = "faster";
  modification.candidate.files = {{"a", std::nullopt, "x"}, {"b", "x", "y"}, {"c", "x", {}}};
  const json document = to_json(modification);
  CHECK(document["origin"] ==
        json({{"proposer", "patch"}, {"name", ""}, {"prompt_digest", nullptr}}));
  CHECK(document["place"].is_null());
  CHECK(document["parent"].is_null());
  CHECK(document["files"] == json::array({{{"path", "a"}, {"change", "added"}},
                                          {{"path", "b"}, {"change", "modified"}},
                                          {{"path", "c"}, {"change", "deleted"}}}));
}

TEST_CASE("an unknown line, column or symbol is null") {
  CHECK(to_json(Place{"a.cpp", 3, 0, ""}) ==
        json({{"path", "a.cpp"}, {"line", 3}, {"column", nullptr}, {"symbol", nullptr}}));
}

TEST_CASE("a session that is not finished has no rate and no end") {
  Session session;
  session.goals = {Goal::kFixBugs, Goal::kRefactor};
  const json document = to_json(session);
  CHECK(document["goals"] == json({"fix_bugs", "refactor"}));
  CHECK(document["completed_at"].is_null());
  CHECK(document["success_rate"].is_null());
}
