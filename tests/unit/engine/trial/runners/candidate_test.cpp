#include "engine/trial/file_facts.hpp"
#include "engine/trial/tests.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

namespace automod::testing {
namespace {

using Lines = std::vector<std::string>;
using Files = std::map<std::string, std::optional<std::string>>;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

std::string outcome_of(const Inventory& inventory, const std::string& name) {
  for (const auto& test : inventory.tests) {
    if (test.name == name) return std::string(automod::name(test.outcome));
  }
  return "absent";
}

/// A CMake project without a language: each test is a script of its own.
class Candidate : public TrialFixture {
 public:
  Candidate() {
    config.configure = "cmake -S . -B build";
    config.build = "true";
    config.test = "ctest --test-dir build";
    config.test_results = TestSource::kCtest;
    config.configure_seconds = 60;
  }

  /// Names of scripts below tests/, each a test.
  static std::string project(const Lines& names) {
    std::string text = "cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\nenable_testing()\n";
    for (const auto& name : names) {
      text += "add_test(NAME " + name + " COMMAND sh ${CMAKE_SOURCE_DIR}/tests/" + name +
              ".sh WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\n";
    }
    return text;
  }

  /// Runs one stage of a trial on a candidate that is built.
  void run(const Files& files,
           Result<void> (*stage)(const trial::TrialContext&, Evidence&, trial::StageOutput&)) {
    const auto base = must(prepare());
    auto spec = change(files);
    spec.dependents = dependents;
    auto side = must(trial::Side::open(world(), base));
    REQUIRE(side.write(spec.files));
    for (const auto& command : {config.configure, config.build}) {
      must(trial::run_command(side.site(), ExecutionType::kBuild, command, 60));
    }
    found.base_tests = base.tests;
    found.files = trial::file_facts(config, spec.files, "");
    const auto done = stage({world(), base, spec, side}, found, out);
    if (!done) throw std::runtime_error(done.error().message);
  }

  Lines dependents;  // what is known to need the changed files
  Evidence found;
  trial::StageOutput out;
};

constexpr const char* kToggle = "if [ -e flag ]; then rm flag; exit 1; fi; touch flag\n";

TEST_CASE_METHOD(Candidate, "a test that fails at times is found to do so on the base as well") {
  commit({{"CMakeLists.txt", project({"a", "flaky"})},
          {"tests/a.sh", ":\n"},
          {"tests/flaky.sh", kToggle},
          {"x", "1"}});
  config.base_runs = 1;
  run({{"x", "2"}}, trial::run_candidate_tests);
  // Whether the base is left with the flag is up to how often it was run.
  if (outcome_of(found.tests, "flaky") == "failed") {
    CHECK(found.tests.flaky == Lines{"flaky"});
    CHECK(found.base_tests.flaky == Lines{"flaky"});
  }
  CHECK(trial::really_failed(found.base_tests, found.tests).empty());
}

TEST_CASE_METHOD(Candidate, "a test that only the change makes unreliable is not excused") {
  commit({{"CMakeLists.txt", project({"a"})}, {"tests/a.sh", "sh ./prog\n"}, {"prog", ":\n"}});
  run({{"prog", "if [ -e /tree/flag ]; then exit 0; fi; touch /tree/flag; exit 1\n"}},
      trial::run_candidate_tests);
  CHECK(found.tests.flaky.empty() == false);
  CHECK(found.base_tests.flaky.empty());
  CHECK(trial::really_failed(found.base_tests, found.tests) == Lines{"a"});
}

TEST_CASE_METHOD(Candidate, "a test that fails every time is run again and stays failed") {
  commit({{"CMakeLists.txt", project({"a", "b"})},
          {"tests/a.sh", "test -e x\n"},
          {"tests/b.sh", "echo >>/tree/count\n"},
          {"x", "1"}});
  run({{"x", std::nullopt}}, trial::run_candidate_tests);
  CHECK(outcome_of(found.tests, "a") == "failed");
  CHECK(found.tests.flaky.empty());
  CHECK(out.stages.size() == 1);
}

TEST_CASE_METHOD(Candidate,
                 "what a change affects is tested first, and a failure leaves the rest") {
  commit({{"CMakeLists.txt", project({"a", "slow", "slower"})},
          {"tests/a.sh", "true\n"},
          {"tests/slow.sh", "sleep 0.6\n"},
          {"tests/slower.sh", "sleep 0.7; touch /tree/ran\n"}});
  run({{"tests/a.sh", "false\n"}}, trial::run_candidate_tests);
  CHECK(outcome_of(found.tests, "a") == "failed");
  CHECK(found.tests.not_reached == 2);
  CHECK(outcome_of(found.tests, "slow") == "absent");
}

TEST_CASE_METHOD(Candidate, "a test whose script needs what has changed is tested first") {
  commit({{"CMakeLists.txt", project({"slow", "slower", "user"})},
          {"tests/user.sh", "test $(cat x) = 1\n"},
          {"tests/slow.sh", "sleep 0.6\n"},
          {"tests/slower.sh", "sleep 0.7\n"},
          {"x", "1"}});
  dependents = {"tests/user.sh"};
  run({{"x", "2"}}, trial::run_candidate_tests);
  CHECK(outcome_of(found.tests, "user") == "failed");
  CHECK(found.tests.not_reached == 2);
}

TEST_CASE_METHOD(Candidate, "affected tests and the others make one inventory") {
  commit({{"CMakeLists.txt", project({"a", "slow", "slower"})},
          {"tests/a.sh", "true\n"},
          {"tests/slow.sh", "sleep 0.6\n"},
          {"tests/slower.sh", "sleep 0.7\n"}});
  run({{"tests/a.sh", "true # now\n"}}, trial::run_candidate_tests);
  CHECK(out.stages.size() == 2);
  CHECK(found.tests.complete);
  CHECK(found.tests.tests.size() == 3);
  CHECK(found.tests.not_reached == 0);
  CHECK(trial::really_failed(found.base_tests, found.tests).empty());
}

TEST_CASE_METHOD(Candidate, "a change has to hold under the base's own version of its tests") {
  commit({{"CMakeLists.txt", project({"a"})},
          {"tests/a.sh", "test $(cat answer) = 42\n"},
          {"answer", "42"}});
  run({{"answer", "41"}, {"tests/a.sh", "test $(cat answer) = 41\n"}}, trial::run_changed_tests);
  REQUIRE(found.changed_tests.base_version);
  CHECK(found.changed_tests.base_version_builds);
  CHECK(outcome_of(*found.changed_tests.base_version, "a") == "failed");
  REQUIRE(found.changed_tests.on_base);
  CHECK(outcome_of(*found.changed_tests.on_base, "a") == "failed");
}

TEST_CASE_METHOD(Candidate, "an added test is run on the base, whether it shows something there") {
  commit({{"CMakeLists.txt",
           "cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\nenable_testing()\n"
           "add_subdirectory(tests)\n"},
          {"tests/CMakeLists.txt", "add_test(NAME a COMMAND sh -c :)\n"},
          {"answer", "41"}});
  run({{"answer", "42"},
       {"tests/CMakeLists.txt",
        "add_test(NAME a COMMAND sh -c :)\n"
        "add_test(NAME new COMMAND sh ${CMAKE_SOURCE_DIR}/tests/new.sh)\n"
        "set_tests_properties(new PROPERTIES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\n"},
       {"tests/new.sh", "test $(cat answer) = 42\n"}},
      trial::run_changed_tests);
  REQUIRE(found.changed_tests.on_base);
  CHECK(found.changed_tests.on_base_builds);
  CHECK(outcome_of(*found.changed_tests.on_base, "new") == "failed");
  CHECK(outcome_of(*found.changed_tests.on_base, "a") == "passed");
  REQUIRE(found.changed_tests.base_version);
  CHECK(outcome_of(*found.changed_tests.base_version, "new") == "absent");
  CHECK(outcome_of(*found.changed_tests.base_version, "a") == "passed");
}

TEST_CASE_METHOD(Candidate, "a change without tests is not asked for them") {
  commit({{"CMakeLists.txt", project({"a"})}, {"tests/a.sh", ":\n"}, {"x", "1"}});
  run({{"x", "2"}}, trial::run_changed_tests);
  CHECK_FALSE(found.changed_tests.base_version);
  CHECK_FALSE(found.changed_tests.on_base);
  REQUIRE(out.left_out.size() == 1);
  CHECK(out.left_out[0].stage == "changed_tests");
}

TEST_CASE_METHOD(Candidate, "tests that do not build on the base leave that said") {
  commit({{"CMakeLists.txt", project({"a"})}, {"tests/a.sh", ":\n"}, {"x", "1"}});
  config.build = "test ! -e tests/new.sh || test -e lib";
  run({{"lib", "1"}, {"tests/new.sh", ":\n"}}, trial::run_changed_tests);
  CHECK_FALSE(found.changed_tests.on_base_builds);
  CHECK_FALSE(found.changed_tests.on_base);
}

TEST_CASE("helpers and build files in folders of tests belong to the tests") {
  const auto is_part = [](const char* path, FileRole role = FileRole::kOther) {
    return trial::is_part_of_tests({.path = path, .role = role});
  };
  CHECK(is_part("tests/data/in.txt"));
  CHECK(is_part("lib/test/CMakeLists.txt", FileRole::kBuild));
  CHECK(is_part("conftest.py", FileRole::kBuild));
  CHECK(is_part("src/a_test.go", FileRole::kTest));
  CHECK_FALSE(is_part("src/testing.cpp", FileRole::kSource));
  CHECK_FALSE(is_part("CMakeLists.txt", FileRole::kBuild));
  CHECK_FALSE(is_part("tests", FileRole::kSource));
  CHECK_FALSE(is_part("tests/.github/ci.yml", FileRole::kCi));
}

}  // namespace
}  // namespace automod::testing
