#include "engine/types/config.hpp"

#include <fmt/format.h>

#include <functional>
#include <random>

#include "base/files.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using testing::ContainsSubstring;
using testing::StartsWith;

namespace {

std::string problem_of(const std::string& text) {
  const auto config = parse_config(text, "automod.toml");
  if (config) return "";
  CHECK(config.error().kind == ErrorKind::kUsage);
  return config.error().message;
}

std::string problem_in(const std::string& rest) { return problem_of("version = 1\n" + rest); }

struct Case {
  std::string text;
  std::string problem;
};

void check_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(problem_in(one.text) == one.problem);
  }
}

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
  CHECK(*read == want);
}

TEST_CASE("unknown names are errors with their place and the nearest name") {
  check_all({
      {"[projct]\n", "automod.toml:2:2: unknown table 'projct', did you mean 'project'?"},
      {"[project]\nbild_dir = 'x'\n",
       "automod.toml:3:1: unknown key 'bild_dir' in [project], did you mean 'build_dir'?"},
      {"zzzzzzzz = 3\n", "automod.toml:2:1: unknown key 'zzzzzzzz'"},
      {"[[benchmark]]\nname='a'\ncommand='b'\ncomand='c'\n",
       "automod.toml:5:1: unknown key 'comand' in [[benchmark]], did you mean 'command'?"},
      {"[safety]\nlevel = \"moderat\"\n",
       "automod.toml:3:9: level is 'moderat', expected conservative, moderate, aggressive, did "
       "you mean 'moderate'?"},
      {"\"\\u001b[31m\" = 1\n", "automod.toml:2:1: unknown key '\\x1b[31m'"},
  });
}

TEST_CASE("values of the wrong type are errors that say found and wanted") {
  check_all({
      {"project = 3\n",
       "automod.toml:2:11: project is a whole number, expected a table, [project]"},
      {"[project]\nbuild = [\"make\"]\n", "automod.toml:3:9: build is a list, expected a string"},
      {"[project]\nprotected = \"tests\"\n",
       "automod.toml:3:13: protected is a string, expected a list of strings"},
      {"[project]\nprotected = [\"a\", 2]\n",
       "automod.toml:3:19: protected[1] is a whole number, expected a string"},
      {"[limits]\nmemory_mb = 1.5\n",
       "automod.toml:3:13: memory_mb is a number with a fraction, expected a whole number"},
      {"[benchmark]\nname = 'a'\n",
       "automod.toml:2:1: benchmark is a table, expected tables, [[benchmark]]"},
      {"[sandbox]\nenvironment = { A = true }\n",
       "automod.toml:3:21: A is true or false, expected a string"},
  });
}

TEST_CASE("limits have a range") {
  check_all({
      {"[limits]\nbuild_seconds = 0\n",
       "automod.toml:3:17: build_seconds is 0, expected 1 to 86400"},
      {"[limits]\nprocesses = -5\n", "automod.toml:3:13: processes is -5, expected 2 to 65536"},
      {"[limits]\nmemory_mb = 9223372036854775807\n",
       "automod.toml:3:13: memory_mb is 9223372036854775807, expected 16 to 1048576"},
  });
}

TEST_CASE("the version must be there and be known") {
  CHECK(problem_of("[project]\n") == "automod.toml:1:1: version is missing");
  CHECK(problem_of("version = 2\n") == "automod.toml:1:11: version is 2, this automod reads 1");
  CHECK(problem_of("version = '1'\n") ==
        "automod.toml:1:11: version is a string, expected a whole number");
}

TEST_CASE("a benchmark has a name of its own and a command") {
  check_all({
      {"[[benchmark]]\nname = 'a'\n", "automod.toml:2:1: command is missing in [[benchmark]]"},
      {"[[benchmark]]\nname='a'\ncommand='x'\n[[benchmark]]\nname='a'\ncommand='y'\n",
       "automod.toml:6:6: name 'a' stands for another benchmark already"},
      {"[[benchmark]]\nname='a b'\ncommand='x'\n",
       "automod.toml:3:6: name: 'a b' has other characters than letters, digits, '.', '_' and "
       "'-'"},
      {"[[benchmark]]\nname='a'\ncommand=' '\n",
       "automod.toml:4:9: command: empty, expected a command to time"},
  });
}

TEST_CASE("the build folder lies inside the root and needs no quoting") {
  for (const char* good : {"build", ".", "out/x86", "a-b_c.d+e@f=g,h", "...", "a..b"}) {
    CAPTURE(good);
    CHECK(problem_in(fmt::format("[project]\nbuild_dir = '{}'\n", good)).empty());
  }
  for (const char* bad : {"", "/build", "..", "a/../b", "./a", "a//b", "a/", "a b", "$x", "a;b",
                          "-B", ".git", ".git/x", "~", "a*"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[project]\nbuild_dir = '{}'\n", bad)),
               StartsWith("automod.toml:3:13: build_dir: "));
  }
}

TEST_CASE("a command is one line") {
  CHECK_THAT(problem_in("[project]\nbuild = \"a\\nb\"\n"), ContainsSubstring("one line"));
  CHECK_THAT(problem_in("[project]\nbuild = \"a\\u0000b\"\n"), ContainsSubstring("one line"));
}

TEST_CASE("only {build} and {jobs} are placeholders") {
  const auto problem = [](std::string_view command) {
    return problem_in(fmt::format("[project]\ntest = '{}'\n", command));
  };
  for (const char* good :
       {"x {build} {jobs}", "echo ${HOME} ${build}", "cp {a,b} c", "find . -exec rm {} +",
        "awk \"{ print }\"", "echo {", "echo {build", "echo {1}", "{{build}}", "echo $${x}"}) {
    CAPTURE(good);
    CHECK(problem(good).empty());
  }
  CHECK(problem("make -j {job}") ==
        "automod.toml:3:8: test: unknown placeholder '{job}', did you mean '{jobs}'?");
  CHECK(problem("awk \"{print}\"") ==
        "automod.toml:3:8: test: unknown placeholder '{print}', only {build} and {jobs} are "
        "filled in; '{ print }' with spaces is left to the shell");
}

TEST_CASE("placeholders are found where they stand") {
  const std::string_view command = "${build} {build}/x{jobs}";
  const auto found = placeholders(command);
  REQUIRE(found.size() == 2);
  CHECK(command.substr(found[0].at, found[0].length) == "{build}");
  CHECK(found[0].at == 9);
  CHECK(found[1].word == "jobs");
}

TEST_CASE("the environment may not replace what the sandbox sets") {
  check_all({
      {"[sandbox]\nenvironment.PATH = '/evil'\n",
       "automod.toml:3:13: 'PATH' is set by the sandbox; set it inside a command where it must "
       "differ"},
      {"[sandbox]\nenvironment = { \"A=B\" = 'x' }\n",
       "automod.toml:3:17: 'A=B' is no name for an environment variable"},
      {"[sandbox]\nenvironment = { 1A = 'x' }\n",
       "automod.toml:3:17: '1A' is no name for an environment variable"},
      {"[sandbox]\nenvironment = { A = \"\\u0000\" }\n",
       "automod.toml:3:21: A: the value has a NUL byte"},
  });
}

TEST_CASE("a target may ask for places of programs only, never for the home of its user") {
  for (const char* bad :
       {"", "/", "opt", "/opt/", "/opt/../etc", "/proc", "/proc/1", "/tree/x", "/dev", "/sys/fs",
        "/tmp", "/home/user/.ssh", "/root", "/etc", "/var/lib", "/run/user", "/optional"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\nread_only = ['{}']\n", bad)),
               StartsWith("automod.toml:3:14: read_only[0]: "));
  }
  CHECK(problem_in("[sandbox]\nread_only = ['/opt/x', '/usr/local/go']\n").empty());
}

TEST_CASE("a target names programs and images, never paths of the machine") {
  for (const char* bad : {"", "/usr/bin/runc", "./runc", "-x", "a b", "..", "a/b"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\nruntime = '{}'\n", bad)),
               StartsWith("automod.toml:3:11: runtime: "));
  }
  for (const char* bad : {"", "-v", "/etc", "a b", "--privileged"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\nbackend = 'podman'\nimage = '{}'\n", bad)),
               StartsWith("automod.toml:4:9: image: "));
  }
  CHECK(problem_in("[sandbox]\nbackend = 'podman'\nimage = 'localhost/a/b:1@sha256:ab'\n").empty());
}

TEST_CASE("what belongs to policy files has no place in a target's file") {
  for (const char* key : {"work", "mount", "changes", "user"}) {
    CAPTURE(key);
    CHECK_THAT(problem_in(fmt::format("[sandbox]\n{} = 'x'\n", key)),
               StartsWith(fmt::format("automod.toml:3:1: unknown key '{}' in [sandbox]", key)));
  }
  CHECK_THAT(problem_in("[limits]\nseconds = 3\n"), ContainsSubstring("unknown key 'seconds'"));
}

TEST_CASE("a protected pattern can match a path") {
  for (const char* bad : {"", "/x", "a//b", "../x", "./x", "!x", "a/../b"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[project]\nprotected = ['{}']\n", bad)),
               StartsWith("automod.toml:3:14: protected[0]: "));
  }
  CHECK(problem_in("[project]\nprotected = ['tests/', '**/*.cmake']\n").empty());
}

TEST_CASE("the author fits into a commit header") {
  for (const char* bad : {"", "a <b>", "a\\nb", " a", "a\\u0000"}) {
    CAPTURE(bad);
    CHECK_THAT(problem_in(fmt::format("[commit]\nname = \"{}\"\n", bad)),
               StartsWith("automod.toml:3:8: name: "));
  }
}

TEST_CASE("a file that is no TOML says where") {
  CHECK_THAT(problem_of("version = 1\n[project\n"), StartsWith("automod.toml:2:"));
  CHECK_THAT(problem_of("version = 1\nversion = 1\n"), StartsWith("automod.toml:2:"));
  CHECK_THAT(problem_of("a = \"\xff\"\n"), StartsWith("automod.toml:1:"));
  CHECK_THAT(problem_of("a = " + std::string(100000, '[')), StartsWith("automod.toml:1:"));
}

TEST_CASE("a huge file is refused") {
  CHECK(problem_of(std::string(kMiB + 1, '#')) ==
        "automod.toml has 1048577 bytes, expected 1048576 or fewer");
}

TEST_CASE("a list has a bounded number of items") {
  std::string many = "[project]\nprotected = [";
  for (int i = 0; i < 1001; ++i) many += "'a',";
  CHECK(problem_in(many + "]\n") ==
        "automod.toml:3:13: protected has 1001 items, expected 1000 or fewer");
}

TEST_CASE("who may approve and what is watched leave the digest of trials alone") {
  Config config;
  config.approvers = {{"ada", key_of('a')}};
  config.automatic.per_hour = 1;
  config.monitor.command = "x";
  CHECK(digest(config) == digest(Config{}));
}

TEST_CASE("an approver is a name and a whole public key, and stands once") {
  const auto problem = [](const std::string& line, const std::string& next = "") {
    const std::string more = next.empty() ? "" : ", \"" + next + "\"";
    return problem_in("[approval]\napprovers = [\"" + line + "\"" + more + "]\n");
  };
  CHECK(problem("ada " + key_of('a')).empty());
  CHECK_THAT(problem("ada"), ContainsSubstring("is no approver, expected"));
  CHECK_THAT(problem("ada ssh-rsa AAAA"), ContainsSubstring("is no approver, expected"));
  CHECK_THAT(problem("a b " + key_of('a')), ContainsSubstring("is no approver, expected"));
  CHECK_THAT(problem("ada ssh-ed25519 AAAA"), ContainsSubstring("no whole ssh-ed25519 key"));
  CHECK_THAT(problem("ada " + key_of('=')), ContainsSubstring("no whole ssh-ed25519 key"));
  CHECK_THAT(problem("ada " + key_of('a'), "ada " + key_of('b')), ContainsSubstring("twice"));
  CHECK_THAT(problem("ada " + key_of('a'), "bob " + key_of('a')), ContainsSubstring("twice"));
}

TEST_CASE("a monitor without a command is a mistake") {
  CHECK_THAT(problem_in("[monitor]\nevery_seconds = 5\n"), ContainsSubstring("command"));
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
