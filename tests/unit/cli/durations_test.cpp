#include "cli/durations.hpp"

#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::cli;
using std::chrono::seconds;

TEST_CASE("spans of time are read with their unit") {
  CHECK(read_duration("90s") == seconds(90));
  CHECK(read_duration("30m") == seconds(1800));
  CHECK(read_duration("12h") == seconds(43200));
  CHECK(read_duration("7d") == seconds(604800));
  CHECK(read_duration("2w") == seconds(1209600));
  CHECK(read_duration("0s") == seconds(0));
}

TEST_CASE("what is no span of time is none") {
  const char* text = GENERATE("", "s", "5", "5x", "-5s", "5 s", "5s ", "1h30m", "+5s", "0x5s",
                              "99999999999999999999s", "1000000001s");
  CAPTURE(text);
  CHECK_FALSE(read_duration(text));
}
