#include "engine/trial/review/review.hpp"
#include "tests/unit/catch.hpp"

namespace automod {
namespace {

TEST_CASE("what a file is to its project shows in its path") {
  const auto [path, role] = GENERATE(table<std::string, FileRole>({
      {"src/a.cpp", FileRole::kSource},
      {"src/main.py", FileRole::kSource},
      {"latest/contest.go", FileRole::kSource},
      {"src/table.inc", FileRole::kSource},
      {"src/fast.S", FileRole::kSource},
      {"tests/a_test.cpp", FileRole::kTest},
      {"src/a_test.go", FileRole::kTest},
      {"src/a.spec.ts", FileRole::kTest},
      {"test_words.py", FileRole::kTest},
      {"src/test/java/ATest.java", FileRole::kTest},
      {"tests/data/words.txt", FileRole::kTest},
      {"tests/README.md", FileRole::kDocument},
      {"tests/conftest.py", FileRole::kBuild},
      {"tests/CMakeLists.txt", FileRole::kBuild},
      {"bench/rank.cpp", FileRole::kBenchmark},
      {"benches/rank.rs", FileRole::kBenchmark},
      {"src/rank_bench.cpp", FileRole::kBenchmark},
      {"tools/measure.py", FileRole::kBenchmark},
      {"CMakeLists.txt", FileRole::kBuild},
      {"cmake/flags.cmake", FileRole::kBuild},
      {"sub/Makefile", FileRole::kBuild},
      {"package.json", FileRole::kBuild},
      {"requirements-dev.txt", FileRole::kBuild},
      {"Cargo.lock", FileRole::kBuild},
      {"build.rs", FileRole::kBuild},
      {"Dockerfile", FileRole::kBuild},
      {".github/workflows/ci.yml", FileRole::kCi},
      {".gitlab-ci.yml", FileRole::kCi},
      {"automod.toml", FileRole::kConfig},
      {"src/.clang-tidy", FileRole::kConfig},
      {".gitattributes", FileRole::kConfig},
      {"README.md", FileRole::kDocument},
      {"LICENSE", FileRole::kDocument},
      {"docs/notes.txt", FileRole::kDocument},
      {"data/words.bin", FileRole::kOther},
      {"run.sh", FileRole::kOther},
  }));
  Config config;
  config.benchmarks.push_back({.name = "measure", .command = "python3 tools/measure.py --n 3"});
  INFO(path);
  CHECK(name(trial::role_of(config, path)) == name(role));
}

}  // namespace
}  // namespace automod
