// What a command finds in there. What it must not reach, the attacks try: see attacks_test.cpp.

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "tests/unit/sandbox/fixture.hpp"

using automod::testing::ContainsSubstring;

namespace automod::sandbox::testing {

TEST_CASE_METHOD(SandboxTest, "the root holds the system, the tree and scratch space only") {
  const std::set<std::string> known = {"bin",    "dev",  "etc",  "lib", "lib32", "lib64",
                                       "libx32", "proc", "sbin", "tmp", "tree",  "usr"};
  std::istringstream lines(sh("ls -A /").out);
  for (std::string name; std::getline(lines, name);) {
    INFO(name);
    CHECK(known.contains(name));
  }
}

TEST_CASE_METHOD(SandboxTest, "the work folder and scratch space can be written") {
  for (const char* place : {"/tree", "/tmp", "/dev/shm"}) {
    INFO(place);
    CHECK(sh(std::string(": > ") + place + "/automod-was-here").ok());
  }
  CHECK(read("automod-was-here").empty());
}

TEST_CASE_METHOD(SandboxTest, "devices are five") {
  CHECK(sh("cd /dev; for f in *; do [ -h $f ] || [ ! -c $f ] || echo $f; done").out ==
        "full\nnull\nrandom\nurandom\nzero\n");
}

TEST_CASE_METHOD(SandboxTest, "the environment is what the policy says and nothing else") {
  policy.environment = {{"EXTRA", "a=b c"}};
  const Execution execution = run({{"env"}});
  CHECK_THAT(execution.out, ContainsSubstring("PATH=/usr/bin:/bin\n"));
  CHECK_THAT(execution.out, ContainsSubstring("HOME=/tmp\n"));
  CHECK_THAT(execution.out, ContainsSubstring("LANG=C.UTF-8\n"));
  CHECK_THAT(execution.out, ContainsSubstring("TZ=UTC\n"));
  CHECK_THAT(execution.out, ContainsSubstring("EXTRA=a=b c\n"));
  CHECK(std::count(execution.out.begin(), execution.out.end(), '\n') == 5);
}

TEST_CASE_METHOD(SandboxTest, "a network of one's own works on the loopback") {
  bring_attacker();
  CHECK_THAT(run({{"./attacker", "connect-to-itself"}}).out, ContainsSubstring("through: "));
}

TEST_CASE_METHOD(SandboxTest, "the host is called automod") {
  CHECK(sh("uname -n").out == "automod\n");
}

}  // namespace automod::sandbox::testing
