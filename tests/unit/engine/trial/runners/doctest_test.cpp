#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/runners/site.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;

class DoctestSite : public RunnerSite {
 public:
  DoctestSite() {
    config.test_results = TestSource::kDoctest;
    config.test = "./sample";
    copy(AUTOMOD_SAMPLE, "sample");
  }
};

TEST_CASE_METHOD(DoctestSite, "doctest's test cases are known by name and outcome") {
  file("mode", "fail");
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"ends passed", "suite::left out skipped", "suite::one failed"});
  CHECK(found.complete);
}

TEST_CASE_METHOD(DoctestSite, "a program that ends early is not believed, whatever its status") {
  file("mode", "exit");
  CHECK_FALSE(run().complete);
}

}  // namespace
}  // namespace automod::testing
