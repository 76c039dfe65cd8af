#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/unit/catch.hpp"

// Tests that the tests of the runners run. The file `mode` beside them says how they behave.
namespace {

std::string mode() {
  std::string word;
  std::ifstream("mode") >> word;
  return word;
}

TEST_CASE("one, two") {
  CHECK(mode() != "fail");
  SECTION("more") { CHECK(mode() != "none"); }
}

TEST_CASE("ends") {
  if (mode() == "exit") _exit(0);
  if (mode() == "abort") abort();
  SUCCEED();
}

TEST_CASE("#last") { CHECK(mode() != "last"); }

TEST_CASE("hidden", "[.]") { FAIL(); }

/// What runs before main and tells the world that all is well.
const bool kEarly = [] {
  if (mode() == "early") _exit(0);
  return true;
}();

}  // namespace
