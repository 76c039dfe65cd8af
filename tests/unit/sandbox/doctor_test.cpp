#include "sandbox/doctor.hpp"

#include "tests/unit/catch.hpp"

using namespace automod::sandbox;

TEST_CASE("the strongest backend that works and needs no image is chosen") {
  const Facts facts;
  const BackendState no{.name = "native", .facts = {}, .problem = "x", .remedy = ""};
  const BackendState yes{.name = "oci", .facts = facts, .problem = "", .remedy = ""};
  const BackendState engine{.name = "podman", .facts = facts, .problem = "", .remedy = ""};
  CHECK(chosen_of({no, yes, engine}) == "oci");
  CHECK(chosen_of({no, engine}).empty());
  CHECK(chosen_of({}).empty());
}

TEST_CASE("a backend gets only what it has a use for") {
  const Selection wanted{.backend = "auto", .runtime = "crun", .image = "i"};
  CHECK(narrowed(wanted, "native").runtime.empty());
  CHECK(narrowed(wanted, "native").image.empty());
  CHECK(narrowed(wanted, "oci").runtime == "crun");
  CHECK(narrowed(wanted, "docker").image == "i");
  CHECK(narrowed(wanted, "docker").runtime.empty());
}

TEST_CASE("where nothing works, that is vital, and every condition that is not met has a remedy") {
  const BackendState no{.name = "native", .facts = {}, .problem = "broken", .remedy = "mend it"};
  bool vital = false;
  for (const Condition& condition : examine({no})) {
    CHECK((condition.ok || !condition.remedy.empty()));
    vital = vital || (!condition.ok && condition.vital);
  }
  CHECK(vital);
}

TEST_CASE("limits that are softer than they could be are named, and are not vital") {
  const BackendState soft{.name = "native",
                          .facts = Facts{.backend = "native",
                                         .version = "",
                                         .memory_limit = "watched",
                                         .process_limit = "rlimit",
                                         .cpu_limit = "none",
                                         .disk_limit = "watched",
                                         .landlock = false},
                          .problem = "",
                          .remedy = ""};
  int soft_ones = 0;
  for (const Condition& condition : examine({soft})) {
    if (condition.ok || condition.vital) continue;
    ++soft_ones;
    CHECK_FALSE(condition.remedy.empty());
  }
  CHECK(soft_ones == 4);
}

TEST_CASE("each backend says whether it works, and if not why and what to do") {
  const auto all = survey({});
  REQUIRE(all.size() == 5);
  for (const BackendState& state : all) {
    CAPTURE(state.name);
    CHECK(state.facts.has_value() == state.problem.empty());
    if (!state.facts) CHECK_FALSE(state.remedy.empty());
  }
}
