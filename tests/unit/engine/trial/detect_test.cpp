#include "engine/trial/detect.hpp"

#include <map>

#include "tests/unit/catch.hpp"

namespace automod::trial {
namespace {

using testing::ContainsSubstring;
using Files = std::map<std::string, std::string>;

Detected detect_in(const Files& files) {
  TreeView tree;
  for (const auto& [path, content] : files) tree.paths.push_back(path);
  tree.read = [&files](std::string_view path) -> std::optional<std::string> {
    const auto found = files.find(std::string(path));
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
  return detect(tree);
}

std::string notes_of(const Detected& found) {
  std::string all;
  for (const auto& note : found.notes) all += note + "\n";
  return all;
}

struct Row {
  const char* what;
  Files files;
  const char* system;
  const char* configure;
  const char* build;
  const char* test;
  const char* note;  // must occur in the notes
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"CMake with tests",
       {{"CMakeLists.txt", "project(x)\nset(CMAKE_BUILD_TYPE Release)\nEnable_Testing()\n"}},
       "CMake",
       "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       ""},
      {"CMake whose tests are commented out",
       {{"CMakeLists.txt", "project(x)\n# enable_testing()\n"}},
       "CMake",
       "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "",
       "no CMakeLists.txt calls enable_testing()"},
      {"CMake without a build type",
       {{"CMakeLists.txt", "include( CTest )\n"}},
       "CMake",
       "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       "will not optimize"},
      {"CMake with a benchmark",
       {{"CMakeLists.txt", "enable_testing()\n"},
        {"bench/CMakeLists.txt", "add_executable(rank_bench a.cpp)\n"}},
       "CMake",
       "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       "rank_bench looks like a benchmark"},
      {"CMake with one preset",
       {{"CMakeLists.txt", "enable_testing()\n"},
        {"CMakePresets.json",
         R"({"version": 3, "configurePresets": [{"name": "base", "hidden": true},
             {"name": "main"}]})"}},
       "CMake",
       "cmake --preset main -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       "the only configure preset, 'main'"},
      {"CMake with several presets",
       {{"CMakeLists.txt", "enable_testing()\n"},
        {"CMakePresets.json",
         R"({"configurePresets": [{"name": "asan"}, {"name": "vs-dev", "generator": "Visual Studio 17"},
             {"name": "dev"}, {"name": "bad name; rm"}]})"}},
       "CMake",
       "cmake --preset dev -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       "guessed by its name out of asan and dev"},
      {"CMake with presets that cannot be read",
       {{"CMakeLists.txt", "enable_testing()\n"},
        {"CMakePresets.json", "{\"configurePresets\": 1"}},
       "CMake",
       "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       "has no configure preset that could be used"},
      {"Meson",
       {{"meson.build", "project('x', 'c')\nsubdir('tests')\n"},
        {"tests/meson.build", "test('a', exe)\n"}},
       "Meson",
       "meson setup {build}",
       "meson compile -C {build} -j {jobs}",
       "meson test -C {build} --num-processes {jobs}",
       ""},
      {"Make with test",
       {{"Makefile", "CFLAGS := -O2\nall: prog\nprog: a.o\n\tcc -o $@ $^\ntest: prog\n\t./t.sh\n"}},
       "Make",
       "",
       "make -j {jobs}",
       "make test",
       ""},
      {"Make with check and test",
       {{"GNUmakefile", ".PHONY: check test\ncheck test: all\n"}},
       "Make",
       "",
       "make -j {jobs}",
       "make test",
       "has both `test` and `check`"},
      {"Make without tests",
       {{"Makefile", "all:\n\techo test: no\ntest := x\nbench: all\n"}},
       "Make",
       "",
       "make -j {jobs}",
       "",
       "has no target `test` or `check`"},
      {"a configure script",
       {{"configure", "#!/bin/sh\n"}, {"configure.ac", ""}},
       "Make",
       "./configure",
       "make -j {jobs}",
       "make check",
       "guessed"},
      {"Cargo",
       {{"Cargo.toml", "[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n"},
        {"Cargo.lock", ""}},
       "Cargo",
       "",
       "cargo build --offline --all-targets --target-dir {build} -j {jobs}",
       "cargo test --offline --target-dir {build} -j {jobs}",
       "must be vendored"},
      {"Go",
       {{"go.mod", "module x\n"}, {"a.go", ""}, {"a_test.go", ""}},
       "Go",
       "",
       "go build ./...",
       "go test ./...",
       ""},
      {"npm",
       {{"package.json", R"({"scripts": {"build": "tsc", "test": "node --test"},
                             "devDependencies": {"typescript": "5"}})"}},
       "npm",
       "",
       "npm run build",
       "node --test",
       "node_modules must be committed"},
      {"npm with another runner",
       {{"package.json", R"({"scripts": {"test": "jest"}})"}},
       "npm",
       "",
       "",
       "npm test",
       ""},
      {"npm with something to do before its tests",
       {{"package.json", R"({"scripts": {"pretest": "tsc", "test": "node --test"}})"}},
       "npm",
       "",
       "",
       "npm test",
       ""},
      {"npm with the empty test script",
       {{"package.json",
         R"({"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}})"}},
       "npm",
       "",
       "",
       "",
       "always fails"},
      {"Python with pytest",
       {{"pyproject.toml", "[tool.pytest.ini_options]\n"}, {"tests/test_a.py", ""}},
       "Python",
       "",
       "",
       "python3 -m pytest",
       "pytest because of '[tool.pytest' in pyproject.toml"},
      {"Python whose tests import pytest",
       {{"setup.py", ""}, {"tests/test_a.py", "import pytest\n"}},
       "Python",
       "",
       "",
       "python3 -m pytest",
       "imports pytest"},
      {"Python with unittest in a package",
       {{"setup.cfg", ""}, {"tests/__init__.py", ""}, {"tests/test_a.py", "import unittest\n"}},
       "Python",
       "",
       "",
       "python3 -m unittest discover -s tests -t .",
       "guessed that unittest finds the tests in tests/"},
      {"Python with sources in src",
       {{"pyproject.toml", "[project]\n"}, {"src/x/__init__.py", ""}, {"test/test_a.py", ""}},
       "Python",
       "",
       "",
       "PYTHONPATH=src python3 -m unittest discover -s test",
       "guessed"},
      {"Python without a project file",
       {{"a.py", ""}, {"test_a.py", ""}},
       "Python",
       "",
       "",
       "python3 -m unittest discover",
       "from the root"},
      {"C with Make and a few Python scripts",
       {{"Makefile", "test:\n"}, {"tests/test_it.py", ""}},
       "Make",
       "",
       "make -j {jobs}",
       "make test",
       ""},
      {"two systems",
       {{"CMakeLists.txt", "enable_testing()\n"}, {"Makefile", "all:\n"}},
       "CMake",
       "cmake -S . -B {build} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
       "cmake --build {build} -j {jobs}",
       "ctest --test-dir {build} -j {jobs} --output-on-failure",
       "Makefile is there as well; CMake was preferred"},
      {"nothing", {{"README.md", "x"}}, "", "", "", "", "no build system was recognised"},
      {"an empty tree", {}, "", "", "", "", "no build system was recognised"},
      {"a package.json that is none", {{"package.json", "[1"}}, "", "", "", "", "passed over"},
  };
  return kRows;
}

/// How the outcomes of a command's tests can be read.
TestSource source_for(std::string_view command) {
  const std::pair<std::string_view, TestSource> known[] = {
      {"ctest ", TestSource::kCtest},        {"meson test", TestSource::kJunit},
      {"cargo test", TestSource::kCargo},    {"go test", TestSource::kGo},
      {"node --test", TestSource::kNode},    {"-m pytest", TestSource::kPytest},
      {"-m unittest", TestSource::kUnittest}};
  for (const auto& [word, source] : known) {
    if (command.find(word) != command.npos) return source;
  }
  return TestSource::kExitCode;
}

TEST_CASE("each build system is known by its files") {
  for (const auto& row : rows()) {
    CAPTURE(row.what);
    const Detected found = detect_in(row.files);
    CHECK(found.system == row.system);
    CHECK(found.config.configure == row.configure);
    CHECK(found.config.build == row.build);
    CHECK(found.config.test == row.test);
    CHECK_THAT(notes_of(found), ContainsSubstring(row.note));
    CHECK(found.config.test_results == source_for(row.test));
  }
}

TEST_CASE("whatever is detected reads back as a configuration") {
  for (const auto& row : rows()) {
    CAPTURE(row.what);
    const Detected found = detect_in(row.files);
    const auto back = parse_config(render_config(found.config, found.notes), "automod.toml");
    REQUIRE(back);
    CHECK(*back == found.config);
  }
}

TEST_CASE("tests and what builds them are protected") {
  const Detected found = detect_in({{"CMakeLists.txt", "enable_testing()\n"}});
  for (const char* path : {"CMakeLists.txt", "lib/CMakeLists.txt", "cmake/x.cmake", "tests/a.cpp",
                           "lib/tests/a.cpp", "src/a_test.cpp", "bench/b.cpp"}) {
    CAPTURE(path);
    CHECK(is_protected(found.config, path));
  }
  CHECK_FALSE(is_protected(found.config, "src/a.cpp"));
}

TEST_CASE("no benchmark command is ever guessed") {
  for (const auto& row : rows()) CHECK(detect_in(row.files).config.benchmarks.empty());
}

}  // namespace
}  // namespace automod::trial
