#include <fstream>
#include <sstream>
#include <string>

#include "embedded/test_awkward.hpp"
#include "embedded/test_empty.hpp"
#include "tests/unit/catch.hpp"

TEST_CASE("an embedded file has the bytes of the file") {
  const std::ifstream file("tests/unit/cmake/awkward.txt", std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  CHECK(automod::embedded::test_awkward == content.str());
  CHECK(automod::embedded::test_awkward.size() == 57);
}

TEST_CASE("an empty file can be embedded") { CHECK(automod::embedded::test_empty.empty()); }
