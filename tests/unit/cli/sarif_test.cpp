#include "cli/sarif.hpp"

#include <ctime>
#include <nlohmann/json.hpp>
#include <tuple>

#include "cli/edits.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/cli/golden.hpp"
#include "tests/unit/cli/samples.hpp"

using namespace automod;
using namespace automod::cli;
using namespace automod::testing;
using nlohmann::json;

namespace {

std::string without_version(json log) {
  json& driver = log.at("runs").at(0).at("tool").at("driver");
  driver["version"] = "0.0.0";
  driver["semanticVersion"] = "0.0.0";
  return log.dump(2) + "\n";
}

/// A finding of the sample modification's rule and file.
Finding finding_at(std::size_t line, std::size_t column) {
  const Candidate& candidate = sample_proposed().modification.candidate;
  Finding finding;
  finding.rule = candidate.origin.name;
  finding.place = {.path = candidate.place.path, .line = line, .column = column, .symbol = {}};
  return finding;
}

/// The sample modification as the fix of a place; its patch changes line 2.
store::ListedModification fix_at(std::size_t line, std::size_t column) {
  store::ListedModification listed = sample_proposed();
  listed.modification.candidate.place.line = line;
  listed.modification.candidate.place.column = column;
  return listed;
}

double seconds_of(const auto& act) {
  const std::clock_t begin = std::clock();
  act();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("an analysis as SARIF") {
  check_golden("analyze.sarif", without_version(sarif_of(sample_analysis())));
}

TEST_CASE("a gate as SARIF: one result for each check that did not pass") {
  check_golden("gate.sarif", without_version(sarif_of({sample_gated()})));
}

TEST_CASE("rules are listed once and results point at them") {
  Analysis analysis = sample_analysis();
  analysis.findings.push_back(analysis.findings.front());
  const json run = sarif_of(analysis).at("runs").at(0);
  const json& rules = run.at("tool").at("driver").at("rules");
  CHECK(rules.size() == 2);
  for (const json& result : run.at("results")) {
    const auto index = result.at("ruleIndex").get<std::size_t>();
    CHECK(rules.at(index).at("id") == result.at("ruleId"));
  }
}

TEST_CASE("two findings that read alike have different fingerprints") {
  Analysis analysis = sample_analysis();
  analysis.findings = {analysis.findings[1], analysis.findings[1]};
  const json results = sarif_of(analysis).at("runs").at(0).at("results");
  CHECK(results.at(0).at("partialFingerprints") != results.at(1).at("partialFingerprints"));
}

TEST_CASE("a fingerprint stays when the finding moves to another line") {
  Analysis analysis = sample_analysis();
  const json before = sarif_of(analysis).at("runs").at(0).at("results").at(1);
  analysis.findings[1].place.line += 10;
  const json after = sarif_of(analysis).at("runs").at(0).at("results").at(1);
  CHECK(before.at("partialFingerprints") == after.at("partialFingerprints"));
}

TEST_CASE("paths become URI references") {
  const auto [path, uri] = GENERATE(table<std::string, std::string>({
      {"src/a.cpp", "src/a.cpp"},
      {"a b#c?.cpp", "a%20b%23c%3F.cpp"},
      {"ä.cpp", "%C3%A4.cpp"},
      {"100%.c", "100%25.c"},
      {"a:b", "a%3Ab"},
  }));
  CHECK(uri_of(path) == uri);
}

TEST_CASE("text that is no UTF-8 still makes valid JSON") {
  Analysis analysis = sample_analysis();
  analysis.findings[0].message = "bad \xff byte";
  CHECK_NOTHROW(sarif_of(analysis).dump());
}

TEST_CASE("a fix that is too long for a report is named and left out") {
  Analysis analysis = sample_analysis();
  analysis.findings = {finding_at(2, 5)};
  analysis.modifications = {fix_at(2, 5)};
  const auto result = [&] { return sarif_of(analysis).at("runs").at(0).at("results").at(0); };
  CHECK(result().contains("fixes"));
  analysis.modifications[0].modification.patch += "+" + std::string(kMostOfPatch, 'x') + "\n";
  CHECK_FALSE(result().contains("fixes"));
  CHECK(result().at("properties").contains("modification"));
}

TEST_CASE("the fix of a finding is the one of its very place") {
  const std::vector<store::ListedModification> all = {fix_at(3, 1), fix_at(2, 5), fix_at(2, 9)};
  CHECK(fix_of(finding_at(2, 5), all) == &all[1]);
  CHECK(fix_of(finding_at(2, 9), all) == &all[2]);
}

TEST_CASE("where no fix is of the very place, the first that changes it is the fix") {
  const std::vector<store::ListedModification> all = {fix_at(9, 1), fix_at(7, 1)};
  CHECK(fix_of(finding_at(3, 4), all) == &all[0]);
  CHECK(fix_of(finding_at(6, 4), all) == nullptr);
}

TEST_CASE("a fix of another rule or another file is none") {
  std::vector<store::ListedModification> all = {fix_at(2, 5), fix_at(2, 5)};
  all[0].modification.candidate.origin.name = "another-rule";
  all[1].modification.candidate.place.path = "another.cpp";
  CHECK(fix_of(finding_at(2, 5), all) == nullptr);
}

TEST_CASE("no patch is read to find the fix of the very place") {
  std::vector<store::ListedModification> all(100, fix_at(9, 1));
  all.push_back(fix_at(2, 5));
  std::string patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,50000 +1,50000 @@\n";
  for (int line = 0; line < 50'000; ++line) patch += "-a\n+b\n";
  for (auto& listed : all) listed.modification.patch = patch;
  const double once = seconds_of([&] { CHECK(edits_of(patch).size() == 1); });
  const double found = seconds_of([&] { CHECK(fix_of(finding_at(2, 5), all) == &all.back()); });
  CHECK(found < 10 * once);
}

TEST_CASE("a patch too long for a report is a fix of its very place only") {
  std::vector<store::ListedModification> all = {fix_at(9, 1)};
  CHECK(fix_of(finding_at(2, 5), all) == &all[0]);
  all[0].modification.patch += "+" + std::string(kMostOfPatch, 'x') + "\n";
  CHECK(fix_of(finding_at(2, 5), all) == nullptr);
  CHECK(fix_of(finding_at(9, 1), all) == &all[0]);
}
