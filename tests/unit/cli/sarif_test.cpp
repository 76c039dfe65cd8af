#include "cli/sarif.hpp"

#include <nlohmann/json.hpp>
#include <tuple>

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
