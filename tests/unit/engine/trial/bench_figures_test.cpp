#include "engine/trial/bench_figures.hpp"

#include "engine/trial/bench_counts.hpp"
#include "engine/trial/bench_output.hpp"
#include "engine/trial/held_out.hpp"
#include "tests/unit/catch.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;

Benchmark with(BenchmarkFormat format, std::string command = "build/bench") {
  Benchmark made;
  made.name = "rank";
  made.command = std::move(command);
  made.format = format;
  made.unit = "qps";
  return made;
}

/// "name value unit; ...", or the error.
std::string read(BenchmarkFormat format, std::string_view text) {
  const auto found = trial::read_figures(with(format), text);
  if (!found) return "error: " + found.error().message;
  std::string shown;
  for (const auto& figure : *found) {
    std::string value = std::to_string(figure.value);
    value.erase(value.find_last_not_of('0') + 1);
    shown += (shown.empty() ? "" : "; ") + figure.name + " " + value + " " + figure.unit;
  }
  return shown;
}

TEST_CASE("Google Benchmark's JSON gives the median real time of each benchmark") {
  CHECK(read(BenchmarkFormat::kGoogle, R"({"context": {"date": "x"}, "benchmarks": [
    {"name": "BM_a", "run_type": "iteration", "real_time": 5, "cpu_time": 4, "time_unit": "ns"},
    {"name": "BM_a", "run_type": "iteration", "real_time": 9, "cpu_time": 4, "time_unit": "ns"},
    {"name": "BM_a", "run_type": "iteration", "real_time": 6, "cpu_time": 4, "time_unit": "ns"},
    {"name": "BM_a_mean", "run_type": "aggregate", "real_time": 7, "time_unit": "ns"},
    {"name": "BM_b/8", "run_type": "iteration", "real_time": 2.5, "time_unit": "us"}]})") ==
        "BM_a 6. ns; BM_b/8 2.5 us");
}

TEST_CASE("a Google benchmark that reports an error gives no figure") {
  CHECK(read(BenchmarkFormat::kGoogle,
             R"({"benchmarks": [{"name": "BM_a", "error_occurred": true,
                 "error_message": "no file", "real_time": 0}]})") ==
        "error: 'BM_a' reports an error: no file");
}

TEST_CASE("hyperfine's JSON is found behind what it says to people") {
  CHECK(read(BenchmarkFormat::kHyperfine,
             "Benchmark 1: x\n  Time (mean)\n{\n \"results\": [{\"command\": \"sleep\", "
             "\"median\": 9, \"times\": [0.3, 0.1, 0.2], \"exit_codes\": [0, 0, 0]}]}\n") ==
        "sleep 200. ms");
  CHECK(read(BenchmarkFormat::kHyperfine, R"({"results": [{"median": 0.5}]})") ==
        "command 1 500. ms");
  CHECK(read(BenchmarkFormat::kHyperfine,
             R"({"results": [{"command": "x", "times": [1], "exit_codes": [1]}]})") ==
        "error: 'x' failed");
}

TEST_CASE("an object of named numbers may have one level of groups") {
  CHECK(read(BenchmarkFormat::kJson, R"({"a": 1, "read": {"p50": 2, "p99": 3.5}})") ==
        "a 1. qps; read.p50 2. qps; read.p99 3.5 qps");
  CHECK_THAT(read(BenchmarkFormat::kJson, R"({"a": "fast"})"), ContainsSubstring("neither"));
  CHECK_THAT(read(BenchmarkFormat::kJson, R"({"a": {"b": {"c": 1}}})"),
             ContainsSubstring("neither"));
}

TEST_CASE("Catch2's benchmarks are named after the test cases they stand in") {
  CHECK(read(BenchmarkFormat::kCatch2, R"(<?xml version="1.0" encoding="UTF-8"?>
<Catch name="b"><Group name="b"><TestCase name="rank"><BenchmarkResults name="small" samples="100">
<!--All values in nano seconds--><mean value="12.5" lowerBound="1" upperBound="20" ci="0.95"/>
<standardDeviation value="1"/></BenchmarkResults><Section name="big"><BenchmarkResults name="x">
<mean value="3"/></BenchmarkResults></Section></TestCase></Group></Catch>)") ==
        "rank: small 12.5 ns; rank/big: x 3. ns");
  CHECK_THAT(read(BenchmarkFormat::kCatch2,
                  "<?xml version=\"1.0\"?><Catch><BenchmarkResults "
                  "name=\"a\"/></Catch>"),
             ContainsSubstring("did not finish"));
}

TEST_CASE("hostile output is refused in words") {
  const std::string deep(100'000, '[');
  std::string many = "{\"a0\": 1";
  for (int i = 1; i < 300; ++i) many += ", \"a" + std::to_string(i) + "\": 1";
  for (const auto format : {BenchmarkFormat::kGoogle, BenchmarkFormat::kCatch2,
                            BenchmarkFormat::kHyperfine, BenchmarkFormat::kJson}) {
    const std::string inputs[] = {"",
                                  "nothing",
                                  "{",
                                  "[1]",
                                  "{}",
                                  "{\"results\": \"x\"}",
                                  "{\"benchmarks\": [1]}",
                                  "<?xml version=\"1.0\"?><Catch/>",
                                  "<?xml version=\"1.0\"?><Catch>",
                                  "{\"a\": " + deep,
                                  "{\"a\": -1}",
                                  "{\"a\": 1e999}",
                                  "{\"" + std::string(300, 'x') + "\": 1}",
                                  many + "}"};
    for (const auto& input : inputs) {
      CAPTURE(static_cast<int>(format), input.substr(0, 40));
      CHECK_THAT(read(format, input), testing::StartsWith("error: "));
    }
  }
}

TEST_CASE("a runner is told to print figures unless it is told already") {
  const auto command = [](BenchmarkFormat format, const char* given) {
    return trial::figures_command(with(format, given));
  };
  CHECK(command(BenchmarkFormat::kGoogle, "b") == "b --benchmark_format=json");
  CHECK(command(BenchmarkFormat::kGoogle, "b --benchmark_format=json x") ==
        "b --benchmark_format=json x");
  CHECK(command(BenchmarkFormat::kCatch2, "b") == "b -r xml");
  CHECK(command(BenchmarkFormat::kCatch2, "b --reporter xml") == "b --reporter xml");
  CHECK(command(BenchmarkFormat::kProcess, "b") == "b");
}

TEST_CASE("the file that hyperfine writes is known from the command") {
  const auto file = [](const char* given) {
    return trial::figures_file(with(BenchmarkFormat::kHyperfine, given));
  };
  CHECK(file("hyperfine --export-json build/h.json 'x'") == "build/h.json");
  CHECK(file("hyperfine --export-json=h.json x") == "h.json");
  CHECK(file("hyperfine --export-json /dev/stdout x").empty());
  CHECK(file("hyperfine --export-json - x").empty());
  CHECK(file("hyperfine x").empty());
}

TEST_CASE("instructions are summed over the processes that were counted") {
  CHECK(trial::count_in(InstructionCount::kPerf,
                        "# started\n\n1234,,instructions:u,99,100.00,,\n") == 1234U);
  CHECK_FALSE(trial::count_in(InstructionCount::kPerf, "<not supported>,,instructions:u,0,100\n"));
  CHECK(trial::count_in(InstructionCount::kCallgrind,
                        "==7== Events    : Ir\n==7== Collected : 10\n==8== Collected : 32\n") ==
        42U);
  CHECK_FALSE(trial::count_in(InstructionCount::kCallgrind, "valgrind: not found\n"));
}

TEST_CASE("what differs is shown from its line on") {
  CHECK(trial::from_difference("a\nbc\nd\n", "a\nbx\nd\n") == "bc\nd\n");
  CHECK(trial::from_difference("same\n", "same\nmore\n").empty());
  CHECK(trial::from_difference("x", "y") == "x");
  CHECK(trial::from_difference("a\n\xff\n", "a\nb\n") == "\xef\xbf\xbd\n");
}

TEST_CASE("outputs are compared with the base's first, whoever ran first") {
  BenchmarkEvidence evidence;
  trial::OutputsSeen same(true);
  same.add(true, "a\n");
  same.add(false, "a\n");
  same.conclude(evidence);
  CHECK_FALSE(evidence.output_differs);
  trial::OutputsSeen different(true);
  different.add(true, "b\n");
  different.add(false, "a\n");
  different.add(true, "a\n");
  different.conclude(evidence);
  CHECK(evidence.output_differs);
  CHECK(evidence.candidate_output == "b\n");
  CHECK(evidence.base_output == "a\n");
  trial::OutputsSeen unstable(true);
  for (const char* out : {"a\n", "c\n"}) unstable.add(false, out);
  unstable.add(true, "b\n");
  unstable.conclude(evidence);
  CHECK(evidence.output_unstable);
  CHECK_FALSE(evidence.output_differs);
  trial::OutputsSeen free(false);
  free.add(false, "a\n");
  free.add(true, "b\n");
  free.conclude(evidence);
  CHECK_FALSE(evidence.output_differs);
}

TEST_CASE("a held-out command gets its seed and its folder, the rest is left") {
  CHECK(trial::fill_held_out("{build}/check {seed} {held_out}/x ${seed} {jobs}", "42", "/f") ==
        "{build}/check 42 /f/x ${seed} {jobs}");
  const auto one = trial::fresh_seed();
  const auto other = trial::fresh_seed();
  REQUIRE(one);
  REQUIRE(other);
  CHECK(*one != *other);
  CHECK(one->find_first_not_of("0123456789") == std::string::npos);
}

}  // namespace
}  // namespace automod
