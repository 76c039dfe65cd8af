#include "analyzers/clang/compile_db.hpp"

#include "tests/unit/analyzers/world.hpp"

using namespace automod;
using namespace automod::testing;
using analyzers::flags_for_clang;
using analyzers::read_compile_commands;
using analyzers::split_command;
using analyzers::translation_units;

using Words = std::vector<std::string>;

TEST_CASE("a command is split as a shell splits it, and nothing is expanded") {
  struct Row {
    std::string command;
    Words words;
  };
  const auto row = GENERATE(values<Row>({
      {"", {}},
      {"  g++   -c a.cpp ", {"g++", "-c", "a.cpp"}},
      {R"(g++ "-DA=b c" 'd e')", {"g++", "-DA=b c", "d e"}},
      {R"(-DV=\"1.0\")", {"-DV=\"1.0\""}},
      {R"("-DV=\"1.0\"" '\n' "a\nb")", {"-DV=\"1.0\"", "\\n", "a\\nb"}},
      {R"(a\ b '' "")", {"a b", "", ""}},
      {"$HOME `id` $(id) *", {"$HOME", "`id`", "$(id)", "*"}},
      {"'open", {"open"}},
      {"trailing\\", {"trailing\\"}},
  }));
  CAPTURE(row.command);
  CHECK(split_command(row.command) == row.words);
}

TEST_CASE("what decides how a source is read stays, all else goes") {
  struct Row {
    Words arguments;
    Words kept;
  };
  const auto row = GENERATE(values<Row>({
      {{"g++", "-Iinclude", "-I", "src", "-isystem", "/usr/x", "-DA=1", "-UB", "-std=gnu++20"},
       {"-Iinclude", "-I", "src", "-isystem", "/usr/x", "-DA=1", "-UB", "-std=gnu++20"}},
      {{"g++", "-include", "pre.h", "-fno-rtti", "-pthread", "-mavx2", "-O2", "-x", "c++"},
       {"-include", "pre.h", "-fno-rtti", "-pthread", "-mavx2", "-O2", "-x", "c++"}},
      // output, warnings, dependencies
      {{"g++", "-c", "a.cpp", "-o", "-Ievil", "-Wall", "-Werror", "-MD", "-MF", "-Dx", "-g3"}, {}},
      // plugins, and all that loads, runs or reads something
      {{"clang++", "-fplugin=evil.so", "-Xclang", "-load", "-Xclang", "evil.so", "-load", "e.so",
        "@args.txt", "-wrapper", "sh", "-B", "tools", "-specs=x", "-fpass-plugin=x.so"},
       {}},
      // what only gcc knows
      {{"g++", "-fconcepts", "-fmax-errors=1", "-mtune=fancy", "-flto=auto", "-fanalyzer"}, {}},
      {{"g++", "-I"}, {}},
      {{"g++", "--", "-Iafter"}, {}},
      {{"g++", "-x", "assembler"}, {}},
      {{}, {}},
  }));
  CAPTURE(row.arguments);
  CHECK(flags_for_clang(row.arguments, "a.cpp") == row.kept);
}

TEST_CASE("a C file that a C++ compiler compiles is C++") {
  const Words cpp = {"-x", "c++"};
  CHECK(flags_for_clang({"/usr/bin/g++-12", "-c", "a.c"}, "a.c") == cpp);
  CHECK(flags_for_clang({"ccache", "clang++", "-c", "a.c"}, "a.c") == cpp);
  CHECK(flags_for_clang({"gcc", "-c", "a.c"}, "a.c").empty());
}

TEST_CASE("translation units are those of the tree, each once, sorted") {
  const auto units = translation_units(R"([
    {"directory": "/tree/build", "file": "/tree/src/b.cpp", "command": "g++ -c b.cpp"},
    {"directory": "/tree/src", "file": "a.cpp", "arguments": ["g++", "-c", "a.cpp"]},
    {"directory": "/tree/src", "file": "a.cpp", "arguments": ["g++", "-DAGAIN"]},
    {"directory": "/tree/build", "file": "generated.cpp", "command": "g++"},
    {"directory": "/usr/src", "file": "/usr/src/c.cpp", "command": "g++"},
    {"directory": 5, "file": null}
  ])",
                                       plain_paths);
  REQUIRE(units);
  CHECK(*units == Words{"src/a.cpp", "src/b.cpp"});
}

TEST_CASE("a database cannot name a working directory outside the project") {
  const auto commands = read_compile_commands(
      R"([{"directory": "/etc", "file": "/tree/a.cpp", "command": "g++ -DA"}])", plain_paths);
  REQUIRE(commands);
  CHECK(commands->at("a.cpp").directory == "/tree");
  CHECK(commands->at("a.cpp").flags == Words{"-DA"});
}

TEST_CASE("a database that is none is an error") {
  const auto text =
      GENERATE(values<std::string>({"", "{}", "[1]", "[", "\xff\xfe", std::string(1'000'000, '['),
                                    "[{\"file\": \"\\ud800\"}]"}));
  const auto units = translation_units(text, plain_paths);
  CAPTURE(text.substr(0, 20));
  REQUIRE_FALSE(units);
  CHECK(units.error().kind == ErrorKind::kUsage);
}
