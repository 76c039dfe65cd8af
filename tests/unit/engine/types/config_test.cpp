#include "engine/types/config.hpp"

#include <fmt/format.h>

#include <functional>
#include <random>

#include "tests/unit/catch.hpp"

using namespace automod;
using testing::ContainsSubstring;

namespace {

/// A public key as OpenSSH writes it; each letter gives another.
std::string key_of(int letter) {
  return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + std::string(43, static_cast<char>(letter));
}

/// Random configurations that are valid and awkward to write down.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Config config() {
    Config config;
    config.build_dir = pick({"build", ".", "out/debug+x", "a@b=c,d"});
    config.configure = text();
    config.build = text();
    config.test = text();
    config.test_results = pick<TestSource>({TestSource::kCtest, TestSource::kExitCode});
    for (auto n = upto(12); n > 0; --n) config.protected_paths.push_back("p/" + text());
    for (auto n = upto(4); n > 0; --n) {
      config.benchmarks.push_back({fmt::format("b-{}._", n), "x" + text()});
    }
    config.configure_seconds = 1 + upto(1000);
    config.sandbox.memory_mb = 16 + upto(100000);
    config.patch_files = 1 + upto(9999);
    config.safety_level = pick<SafetyLevel>(
        {SafetyLevel::kConservative, SafetyLevel::kModerate, SafetyLevel::kAggressive});
    config.sandbox.cpu_percent = upto(400);
    config.sandbox.backend = pick({"auto", "oci"});
    if (config.sandbox.backend == "oci") config.sandbox.runtime = "r" + word();
    if (upto(3) == 0) {
      config.sandbox.backend = pick({"podman", "docker"});
      config.sandbox.image = "localhost/" + word() + ":1";
      config.sandbox.runtime.clear();
    }
    config.sandbox.network = sandbox::network_of(pick(sandbox::network_names()));
    config.sandbox.calls = sandbox::calls_of(pick(sandbox::calls_names()));
    config.sandbox.required.memory = upto(1) == 0;
    config.sandbox.required.landlock = upto(1) == 0;
    for (auto n = upto(3); n > 0; --n) config.sandbox.read_only.push_back("/opt/" + word());
    for (auto n = upto(3); n > 0; --n) {
      config.sandbox.environment[fmt::format("V_{}", n)] = text() + (n == 1 ? "\n\t\x1b" : "");
    }
    config.author_name = "n" + word() + "\"\\ü";
    if (upto(1) == 0) config.committer_name = "c" + word();
    for (auto n = upto(2); n > 0; --n) {
      config.approvers.push_back({fmt::format("who-{}", n), key_of('a' + static_cast<int>(n))});
    }
    config.automatic.per_hour = upto(100);
    for (auto n = upto(2); n > 0; --n) config.rules.files.push_back("lint/" + word() + "*.toml");
    if (upto(1) == 0) config.rules.off = {"py-" + word(), "some-check.x"};
    if (upto(1) == 0) config.monitor = {"m" + text(), 1 + upto(9), 1 + upto(9), 1 + upto(9)};
    return config;
  }

 private:
  std::int64_t upto(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  template <class T = std::string>
  T pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(upto(static_cast<std::int64_t>(from.size()) - 1))];
  }
  std::string word() { return fmt::format("w{}", upto(99)); }
  std::string text() {
    std::string all;
    for (auto n = upto(6); n > 0; --n) {
      all += pick({"\"", "\\", "'", "#", " = ", "{build}", "${build}", "é", "a", "]", "''",
                   "\"\"\"", "\\u0041"});
    }
    return all;
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("what is written reads back equal") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Config config = Generator(seed).config();
    const std::string text = render_config(config, {"a note", "of\nlines \x1b[0m"});
    const auto read = parse_config(text, "automod.toml");
    INFO(text);
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    REQUIRE(*read == config);
    REQUIRE(digest(*read) == digest(config));
  }
}

TEST_CASE("the default configuration is written as it is documented") {
  const std::string text = render_config(Config{}, {});
  CHECK_THAT(text, ContainsSubstring("\nversion = 1\n\n[project]\n"));
  CHECK_THAT(text, ContainsSubstring("build_dir = \"build\"\n"));
  CHECK_THAT(text, ContainsSubstring("memory_mb = 4096"));
  CHECK_THAT(text, ContainsSubstring("# [[benchmark]]\n"));
  const auto read = parse_config(text, "automod.toml");
  REQUIRE(read);
  CHECK(*read == Config{});
}

TEST_CASE("a file that says only its version has the defaults") {
  const auto read = parse_config("version = 1\n", "automod.toml");
  REQUIRE(read);
  CHECK(*read == Config{});
}

TEST_CASE("every value is read") {
  const auto read = parse_config(R"(
version = 1
[project]
build_dir = "out"
configure = "cmake -S . -B {build}"
build = "cmake --build {build} -j {jobs}"
test = "ctest --test-dir {build}"
test_results = "ctest"
protected = ["tests/**", "CMakeLists.txt"]
[[benchmark]]
name = "rank"
command = "{build}/rank"
[[benchmark]]
name = "parse"
command = "{build}/parse --json"
format = "json"
direction = "higher"
unit = "MB/s"
instructions = "perf"
output = "same"
[[held_out]]
name = "random"
command = "{build}/random {seed} {held_out}"
folder = "inputs"
runs = 7
[trial]
sanitizers = false
coverage = false
diagnostics = false
base_runs = 4
[measure]
floor_percent = 6
wanted_percent = 25
memory_percent = 8
seconds = 90
[api]
headers = ["api/*.h"]
[limits]
configure_seconds = 1
build_seconds = 2
test_seconds = 3
benchmark_seconds = 4
memory_mb = 50
processes = 6
cpu_percent = 150
cpu_seconds = 11
file_mb = 12
disk_mb = 8
disk_files = 13
scratch_mb = 14
output_kb = 7
patch_kb = 9
patch_files = 10
[safety]
level = "aggressive"
[sandbox]
backend = "oci"
runtime = "crun"
network = "none"
system_calls = "strict"
require = ["memory", "landlock"]
read_only = ["/opt/tools"]
environment = { LD_PRELOAD = "x" }
[commit]
name = "a b"
email = "a@b"
committer_name = "c d"
committer_email = "c@d"
[approval]
approvers = ["ada ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
[automatic]
per_hour = 1
per_file = 2
generations = 4
rollbacks = 5
[rules]
files = ["lint/*.toml"]
off = ["py-not-in", "performance-avoid-endl"]
[monitor]
command = "{build}/health"
every_seconds = 6
for_seconds = 7
failures = 8
)",
                                 "automod.toml");
  REQUIRE(read);
  Config want;
  want.build_dir = "out";
  want.configure = "cmake -S . -B {build}";
  want.build = "cmake --build {build} -j {jobs}";
  want.test = "ctest --test-dir {build}";
  want.test_results = TestSource::kCtest;
  want.protected_paths = {"tests/**", "CMakeLists.txt"};
  want.benchmarks = {{"rank", "{build}/rank"},
                     {"parse", "{build}/parse --json", BenchmarkFormat::kJson, Direction::kHigher,
                      "MB/s", InstructionCount::kPerf, true}};
  want.held_out = {{"random", "{build}/random {seed} {held_out}", "inputs", 7}};
  want.api_headers = {"api/*.h"};
  want.sanitizers = false;
  want.coverage = false;
  want.diagnostics = false;
  want.base_runs = 4;
  want.floor_percent = 6;
  want.wanted_percent = 25;
  want.memory_percent = 8;
  want.measure_seconds = 90;
  want.configure_seconds = 1;
  want.build_seconds = 2;
  want.test_seconds = 3;
  want.benchmark_seconds = 4;
  want.patch_kb = 9;
  want.patch_files = 10;
  want.safety_level = SafetyLevel::kAggressive;
  want.sandbox = {50,
                  6,
                  150,
                  11,
                  12,
                  8,
                  13,
                  14,
                  7,
                  "oci",
                  "crun",
                  "",
                  sandbox::Network::kNone,
                  sandbox::Calls::kStrict,
                  {.memory = true, .landlock = true},
                  {"/opt/tools"},
                  {{"LD_PRELOAD", "x"}}};
  want.author_name = "a b";
  want.author_email = "a@b";
  want.committer_name = "c d";
  want.committer_email = "c@d";
  want.approvers = {{"ada", key_of('a')}};
  want.automatic = {1, 2, 4, 5};
  want.monitor = {"{build}/health", 6, 7, 8};
  want.rules = {{"lint/*.toml"}, {"py-not-in", "performance-avoid-endl"}, ""};
  CHECK(*read == want);
}

TEST_CASE("rules are carried as they are written, for those who read rules") {
  const std::string text = "version = 1\n[[rule]]\nid = 3\n";
  const auto read = parse_config(text, "automod.toml");
  REQUIRE(read);
  CHECK(read->rules.in_config == text);
}

TEST_CASE(
    "who may approve, what is watched and what rules look for leave the digest of trials alone") {
  Config config;
  config.approvers = {{"ada", key_of('a')}};
  config.automatic.per_hour = 1;
  config.monitor.command = "x";
  config.rules = {{"lint/*.toml"}, {"py-not-in"}, "[[rule]]"};
  CHECK(digest(config) == digest(Config{}));
}

TEST_CASE("the digest covers every value that a trial depends on") {
  const std::vector<std::function<void(Config&)>> changes = {
      [](Config& c) { c.build_dir = "x"; },
      [](Config& c) { c.configure = "x"; },
      [](Config& c) { c.build = "x"; },
      [](Config& c) { c.test = "x"; },
      [](Config& c) { c.test_results = TestSource::kCtest; },
      [](Config& c) { c.protected_paths = {"x"}; },
      [](Config& c) { c.benchmarks = {{"x", ""}}; },
      [](Config& c) { c.benchmarks = {{"", "x"}}; },
      [](Config& c) { c.configure_seconds = 1; },
      [](Config& c) { c.build_seconds = 1; },
      [](Config& c) { c.test_seconds = 1; },
      [](Config& c) { c.benchmark_seconds = 1; },
      [](Config& c) { c.sandbox.memory_mb = 1; },
      [](Config& c) { c.sandbox.processes = 1; },
      [](Config& c) { c.sandbox.cpu_percent = 1; },
      [](Config& c) { c.sandbox.cpu_seconds = 1; },
      [](Config& c) { c.sandbox.file_mb = 1; },
      [](Config& c) { c.sandbox.disk_mb = 1; },
      [](Config& c) { c.sandbox.disk_files = 1; },
      [](Config& c) { c.sandbox.scratch_mb = 1; },
      [](Config& c) { c.sandbox.output_kb = 1; },
      [](Config& c) { c.sandbox.backend = "x"; },
      [](Config& c) { c.sandbox.runtime = "x"; },
      [](Config& c) { c.sandbox.image = "x"; },
      [](Config& c) { c.sandbox.network = sandbox::Network::kNone; },
      [](Config& c) { c.sandbox.calls = sandbox::Calls::kStrict; },
      [](Config& c) { c.sandbox.required.memory = true; },
      [](Config& c) { c.sandbox.required.disk = true; },
      [](Config& c) { c.patch_kb = 1; },
      [](Config& c) { c.patch_files = 1; },
      [](Config& c) { c.safety_level = SafetyLevel::kModerate; },
      [](Config& c) { c.sandbox.read_only = {"/opt/x"}; },
      [](Config& c) { c.sandbox.environment = {{"x", "y"}}; },
      [](Config& c) { c.author_name = "x"; },
      [](Config& c) { c.author_email = "x"; },
      [](Config& c) { c.held_out = {{"x", "", "", 5}}; },
      [](Config& c) { c.test_report = "x"; },
      [](Config& c) { c.api_headers = {"x"}; },
      [](Config& c) { c.sanitizers = false; },
      [](Config& c) { c.base_runs = 9; },
      [](Config& c) { c.floor_percent = 9; },
  };
  std::vector<std::string> seen = {digest(Config{})};
  for (const auto& change : changes) {
    Config config;
    change(config);
    seen.push_back(digest(config));
  }
  std::ranges::sort(seen);
  CHECK(std::ranges::adjacent_find(seen) == seen.end());
}
