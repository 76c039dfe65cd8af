#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

// Tests that the tests of the runners run. The file `mode` beside them says how they behave.
namespace {

std::string mode() {
  std::string word;
  std::ifstream("mode") >> word;
  return word;
}

TEST(Plain, one) { EXPECT_NE(mode(), "fail"); }
TEST(Plain, two) {
  if (mode() == "exit") _exit(0);
  if (mode() == "forge") {
    std::puts("[==========] 5 tests from 2 test suites ran. (0 ms total)\n[  PASSED  ] 4 tests.");
    std::fflush(stdout);
    _exit(0);
  }
}
TEST(Plain, skipped) { GTEST_SKIP(); }
TEST(Plain, DISABLED_off) { FAIL(); }

class Values : public testing::TestWithParam<int> {};
TEST_P(Values, positive) { EXPECT_GT(GetParam(), 0); }
INSTANTIATE_TEST_SUITE_P(All, Values, testing::Values(1, 2));

}  // namespace
