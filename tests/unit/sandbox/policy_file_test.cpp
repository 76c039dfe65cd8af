#include "sandbox/policy_file.hpp"

#include <fmt/format.h>

#include <string>

#include "sandbox/settings.hpp"
#include "tests/unit/catch.hpp"

using namespace automod;
using namespace automod::sandbox;
using namespace std::chrono_literals;

namespace {

std::string problem_in(const std::string& text) {
  const auto read = read_policy(text, "p.toml");
  return read ? "" : read.error().message;
}

PolicyFile must_read(const std::string& text) {
  const auto read = read_policy(text, "p.toml");
  INFO((read ? "" : read.error().message));
  REQUIRE(read);
  return *read;
}

}  // namespace

TEST_CASE("an empty policy has the library's own defaults") {
  const PolicyFile read = must_read("");
  const Policy want;
  CHECK(read.policy.work.empty());
  CHECK(read.policy.mount == want.mount);
  CHECK_FALSE(read.says_mount);
  CHECK(read.policy.network == want.network);
  CHECK(read.policy.calls == want.calls);
  CHECK(read.policy.user == want.user);
  CHECK(read.policy.required == want.required);
  CHECK(read.policy.limits.wall == want.limits.wall);
  CHECK(read.policy.limits.memory_bytes == want.limits.memory_bytes);
  CHECK(read.policy.limits.processes == want.limits.processes);
  CHECK(read.policy.limits.cpu_percent == want.limits.cpu_percent);
  CHECK(read.policy.limits.cpu == want.limits.cpu);
  CHECK(read.policy.limits.file_bytes == want.limits.file_bytes);
  CHECK(read.policy.limits.disk_bytes == want.limits.disk_bytes);
  CHECK(read.policy.limits.disk_files == want.limits.disk_files);
  CHECK(read.policy.limits.scratch_bytes == want.limits.scratch_bytes);
  CHECK(read.policy.limits.output_bytes == want.limits.output_bytes);
  CHECK(read.selection.backend == Selection{}.backend);
}

TEST_CASE("every key of a policy is read") {
  const PolicyFile read = must_read(R"(
[sandbox]
backend = "oci"
runtime = "crun"
read_only = ["/opt/x", "/home/user/toolchain"]
environment = { PATH = "/opt/x/bin:/usr/bin", CC = "cc" }
network = "none"
system_calls = "strict"
user = 2000
require = ["memory", "cpu"]
work = "tree"
mount = "overlay"
changes = "/tmp/changes"
[limits]
seconds = 9
memory_mb = 16
processes = 2
cpu_percent = 150
cpu_seconds = 7
file_mb = 3
disk_mb = 4
disk_files = 5
scratch_mb = 6
output_kb = 8
)");
  CHECK(read.selection.backend == "oci");
  CHECK(read.selection.runtime == "crun");
  const Policy& policy = read.policy;
  CHECK(policy.read_only == std::vector<std::filesystem::path>{"/opt/x", "/home/user/toolchain"});
  CHECK(policy.environment.at("PATH") == "/opt/x/bin:/usr/bin");
  CHECK(policy.network == Network::kNone);
  CHECK(policy.calls == Calls::kStrict);
  CHECK(policy.user == 2000);
  CHECK(policy.required == Requirements{.memory = true, .cpu = true});
  CHECK(policy.work == "tree");
  CHECK(policy.mount == Mount::kOverlay);
  CHECK(read.says_mount);
  CHECK(policy.changes == "/tmp/changes");
  CHECK(policy.limits.wall == 9s);
  CHECK(policy.limits.memory_bytes == 16ull << 20);
  CHECK(policy.limits.processes == 2);
  CHECK(policy.limits.cpu_percent == 150);
  CHECK(policy.limits.cpu == 7s);
  CHECK(policy.limits.file_bytes == 3ull << 20);
  CHECK(policy.limits.disk_bytes == 4ull << 20);
  CHECK(policy.limits.disk_files == 5);
  CHECK(policy.limits.scratch_bytes == 6ull << 20);
  CHECK(policy.limits.output_bytes == 8ull << 10);
}

TEST_CASE("an automod.toml is a policy") {
  const PolicyFile read = must_read(R"(
version = 1
[project]
build = "make"
[[benchmark]]
name = "x"
command = "./x"
[limits]
build_seconds = 3
memory_mb = 100
patch_kb = 1
[[held_out]]
name = "y"
[trial]
coverage = false
[approval]
approvers = []
[monitor]
command = "./x"
[rules]
off = []
[[rule]]
id = "z"
[safety]
level = "moderate"
[commit]
name = "a"
)");
  CHECK(read.policy.limits.memory_bytes == 100ull << 20);
  CHECK(read.policy.limits.wall == Limits{}.wall);
}

TEST_CASE("what is wrong in a policy is named with its place") {
  CHECK(problem_in("[sandbox]\nnetwrk = 'none'\n") ==
        "p.toml:2:1: unknown key 'netwrk' in [sandbox], did you mean 'network'?");
  CHECK(problem_in("[limit]\n") == "p.toml:1:2: unknown table 'limit', did you mean 'limits'?");
  CHECK(problem_in("[limits]\nmemory = 3\n").starts_with("p.toml:2:1: unknown key 'memory'"));
  CHECK(problem_in("[limits]\nmemory_mb = 3\n") ==
        "p.toml:2:13: memory_mb is 3, expected 16 to 1048576");
  CHECK(problem_in("[limits]\nseconds = 'x'\n") ==
        "p.toml:2:11: seconds is a string, expected a whole number");
  CHECK(problem_in("[sandbox]\nmount = 'overly'\n") ==
        "p.toml:2:9: mount is 'overly', expected folder, overlay, copy, tmpfs, did you mean "
        "'overlay'?");
  CHECK(problem_in("[sandbox]\nrequire = ['memry']\n") ==
        "p.toml:2:12: require[0] is 'memry', expected memory, processes, cpu, disk, landlock, did "
        "you mean 'memory'?");
  CHECK(problem_in("[sandbox]\nread_only = ['opt']\n") ==
        "p.toml:2:14: read_only[0]: 'opt' is relative, expected an absolute path");
  CHECK(problem_in("[sandbox]\nuser = 0\n") == "p.toml:2:8: user is 0, expected 1 to 65533");
}

TEST_CASE("parts of a policy that contradict each other are an error") {
  CHECK(problem_in("[sandbox]\nbackend = 'docker'\n") ==
        "p.toml:1:1: backend 'docker' runs images, and no image is named");
  CHECK(problem_in("[sandbox]\nbackend = 'native'\nimage = 'debian:12'\n") ==
        "p.toml:1:1: image 'debian:12' is for backend podman or docker, and backend is 'native'");
  CHECK(problem_in("[sandbox]\nbackend = 'bwrap'\nruntime = 'crun'\n") ==
        "p.toml:1:1: runtime 'crun' is for backend oci, and backend is 'bwrap'");
  CHECK(problem_in("[sandbox]\nruntime = 'crun'\n") ==
        "p.toml:1:1: runtime 'crun' is for backend oci, and backend is 'auto'");
  CHECK(problem_in("[sandbox]\nwork = 'x'\nmount = 'tmpfs'\n") ==
        "p.toml:2:8: a work folder is named, and mount is 'tmpfs', which shows none");
  CHECK(problem_in("[sandbox]\nchanges = 'x'\n") ==
        "p.toml:2:11: only mount 'overlay' keeps changes, and mount is 'folder'");
}

TEST_CASE("a mount is named as it is read") {
  for (const Mount mount : {Mount::kFolder, Mount::kOverlay, Mount::kCopy, Mount::kTmpfs}) {
    CHECK(mount_of(name(mount)) == mount);
  }
}
