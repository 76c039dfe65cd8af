#include "engine/trial/measure.hpp"

#include <fmt/format.h>

#include "engine/judge/judge.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/engine/trial/fixture.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::TrialFixture;

/// A target whose benchmark is the program that is built.
class MeasureFixture : public TrialFixture {
 public:
  MeasureFixture() {
    commit({{"build.sh", "mkdir -p build && cp prog.txt build/prog"},
            {"test.sh", "true"},
            {"prog.txt", "echo ok\n"}});
    config.benchmarks = {{.name = "prog", .command = "sh {build}/prog", .format = {}}};
    config.measure_seconds = 3;
  }

  /// What the candidate's program does makes the difference.
  BenchmarkEvidence measured(const std::string& program) {
    last = evidence({{"prog.txt", program}});
    REQUIRE(last.benchmarks.size() == 1);
    return last.benchmarks[0];
  }

  CheckOutcome check(const std::string& code) const {
    for (const auto& found : judge::judge(last, SafetyLevel::kConservative).checks) {
      if (found.code == code) return found;
    }
    return {};
  }

  std::string why_left_out(const std::string& stage) const {
    const auto found = std::ranges::find(last.left_out, stage, &LeftOut::stage);
    return found == last.left_out.end() ? "it was not left out" : found->why;
  }

  Evidence last;
};

TEST_CASE_METHOD(MeasureFixture, "a benchmark is measured in whole rounds of three") {
  const BenchmarkEvidence found = measured("echo o''k\n");
  CHECK(found.command == "sh build/prog");
  const Series* wall = found.find("wall");
  REQUIRE(wall != nullptr);
  CHECK(wall->base.size() >= judge::least_rounds(1));
  CHECK(wall->candidate.size() == wall->base.size());
  CHECK(wall->again.size() == wall->base.size());
  CHECK(found.find("cpu") != nullptr);
  CHECK(found.find("memory")->candidate.size() == wall->base.size());
  CHECK(found.base_failures + found.candidate_failures == 0);
  CHECK(found.candidate_runs >= wall->base.size() + 1);
  CHECK(found.base_runs >= 2 * wall->base.size() + 2);
  CHECK_FALSE(found.output_differs);
  CHECK_FALSE(found.output_unstable);
  CHECK(work_left().empty());
}

TEST_CASE_METHOD(MeasureFixture, "a slower program is a regression after few rounds") {
  config.measure_seconds = 30;  // it ends as soon as the answer is clear
  const BenchmarkEvidence found = measured("sleep 0.1; echo ok\n");
  CHECK(found.find("wall")->base.size() <= 24);
  CHECK(check("performance_regression").blocks);
  CHECK(found.confirm.empty());
}

TEST_CASE_METHOD(MeasureFixture, "a gain is confirmed by fresh rounds") {
  commit({{"prog.txt", "sleep 0.1; echo ok\n"}});
  const BenchmarkEvidence found = measured("sleep 0.02; echo ok\n");
  REQUIRE_FALSE(found.confirm.empty());
  CHECK(found.confirm[0].metric == "wall");
  last.type = ModificationType::kPerformance;
  CHECK(check("no_measurable_gain").result == CheckResult::kPass);
}

TEST_CASE_METHOD(MeasureFixture, "another output is kept from where it differs on") {
  const BenchmarkEvidence found = measured("echo ko\n");
  CHECK(found.output_differs);
  CHECK(found.base_output == "ok\n");
  CHECK(found.candidate_output == "ko\n");
  CHECK(check("output_changed").blocks);
}

TEST_CASE_METHOD(MeasureFixture, "output that is free is not compared") {
  config.benchmarks[0].same_output = false;
  CHECK_FALSE(measured("echo ko\n").output_differs);
}

TEST_CASE_METHOD(MeasureFixture, "a base that prints something else each time cannot be compared") {
  commit({{"prog.txt", "od -N 8 -x /dev/urandom\n"}});
  const BenchmarkEvidence found = measured("echo ok\n");
  CHECK(found.output_unstable);
  CHECK_FALSE(found.output_differs);
}

TEST_CASE_METHOD(MeasureFixture, "a benchmark that fails only now is seen") {
  const BenchmarkEvidence found = measured("exit 3\n");
  CHECK(found.candidate_failures > 0);
  CHECK(found.base_failures == 0);
  CHECK(check("benchmark_failed").blocks);
  CHECK(last.stages.back().status == 3);
}

TEST_CASE_METHOD(MeasureFixture, "printed figures are read on all sides") {
  config.benchmarks[0].format = BenchmarkFormat::kJson;
  config.benchmarks[0].direction = Direction::kHigher;
  config.benchmarks[0].unit = "queries/s";
  config.benchmarks[0].same_output = false;
  commit({{"prog.txt", "echo '{\"search\": 100, \"memory\": 5}'\n"}});
  const BenchmarkEvidence found = measured("echo '{\"search\": 50, \"memory\": 5, \"new\": 1}'\n");
  CHECK(found.find("wall") == nullptr);
  REQUIRE(found.find("search") != nullptr);
  CHECK(found.find("search")->unit == "queries/s");
  CHECK(found.find("search")->candidate.front() == 50);
  CHECK(found.find("printed memory")->direction == Direction::kHigher);
  CHECK(found.find("memory")->direction == Direction::kLower);
  CHECK(found.find("new") == nullptr);
  CHECK(check("performance_regression").blocks);
}

TEST_CASE_METHOD(MeasureFixture, "a figure that is no longer printed is a failure") {
  config.benchmarks[0].format = BenchmarkFormat::kJson;
  config.benchmarks[0].same_output = false;
  commit({{"prog.txt", "echo '{\"search\": 100, \"add\": 5}'\n"}});
  CHECK(measured("echo '{\"search\": 50}'\n").candidate_failures > 0);
  CHECK(check("benchmark_failed").blocks);
  CHECK(measured("echo fast\n").candidate_failures > 0);
  CHECK_THAT(why_left_out("benchmarks"), ContainsSubstring("no JSON object"));
}

TEST_CASE_METHOD(MeasureFixture, "programs of the build folder are weighed") {
  commit({{"build.sh", "mkdir -p build && cp /bin/true build/tool && cat prog.txt >> build/tool"}});
  config.benchmarks[0].command = "./build/tool";
  const BenchmarkEvidence found = measured("echo longer\n");
  const Series* size = found.find("binary_size");
  REQUIRE(size != nullptr);
  CHECK(size->candidate.at(0) - size->base.at(0) == 4);
}

TEST_CASE_METHOD(MeasureFixture, "instructions that cannot be counted are left out by name") {
  config.benchmarks[0].instructions = InstructionCount::kPerf;
  const BenchmarkEvidence found = measured("echo o''k\n");
  const bool counted = found.find("instructions") != nullptr;
  const bool left =
      std::ranges::find(last.left_out, "instructions", &LeftOut::stage) != last.left_out.end();
  CHECK(counted != left);
}

/// The program answers inputs made from a number.
class HeldOutFixture : public MeasureFixture {
 public:
  HeldOutFixture() {
    config.benchmarks.clear();
    config.held_out = {{.name = "answers", .command = "sh {build}/prog {seed}", .runs = 4}};
    commit({{"prog.txt", "echo $(( ($1 + 0) % 1000 ))\n"}});
  }

  HeldOutEvidence held_out(const std::string& program) {
    last = evidence({{"prog.txt", program}});
    REQUIRE(last.held_out.size() == 1);
    return last.held_out[0];
  }
};

TEST_CASE_METHOD(HeldOutFixture, "the same answers on fresh inputs are no difference") {
  const HeldOutEvidence found = held_out("echo $(( $1 % 1000 ))\n");
  CHECK(found.seeds.size() == 4);
  CHECK(found.seeds[0] != found.seeds[1]);
  CHECK(found.different.empty());
  CHECK_FALSE(found.unstable);
  CHECK(found.wall.base.size() == 4);
  CHECK(found.command == "sh build/prog {seed}");
  CHECK(check("held_out_differs").result == CheckResult::kPass);
}

TEST_CASE_METHOD(HeldOutFixture, "another answer on a fresh input blocks") {
  CHECK(held_out("echo $(( $1 % 999 ))\n").different.size() >= 3);
  CHECK(check("held_out_differs").blocks);
}

TEST_CASE_METHOD(HeldOutFixture, "a command that fails only on the candidate blocks") {
  const HeldOutEvidence found = held_out("exit 1\n");
  CHECK(found.candidate_failures == 4);
  CHECK(found.base_failures == 0);
  CHECK(check("held_out_differs").blocks);
}

TEST_CASE_METHOD(HeldOutFixture, "a base that disagrees with itself is unstable") {
  commit({{"prog.txt", "od -N 8 -x /dev/urandom\n"}});
  CHECK(held_out("echo 1\n").unstable);
}

TEST_CASE_METHOD(HeldOutFixture, "a folder outside the repository is shown, read-only") {
  config.held_out[0].command = "sh {build}/prog {held_out}";
  config.held_out[0].folder = "words";
  commit({{"prog.txt", "cat $1/list; touch $1/new 2>/dev/null; true\n"}});
  last = evidence({{"prog.txt", "cat \"$1/list\"\n"}});
  CHECK(last.held_out.empty());
  CHECK_THAT(why_left_out("held_out"), ContainsSubstring("words"));
  const auto folder = git.root() / ".git/automod/held-out/words";
  std::filesystem::create_directories(folder);
  REQUIRE(write_file(folder / "list", "one\n"));
  CHECK(held_out("cat \"$1/list\"\n").different.empty());
  CHECK(held_out("echo one\n").different.empty());
  CHECK(held_out("echo two\n").different.size() == 4);
  CHECK_FALSE(std::filesystem::exists(folder / "new"));
}

}  // namespace
}  // namespace automod
