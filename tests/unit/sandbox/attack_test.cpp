#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <set>
#include <sstream>

#include "tests/unit/sandbox/fixture.hpp"

namespace automod::sandbox::testing {

namespace {

std::map<std::string, std::string> parsed(const std::string& out) {
  std::map<std::string, std::string> results;
  std::istringstream lines(out);
  for (std::string name, result; lines >> name >> result;) results[name] = result;
  return results;
}

/// The attacker's results outside, in a namespace that is thrown away.
std::map<std::string, std::string> controls(const std::filesystem::path& place) {
  const std::string command = fmt::format(
      "cd {} && unshare --user --map-root-user --mount --uts --net --ipc --pid --fork --mount-proc "
      "{} "
      "2>/dev/null",
      place.string(), AUTOMOD_ATTACKER);
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  char buffer[4096];
  while (std::size_t got = fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, got);
  pclose(pipe);
  return parsed(out);
}

}  // namespace

TEST_CASE_METHOD(SandboxTest, "no attack on the kernel or on other processes is let through") {
  bring_attacker();
  const auto inside = parsed(run({{"./attacker"}}).out);
  REQUIRE(inside.size() > 40);
  for (const auto& [attack, result] : inside) {
    INFO(attack << ": " << result);
    CHECK(result != "allowed");
    CHECK(result != "ENOENT");
    // There is no user 0 in there, so that becoming it makes no sense.
    CHECK((result != "EINVAL" || attack == "setuid"));
  }
}

TEST_CASE_METHOD(SandboxTest, "attacks work where nothing stops them") {
  const auto results = controls(outside);
  REQUIRE(results.size() > 40);
  // What a kernel may lack, or refuse in any user namespace.
  const std::set<std::string> unsure = {
      "memfd_secret",    "new-call",   "device",  "block-device", "setns",       "audit-socket",
      "vsock",           "alg-socket", "bpf",     "io_uring",     "userfaultfd", "perf_event_open",
      "setid-fchmodat2", "xattr",      "remount", "umount",       "keyctl",      "handle"};
  for (const auto& [attack, result] : results) {
    if (unsure.contains(attack)) continue;
    INFO(attack << ": " << result);
    CHECK(result == "allowed");
  }
}

TEST_CASE_METHOD(SandboxTest, "calls by another architecture's numbers are deadly") {
#if defined(__x86_64__)
  bring_attacker();
  const Execution execution = run({{"./attacker", "foreign-call"}});
  CHECK(execution.outcome == Outcome::kSignalled);
  CHECK(execution.status == SIGSYS);
#endif
}

TEST_CASE_METHOD(SandboxTest, "no set-id file is left on the host") {
  sh("cp /bin/sh mine; chmod 4755 mine; chmod 2755 mine; install -m 6755 /bin/sh other; true");
  for (const char* name : {"mine", "other"}) {
    struct stat info{};
    if (stat((policy.work / name).c_str(), &info) != 0) continue;
    CHECK((info.st_mode & 06000) == 0);
  }
}

}  // namespace automod::sandbox::testing
