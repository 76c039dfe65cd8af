#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/runners/site.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;

class GtestSite : public RunnerSite {
 public:
  GtestSite() {
    config.test_results = TestSource::kGtest;
    config.test = "./sample";
    copy(AUTOMOD_SAMPLE, "sample");
  }
};

TEST_CASE_METHOD(GtestSite, "GoogleTest's tests are known by name and outcome") {
  file("mode", "fail");
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"All/Values.positive/0 passed", "All/Values.positive/1 passed",
                                 "Plain.DISABLED_off skipped", "Plain.one failed",
                                 "Plain.skipped skipped", "Plain.two passed"});
  CHECK(found.complete);
}

TEST_CASE_METHOD(GtestSite, "a program that ends early is not believed, whatever it prints") {
  file("mode", GENERATE(values<std::string>({"exit", "forge"})));
  CHECK_FALSE(run().complete);
}

TEST_CASE_METHOD(GtestSite, "just some of GoogleTest's tests can be run") {
  const auto some = trial::run_some_tests(site(), {"Plain.one", "All/Values.positive/1"});
  REQUIRE(some);
  REQUIRE(*some);
  CHECK(outcomes((*some)->inventory) == Lines{"All/Values.positive/1 passed", "Plain.one passed"});
  CHECK((*some)->inventory.complete);
}

}  // namespace
}  // namespace automod::testing
