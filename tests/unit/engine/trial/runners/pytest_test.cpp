#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/runners/site.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;

class PytestSite : public RunnerSite {
 public:
  PytestSite() {
    config.test_results = TestSource::kPytest;
    config.test = "/usr/bin/python3 -m pytest";
  }

  void tests(const std::string& text) const {
    file("tests/test_x.py", "import os\nimport pytest\n" + text);
  }
};

TEST_CASE_METHOD(PytestSite, "pytest's tests are known by name and outcome") {
  config.test += GENERATE(values<std::string>({"", " -q", " -qq", " -v", " tests"}));
  CAPTURE(config.test);
  tests(R"(
def test_bad(): assert 0
@pytest.mark.parametrize("x", ["a::b", "c/d.py"])
def test_each(x): assert x
class TestK:
  @pytest.mark.skip
  def test_skipped(self): pass
  @pytest.mark.xfail
  def test_expected(self): assert 0
)");
  const Inventory found = run();
  CHECK(found.complete);
  CHECK(outcomes(found) ==
        Lines{"tests.test_x.TestK::test_expected passed",
              "tests.test_x.TestK::test_skipped skipped", "tests.test_x::test_bad failed",
              "tests.test_x::test_each[a::b] passed", "tests.test_x::test_each[c/d.py] passed"});
}

TEST_CASE_METHOD(PytestSite, "a test that ends the interpreter leaves the run incomplete") {
  tests("def test_a(): os._exit(0)\ndef test_b(): pass\n");
  const Inventory found = run();
  CHECK_FALSE(found.complete);
  CHECK(outcomes(found) == Lines{"tests.test_x::test_a not_run", "tests.test_x::test_b not_run"});
}

TEST_CASE_METHOD(PytestSite, "a module that cannot be imported is a flaw") {
  tests("import nothing_of_that_name\n");
  const auto found = run();
  CHECK_FALSE(std::any_of(found.tests.begin(), found.tests.end(), [](const TestResult& test) {
    return test.outcome == TestOutcome::kPassed;
  }));
}

}  // namespace
}  // namespace automod::testing
