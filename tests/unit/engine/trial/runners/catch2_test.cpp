#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/runners/site.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;

class Catch2Site : public RunnerSite {
 public:
  Catch2Site() {
    config.test_results = TestSource::kCatch2;
    config.test = "./sample";
    copy(AUTOMOD_CATCH2_SAMPLE, "sample");
  }
};

TEST_CASE_METHOD(Catch2Site, "Catch2's test cases are known by name and outcome") {
  CHECK(outcomes(run()) == Lines{"#last passed", "ends passed", "one, two passed"});
  file("mode", "fail");
  const Inventory found = run();
  CHECK(outcomes(found) == Lines{"#last passed", "ends passed", "one, two failed"});
  CHECK(found.complete);
}

TEST_CASE_METHOD(Catch2Site, "a program that ends early is not believed, whatever its status") {
  file("mode", GENERATE(values<std::string>({"exit", "abort", "early"})));
  CHECK_FALSE(run().complete);
}

}  // namespace
}  // namespace automod::testing
