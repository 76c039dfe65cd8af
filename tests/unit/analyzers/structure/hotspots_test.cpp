#include "analyzers/structure/hotspots.hpp"

#include "tests/unit/analyzers/structure/world.hpp"

using namespace automod;
using namespace automod::analyzers;
using automod::testing::CodeWorld;
using automod::testing::Found;

namespace {

/// A function with so many branches.
std::string function(const std::string& name, int branches) {
  std::string text = "int " + name + "(int a) {\n";
  for (int i = 0; i < branches; ++i) text += "  if (a == " + std::to_string(i) + ") return 1;\n";
  return text + "  return 0;\n}\n";
}

const CodeWorld& world() {
  static const CodeWorld kWorld({{"calm.c", function("calm", 20)},
                                 {"hard.c", function("hard", 20) + function("easy", 2)},
                                 {"simple.c", function("simple", 1)}});
  return kWorld;
}

Found standing_out(const std::map<std::string, FileHistory>& history) {
  Found found;
  for (const Hotspot& one : hotspots(world().code(), history)) {
    if (one.stands_out) found.push_back(one.path);
  }
  return found;
}

}  // namespace

TEST_CASE("what is changed often and branches much comes first") {
  const auto all = hotspots(world().code(), {{"calm.c", {.changes = 1}},
                                             {"hard.c", {.changes = 9, .authors = 2}},
                                             {"simple.c", {.changes = 9}}});
  REQUIRE(all.size() == 3);
  CHECK(all[0].path == "hard.c");
  CHECK(all[0].score == Approx(1));
  CHECK(all[0].complexity == 22);
  CHECK(all[0].authors == 2);
  CHECK(all[1].path == "calm.c");
  CHECK(all[1].score == Approx(20.0 / 198));
}

TEST_CASE("a hotspot names its most branched functions") {
  const auto all = hotspots(world().code(), {{"hard.c", {.changes = 1}}});
  REQUIRE(all[0].functions.size() == 2);
  CHECK(all[0].functions[0].name == "hard");
  CHECK(all[0].functions[0].metrics.branches == 20);
  CHECK(all[0].functions[1].line == 24);
}

TEST_CASE("only what is often changed and hard to follow stands out") {
  const std::map<std::string, FileHistory> often = {{"hard.c", {.changes = 3}},
                                                    {"simple.c", {.changes = 3}}};
  CHECK(standing_out(often) == Found{"hard.c"});
  CHECK(standing_out({{"hard.c", {.changes = 2}}}).empty());
  CHECK(standing_out({}).empty());
}

TEST_CASE("files that no history names are there with a score of zero") {
  for (const Hotspot& one : hotspots(world().code(), {})) {
    CHECK(one.score == 0);
    CHECK(one.lines > 0);
  }
}
