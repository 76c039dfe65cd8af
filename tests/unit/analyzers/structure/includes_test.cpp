#include "analyzers/structure/includes.hpp"

#include "tests/unit/analyzers/structure/world.hpp"

using namespace automod;
using namespace automod::analyzers;
using automod::testing::CodeWorld;
using automod::testing::Found;

namespace {

/// "a.cpp:1 b.hpp", a line each.
Found unused(const std::map<std::string, std::string>& files) {
  const CodeWorld world(files);
  const auto found = unused_includes(world.code(), world.read(), world.cancel);
  REQUIRE(found);
  Found lines;
  for (const UnusedInclude& one : *found) {
    lines.push_back(
        fmt::format("{}:{} {}", world.path(one.file), one.line, world.path(one.header)));
  }
  return lines;
}

const std::string kHeader = "#pragma once\nstruct Ring {\n  int turn;\n};\nint wind(Ring& ring);\n";

}  // namespace

TEST_CASE("an include of which no name stands in the file is unused") {
  CHECK(unused({{"ring.hpp", kHeader},
                {"a.cpp", "#include <vector>\n#include \"ring.hpp\"\nint f() { return 1; }\n"}}) ==
        Found{"a.cpp:2 ring.hpp"});
}

TEST_CASE("any name of the header keeps it, wherever it stands") {
  for (const std::string use : {"Ring* f();", "int f() { return wind(x); }",
                                "int f(auto& a) { return a.turn; }", "#define F wind"}) {
    CAPTURE(use);
    CHECK(unused({{"ring.hpp", kHeader}, {"a.cpp", "#include \"ring.hpp\"\nint z;\n" + use + "\n"}})
              .empty());
  }
}

TEST_CASE("a name that comes by way of the header keeps it") {
  CHECK(unused({{"ring.hpp", kHeader},
                {"all.hpp", "#include \"ring.hpp\"\nint other();\n"},
                {"a.cpp", "#include \"all.hpp\"\nint f() { return wind(x); }\n"}})
            .empty());
}

TEST_CASE("whatever leaves a doubt is kept") {
  const std::string use = "#include \"ring.hpp\"\nint f() { return 1; }\n";
  const auto with = [&](const std::string& header, const std::string& text) {
    return unused({{"ring.hpp", header}, {"a.cpp", text}});
  };
  SECTION("an operator") { CHECK(with(kHeader + "bool operator==(Ring, Ring);\n", use).empty()); }
  SECTION("a specialisation") {
    CHECK(with(kHeader + "template <>\nstruct hash<Ring> {};\n", use).empty());
  }
  SECTION("a system header that the file does not include itself") {
    CHECK(with("#include <string>\n" + kHeader, use).empty());
  }
  SECTION("what other headers bring is set up there") {
    CHECK(with("#define _GNU_SOURCE 1\n" + kHeader, use).empty());
    CHECK(with("#undef isnan\n" + kHeader, use).empty());
  }
  SECTION("a header without names") { CHECK(with("#pragma pack(1)\n", use).empty()); }
  SECTION("a remark that it is to stay") {
    CHECK(with(kHeader, "#include \"ring.hpp\"  // IWYU pragma: keep\nint f();\n").empty());
  }
  SECTION("a header that was not understood") { CHECK(with(kHeader + "int ) (;\n", use).empty()); }
}

TEST_CASE("a header of the system is none of the project that has the same name") {
  const std::string use = "#include <math.h>\nint f() { return 1; }\n";
  CHECK(unused({{"lib/test/math.h", kHeader}, {"src/a.c", use}}).empty());
  CHECK(unused({{"libc/include/math.h", kHeader}, {"libc/src/a.c", use}}) ==
        Found{"libc/src/a.c:1 libc/include/math.h"});
}

TEST_CASE("the header of the file itself is not asked for") {
  CHECK(unused({{"ring.hpp", kHeader},
                {"src/ring.cpp", "#include \"ring.hpp\"\nint f() { return 1; }\n"}})
            .empty());
}

TEST_CASE("a type that another header leaves to this one to define keeps it") {
  CHECK(unused({{"ring.hpp", kHeader},
                {"make.hpp", "struct Ring;\nRing& make();\nvoid drop(Ring&);\n"},
                {"a.cpp",
                 "#include \"make.hpp\"\n#include \"ring.hpp\"\nvoid f() { drop(make()); }\n"}})
            .empty());
}

TEST_CASE("a header costs its lines and theirs in each file that includes it") {
  const CodeWorld world({{"a.cpp", "#include \"all.hpp\"\n"},
                         {"b.cpp", "#include \"all.hpp\"\n"},
                         {"c.cpp", "#include \"ring.hpp\"\n"},
                         {"all.hpp", "#include \"ring.hpp\"\nint other();\n"},
                         {"ring.hpp", kHeader}});
  const IncludeCosts costs = include_costs(world.code());
  CHECK(costs.units == 3);
  REQUIRE(costs.headers.size() == 2);
  CHECK(world.path(costs.headers[0].header) == "ring.hpp");
  CHECK(costs.headers[0].units == 3);
  CHECK(costs.headers[0].lines_in_all() == 15);
  CHECK(costs.headers[1].units == 2);
  CHECK(costs.headers[1].headers == 1);
  CHECK(costs.headers[1].lines == 7);
  CHECK_FALSE(costs.headers[0].stands_out);
}

TEST_CASE("a header that most of many files pay for stands out") {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 20; ++i) {
    files["f" + std::to_string(i) + ".cpp"] = "#include \"all.hpp\"\nint x;\n";
  }
  files["all.hpp"] = "#pragma once\n" + std::string(400, '\n') + "int a;\n";
  files["small.hpp"] = "int b;\n";
  const CodeWorld world(files);
  const IncludeCosts costs = include_costs(world.code());
  REQUIRE(costs.headers.size() == 1);
  CHECK(costs.headers[0].stands_out);
}
